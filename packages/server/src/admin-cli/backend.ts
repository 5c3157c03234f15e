import { existsSync } from 'node:fs';
import { composeDesk } from '../app/compose-desk';
import { askDoor, doorPath, knock } from '../app/operator-door';
import { databaseLocation } from '../app/server';
import { verifyStorage } from '../app/verify-storage';
import type { Settings } from '../config/settings';
import { databaseFault, explained } from '../config/start-faults';
import type { DeskTask } from '../features/admin';
import { PushRepository, whyNoPush } from '../features/push';
import { MemoryBus } from '../realtime/bus';
import { openDatabase } from '../storage/database';
import { CliError } from './failure';

/** Does tasks: the running server does, or this very process when none runs. */
export interface Backend {
  ask<T>(task: DeskTask, input: unknown): Promise<T>;
  close(): Promise<void>;
}

export async function openBackend(settings: Settings): Promise<Backend> {
  const path = doorPath(settings.STORAGE_DIR);
  const isThere = await knock(path).catch((error: Error) => {
    throw new CliError(error.message);
  });
  if (!isThere) return openStorage(settings);
  return {
    ask: async <T>(task: DeskTask, input: unknown) => (await askDoor(path, { task, input })) as T,
    close: async () => {},
  };
}

/** Nobody is connected and nothing is held in memory, so that there is nobody to tell. */
async function openStorage(settings: Settings): Promise<Backend> {
  const location = databaseLocation(settings);
  if (location.dialect === 'sqlite' && !existsSync(location.path)) {
    throw new CliError(
      `There is no database at ${location.path}. Run this where the server runs, with the same ` +
        'STORAGE_DIR or DATABASE_URL, after its first start.',
    );
  }
  const database = await explained(databaseFault(settings), () => openDatabase(location));
  const { desk } = await composeDesk({
    database,
    bus: new MemoryBus(),
    now: Date.now,
    isOnline: () => false,
    limitReport: () => {},
    whyNoPush: (userId) => whyNoPush(new PushRepository(database.read), userId, Date.now()),
    verifyStorage: (repair) => verifyStorage(settings, database, repair, console.error),
  });
  return {
    ask: async <T>(task: DeskTask, input: unknown) => (await desk.run(task, input)) as T,
    close: () => database.close(),
  };
}
