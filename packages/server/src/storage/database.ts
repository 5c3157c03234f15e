import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Kysely, sql } from 'kysely';
import { Committer } from './committer';
import { PostgresExecutor } from './executor-postgres';
import { SqliteExecutor } from './executor-sqlite';
import { backupSqlite, migrate } from './migrate';
import { PostgresReads, SqliteReads } from './reads';
import type { Dialect, Schema } from './schema';
import { kyselyOverSqlite, SqliteConnection } from './sqlite';
import type { WriteRegistry } from './write';

/** The database as the features see it: reads by query, writes by the committer. */
export interface Database {
  readonly dialect: Dialect;
  /** For reading only. Sees everything that was committed before the query began. */
  readonly read: Kysely<Schema>;
  readonly committer: Committer;
  /** Id of this database's history: a restored backup gets another one. */
  readonly epoch: string;
  /** @throws when the database cannot be reached */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export type DatabaseLocation =
  | { dialect: 'sqlite'; path: string; writerEntry: URL }
  | { dialect: 'postgres'; url: string; writes: WriteRegistry };

/** Opens the database, brings its schema up to date and starts its committer. */
export function openDatabase(
  location: DatabaseLocation,
  note: (text: string) => void = () => {},
): Promise<Database> {
  return location.dialect === 'sqlite'
    ? openSqlite(location.path, location.writerEntry, note)
    : openPostgres(location.url, location.writes);
}

async function openSqlite(
  path: string,
  writerEntry: URL,
  note: (text: string) => void,
): Promise<Database> {
  mkdirSync(dirname(path), { recursive: true });
  const setup = new SqliteConnection(path);
  const setupDb = kyselyOverSqlite(setup);
  await migrate(setupDb, 'sqlite', (from) => {
    note(`Backed the database up to ${backupSqlite(setup, path, from)} before changing its schema`);
  });
  const epoch = await sqliteEpoch(setupDb, `${path}.history`);
  setup.close();

  const executor = await SqliteExecutor.open(writerEntry, path);
  const read = new SqliteReads(new SqliteConnection(path, { readonly: true }));
  return assemble('sqlite', read, new Committer(executor), epoch);
}

async function openPostgres(url: string, writes: WriteRegistry): Promise<Database> {
  const lanes = 4;
  // Loaded only where it is needed.
  const { openPool } = await import('./postgres');
  const db = new PostgresReads(openPool(url, lanes + 6));
  await migrate(db, 'postgres');
  const epoch = await storedEpoch(db);
  return assemble('postgres', db, new Committer(new PostgresExecutor(db, writes, lanes)), epoch);
}

function assemble(
  dialect: Dialect,
  read: Kysely<Schema>,
  committer: Committer,
  epoch: string,
): Database {
  return {
    dialect,
    read,
    committer,
    epoch,
    ping: async () => void (await sql`select 1`.execute(read)),
    close: async () => {
      await committer.close();
      await read.destroy();
    },
  };
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

/**
 * Every start writes a fresh mark into the database and into a file beside it. When the two differ
 * at the next start, the database file was put there from elsewhere (a backup, most likely): its
 * history is another one, and clients must not trust the revisions they hold.
 */
async function sqliteEpoch(db: Kysely<Schema>, markFile: string): Promise<string> {
  const stored = await db.selectFrom('meta').selectAll().where('key', '=', 'mark').execute();
  const inDatabase = stored[0]?.value;
  const inFile = existsSync(markFile) ? readFileSync(markFile, 'utf8') : undefined;
  if (inDatabase !== undefined && inDatabase !== inFile) {
    await db.deleteFrom('meta').where('key', '=', 'epoch').execute();
  }
  const mark = randomUUID();
  writeFileSync(markFile, mark);
  await db
    .insertInto('meta')
    .values({ key: 'mark', value: mark })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value: mark }))
    .execute();
  return storedEpoch(db);
}
