import { type BatchItem, runBatch, type Transaction } from './batch';
import { kyselyOverSqlite, SqliteConnection } from './sqlite';
import type { Outcome, WriteContext, WriteRegistry } from './write';

export type ToWriter =
  | { kind: 'open'; path: string }
  | { kind: 'batch'; items: readonly BatchItem[] }
  | { kind: 'close' };

export type WriterReply = { outcomes: Outcome[] } | { fault: string };

declare const self: Worker;

/**
 * The writer thread's side of SqliteExecutor: takes each message as JSON and answers it with one
 * reply as JSON, in order.
 */
export function serveWriter(writes: WriteRegistry): void {
  let writer: SqliteWriter | undefined;
  const obey = async (message: ToWriter): Promise<Outcome[]> => {
    if (message.kind === 'open') writer = new SqliteWriter(message.path, writes);
    if (message.kind === 'close') writer?.close();
    return message.kind === 'batch' && writer ? writer.run(message.items) : [];
  };
  const answer = async (text: string): Promise<WriterReply> => {
    try {
      return { outcomes: await obey(JSON.parse(text) as ToWriter) };
    } catch (error) {
      return { fault: error instanceof Error ? error.message : String(error) };
    }
  };
  let last: Promise<void> = Promise.resolve();
  self.onmessage = (event: MessageEvent<string>) => {
    last = last.then(async () => self.postMessage(JSON.stringify(await answer(event.data))));
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
