import { join } from 'node:path';
import { type Database, type DatabaseLocation, openDatabase } from '../../storage/database';
import type { Dialect } from '../../storage/schema';
import { testDatabase } from '../databases';
import { testWrites } from './writes';

const WRITER = new URL('./writer-thread.ts', import.meta.url);
const READER = new URL('../../app/reader-thread.ts', import.meta.url);

export interface OpenDatabase {
  database: Database;
  location: DatabaseLocation;
  close(): Promise<void>;
  /** Opens it again, as a restart does, closed before or not. */
  reopen(): Promise<void>;
  drop(): Promise<void>;
}

/** An empty database with the tests' own writes. */
export async function openTestDatabase(dialect: Dialect): Promise<OpenDatabase> {
  const { env, drop } = await testDatabase(dialect);
  const location: DatabaseLocation =
    dialect === 'sqlite'
      ? {
          dialect,
          path: join(env.STORAGE_DIR ?? '', 'db', 'chat.sqlite'),
          writerEntry: WRITER,
          readerEntry: READER,
        }
      : { dialect, url: env.DATABASE_URL ?? '', writes: testWrites };
  let closed = false;
  const open: OpenDatabase = {
    database: await openDatabase(location),
    location,
    close: async () => {
      if (!closed) await open.database.close();
      closed = true;
    },
    reopen: async () => {
      await open.close();
      open.database = await openDatabase(location);
      closed = false;
    },
    drop: async () => {
      await open.close();
      await drop();
    },
  };
  return open;
}
