import { Kysely, SqliteDialect } from 'kysely';
import type { Schema } from './schema';
import type { SqliteConnection } from './sqlite';

/** In a file of its own, as not every thread with a connection needs the query builder. */
export function kyselyOverSqlite(connection: SqliteConnection): Kysely<Schema> {
  return new Kysely<Schema>({ dialect: new SqliteDialect({ database: connection }) });
}
