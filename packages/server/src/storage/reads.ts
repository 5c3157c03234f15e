import type { SQLQueryBindings } from 'bun:sqlite';
import {
  type Compilable,
  type CompiledQuery,
  Kysely,
  PostgresDialect,
  type QueryResult,
  SqliteDialect,
} from 'kysely';
import type { Pool } from 'pg';
import type { Schema } from './schema';
import type { SqliteConnection } from './sqlite';

type Executable<R> = CompiledQuery<R> | Compilable<R>;

const compiledOf = <R>(query: Executable<R>): CompiledQuery<R> =>
  'compile' in query ? query.compile() : query;

/** Reads on SQLite. A compiled query runs at once: a connection that only reads need not be locked. */
export class SqliteReads extends Kysely<Schema> {
  readonly #connection: SqliteConnection;

  constructor(connection: SqliteConnection) {
    super({ dialect: new SqliteDialect({ database: connection }) });
    this.#connection = connection;
  }

  override async executeQuery<R>(query: Executable<R>): Promise<QueryResult<R>> {
    const { sql, parameters } = compiledOf(query);
    const statement = this.#connection.statement(sql);
    return { rows: statement.all(...(parameters as SQLQueryBindings[])) as R[] };
  }
}

/** Reads on PostgreSQL. A compiled query is parsed and planned once per connection, not per run. */
export class PostgresReads extends Kysely<Schema> {
  readonly #pool: Pool;
  /** Names of prepared statements by their text. */
  readonly #names = new Map<string, string>();

  constructor(pool: Pool) {
    super({ dialect: new PostgresDialect({ pool }) });
    this.#pool = pool;
  }

  override async executeQuery<R>(query: Executable<R>): Promise<QueryResult<R>> {
    const { sql: text, parameters } = compiledOf(query);
    const name = this.#nameOf(text);
    const { rows } = await this.#pool.query({ name, text, values: [...parameters] });
    return { rows };
  }

  #nameOf(text: string): string {
    const name = this.#names.get(text) ?? `confab_${this.#names.size}`;
    this.#names.set(text, name);
    return name;
  }
}
