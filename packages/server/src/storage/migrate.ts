import { existsSync } from 'node:fs';
import { type Kysely, sql } from 'kysely';
import { type Migration, type MigrationResultSet, Migrator } from 'kysely/migration';
import { migrations } from './migrations';
import type { Dialect, Schema } from './schema';
import type { SqliteConnection } from './sqlite';

export class MigrationError extends Error {
  override name = 'MigrationError';
}

function migrator(db: Kysely<Schema>, known: Record<string, Migration>) {
  return new Migrator({ db, provider: { getMigrations: async () => known } });
}

async function appliedNames(db: Kysely<Schema>): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some((table) => table.name === 'kysely_migration')) return [];
  const rows = await db
    .selectFrom('kysely_migration' as never)
    .select('name' as never)
    .execute();
  return rows.map((row) => String((row as { name: unknown }).name));
}

/**
 * Brings the schema up to date: forward only, in one transaction, under a lock.
 * @param beforeChange runs when there is something to change and data that could be lost
 * @throws MigrationError when the database is newer than this program, or a step failed
 */
export async function migrate(
  db: Kysely<Schema>,
  dialect: Dialect,
  beforeChange: (from: string) => Promise<void> | void = () => {},
  known: Record<string, Migration> = migrations(dialect),
): Promise<void> {
  const applied = await appliedNames(db);
  const foreign = applied.find((name) => !(name in known));
  if (foreign) {
    throw new MigrationError(
      `The database was written by a newer Confab (it has the migration "${foreign}", ` +
        'which this version does not know). Start the newer version, or restore a backup.',
    );
  }
  const newest = applied.at(-1);
  if (applied.length === Object.keys(known).length) return;
  if (newest) await beforeChange(newest);
  const run = () => migrator(db, known).migrateToLatest();
  const { error } = await (dialect === 'sqlite' ? whollyOrNot(db, run) : run());
  if (error) throw new MigrationError(`The database could not be brought up to date: ${error}`);
}

/** The migrator does so by itself on PostgreSQL; it thinks that SQLite cannot. */
async function whollyOrNot(
  db: Kysely<Schema>,
  run: () => Promise<MigrationResultSet>,
): Promise<MigrationResultSet> {
  await sql`begin immediate`.execute(db);
  let end = sql`rollback`;
  try {
    const result = await run();
    if (!result.error) end = sql`commit`;
    return result;
  } finally {
    await end.execute(db);
  }
}

/** Copies the database file beside itself before a migration touches it. */
export function backupSqlite(connection: SqliteConnection, path: string, from: string): string {
  let target = `${path}.before-${from}`;
  for (let n = 2; existsSync(target); n++) target = `${path}.before-${from}.${n}`;
  connection.raw.query('VACUUM INTO ?').run(target);
  return target;
}
