import { type BatchItem, runBatch, type Transaction } from './batch';
import { kyselyOverSqlite, SqliteConnection } from './sqlite';
import type { Outcome, WriteContext, WriteRegistry } from './write';

export type ToWriter =
  | { kind: 'open'; path: string }
  | { kind: 'batch'; items: readonly BatchItem[] }
  | { kind: 'close' };

declare const self: Worker;

/**
 * The writer thread's side of SqliteExecutor: takes each message as JSON and answers it with one
 * reply, the outcomes as JSON, in order.
 */
export function serveWriter(writes: WriteRegistry): void {
  let writer: SqliteWriter | undefined;
  let last: Promise<unknown> = Promise.resolve();
  self.onmessage = (event: MessageEvent<string>) => {
    last = last.then(async () => {
      const message = JSON.parse(event.data) as ToWriter;
      if (message.kind === 'open') writer = new SqliteWriter(message.path, writes);
      const outcomes = message.kind === 'batch' && writer ? await writer.run(message.items) : [];
      if (message.kind === 'close') writer?.close();
      self.postMessage(JSON.stringify(outcomes));
    });
  };
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

  close() {
    this.#connection.close();
  }
}
