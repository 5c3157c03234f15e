import { type BatchItem, runBatch, type Transaction } from './batch';
import { SqliteConnection } from './sqlite';
import { kyselyOverSqlite } from './sqlite-kysely';
import { serveThread } from './thread';
import type { Outcome, WriteContext, WriteRegistry } from './write';

export type WriterRequest =
  | { kind: 'open'; path: string }
  | { kind: 'batch'; items: readonly BatchItem[] }
  | { kind: 'checkpoint' }
  | { kind: 'close' };

/** The writer thread's side of SqliteExecutor. */
export function serveWriter(writes: WriteRegistry): void {
  let writer: SqliteWriter | undefined;
  serveThread<WriterRequest, Outcome[]>(async (request) => {
    if (request.kind === 'batch') return writer?.run(request.items) ?? [];
    if (request.kind === 'open') writer = new SqliteWriter(request.path, writes);
    else if (request.kind === 'checkpoint') writer?.checkpoint();
    else writer?.close();
    return [];
  });
}

/** The one connection that writes. */
export class SqliteWriter {
  readonly #connection: SqliteConnection;
  readonly #context: WriteContext;
  readonly #writes: WriteRegistry;

  constructor(path: string, writes: WriteRegistry) {
    this.#connection = new SqliteConnection(path);
    this.#writes = writes;
    this.#context = {
      db: kyselyOverSqlite(this.#connection),
      dialect: 'sqlite',
      prepare: (sql) => this.#connection.statement(sql),
    };
  }

  run(items: readonly BatchItem[]): Promise<Outcome[]> {
    return runBatch(() => this.#begin(), this.#writes, items);
  }

  async #begin(): Promise<Transaction> {
    const exec = async (sql: string) => void this.#connection.statement(sql).run();
    await exec('BEGIN IMMEDIATE');
    return {
      context: this.#context,
      savepoint: () => exec('SAVEPOINT item'),
      rollbackToSavepoint: () => exec('ROLLBACK TO item'),
      commit: () => exec('COMMIT'),
      rollback: () => exec('ROLLBACK'),
    };
  }

  checkpoint() {
    this.#connection.checkpoint();
  }

  close() {
    this.#connection.close();
  }
}
