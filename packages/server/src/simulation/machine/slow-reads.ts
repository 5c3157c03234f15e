import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { Schema } from '../../storage/schema';
import type { SqliteConnection } from '../../storage/sqlite';

type Pause = () => Promise<void>;

/**
 * Reads that take their time, many at once, as over a network: between the question and the
 * answer, and between two questions, anything may be committed.
 */
export function slowReads(connection: SqliteConnection, pause: Pause): Kysely<Schema> {
  return new Kysely<Schema>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new SlowDriver(connection, pause),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  });
}

class SlowDriver implements Driver {
  readonly #connection: SqliteConnection;
  readonly #pause: Pause;

  constructor(connection: SqliteConnection, pause: Pause) {
    this.#connection = connection;
    this.#pause = pause;
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    return {
      executeQuery: (query) => this.#execute(query),
      streamQuery: () => {
        throw new Error('The server streams no queries');
      },
    };
  }

  async #execute<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    await this.#pause();
    const rows = this.#connection.prepare(sql).all(parameters) as R[];
    await this.#pause();
    return { rows };
  }

  async destroy() {
    this.#connection.close();
  }

  async init() {}
  async releaseConnection() {}
  async beginTransaction() {
    readsOnly();
  }
  async commitTransaction() {
    readsOnly();
  }
  async rollbackTransaction() {
    readsOnly();
  }
}

function readsOnly(): never {
  throw new Error('Reads need no transaction');
}
