import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Kysely, sql } from 'kysely';
import { Committer } from './committer';
import { PostgresExecutor } from './executor-postgres';
import { SqliteExecutor } from './executor-sqlite';
import { HistoryMark } from './history-mark';
import { backupSqlite, migrate } from './migrate';
import type { HeavyReader } from './read';
import { PostgresReads, SqliteReads } from './reads';
import type { Dialect, Schema } from './schema';
import { SqliteConnection } from './sqlite';
import { kyselyOverSqlite } from './sqlite-kysely';
import { ThreadReader } from './thread-reader';
import type { WriteRegistry } from './write';

/** The database as the features see it: reads by query, writes by the committer. */
export interface Database {
  readonly dialect: Dialect;
  /** For reading only. Sees everything that was committed before the query began. */
  readonly read: Kysely<Schema>;
  readonly committer: Committer;
  /** For writes that nobody waits for, where they hold up others least. */
  readonly background: Committer;
  /** For reads that would hold up the sockets. */
  readonly heavy: HeavyReader;
  /** Id of this database's history: a restored backup gets another one. */
  readonly epoch: string;
  /** @throws when the database cannot be reached */
  ping(): Promise<void>;
  /**
   * Takes what was erased out of files that still hold it, as far as the database lets one.
   * @returns whether that could be done now
   */
  scrub(): Promise<boolean>;
  close(): Promise<void>;
}

export type DatabaseLocation =
  | { dialect: 'sqlite'; path: string; writerEntry: URL; readerEntry: URL }
  | { dialect: 'postgres'; url: string; writes: WriteRegistry };

/** Opens the database, brings its schema up to date and starts its committer. */
export function openDatabase(
  location: DatabaseLocation,
  note: (text: string) => void = () => {},
): Promise<Database> {
  return location.dialect === 'sqlite'
    ? openSqlite(location, note)
    : openPostgres(location.url, location.writes);
}

async function openSqlite(
  { path, writerEntry, readerEntry }: Extract<DatabaseLocation, { dialect: 'sqlite' }>,
  note: (text: string) => void,
): Promise<Database> {
  mkdirSync(dirname(path), { recursive: true });
  const setup = new SqliteConnection(path);
  const setupDb = kyselyOverSqlite(setup);
  await migrate(setupDb, 'sqlite', (from) => {
    note(`Backed the database up to ${backupSqlite(setup, path, from)} before changing its schema`);
  });
  const mark = new HistoryMark(path);
  if (!mark.begin(setup)) await setupDb.deleteFrom('meta').where('key', '=', 'epoch').execute();
  const epoch = await storedEpoch(setupDb);
  setup.close();

  const executor = await SqliteExecutor.open(writerEntry, path);
  const committer = new Committer(executor);
  const reader = new SqliteConnection(path, { readonly: true });
  const read = new SqliteReads(reader);
  const heavy = new ThreadReader(readerEntry, path);
  mark.follow(reader);
  const close = async () => {
    await committer.finish();
    mark.stop();
    await heavy.close();
    // The writer is the last to leave: it puts the log back into the database file.
    await read.destroy();
    reader.close();
    await committer.close();
  };
  const ping = async () => {
    executor.check();
    await reach(read);
  };
  const scrub = () => executor.scrub();
  const shared = { read, committer, background: committer, heavy };
  return { dialect: 'sqlite', ...shared, epoch, close, ping, scrub };
}

async function openPostgres(url: string, writes: WriteRegistry): Promise<Database> {
  const lanes = 4;
  // Loaded only where it is needed.
  const { openPool, PoolReader } = await import('./postgres');
  const pool = openPool(url, lanes + 7);
  const db = new PostgresReads(pool);
  await migrate(db, 'postgres');
  const epoch = await storedEpoch(db);
  const committer = new Committer(new PostgresExecutor(db, writes, lanes));
  const background = new Committer(new PostgresExecutor(db, writes, 1));
  const close = async () => {
    await background.close();
    await committer.close();
    await db.destroy();
  };
  const ping = () => reach(db);
  // Its own vacuum does that.
  const scrub = async () => true;
  const shared = { read: db, committer, background, heavy: new PoolReader(db, pool) };
  return { dialect: 'postgres', ...shared, epoch, close, ping, scrub };
}

async function reach(db: Kysely<Schema>): Promise<void> {
  await sql`select 1`.execute(db);
}

async function storedEpoch(db: Kysely<Schema>): Promise<string> {
  await db
    .insertInto('meta')
    .values({ key: 'epoch', value: randomUUID() })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .execute();
  const row = await db
    .selectFrom('meta')
    .select('value')
    .where('key', '=', 'epoch')
    .executeTakeFirstOrThrow();
  return row.value;
}
