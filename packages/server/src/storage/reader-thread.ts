import type { SQLQueryBindings } from 'bun:sqlite';
import { READ_TIME_MS, type ReadContext, type ReadRegistry } from './read';
import { SqliteConnection } from './sqlite';
import { kyselyOverSqlite } from './sqlite-kysely';
import { serveThread } from './thread';

export type ReaderRequest =
  | { kind: 'open'; path: string }
  | { kind: 'read'; read: string; input: unknown }
  | { kind: 'close' };

/** The reader thread's side of ThreadReader. */
export function serveReader(reads: ReadRegistry): void {
  let reader: SqliteReader | undefined;
  serveThread<ReaderRequest, unknown>(async (request) => {
    if (request.kind === 'read') return reader?.run(request.read, request.input);
    if (request.kind === 'open') reader = new SqliteReader(request.path, reads);
    else reader?.close();
    return null;
  });
}

/** A connection for heavy reads. */
export class SqliteReader {
  readonly #connection: SqliteConnection;
  readonly #reads: ReadRegistry;

  constructor(path: string, reads: ReadRegistry) {
    this.#connection = new SqliteConnection(path, { readonly: true });
    this.#reads = reads;
  }

  async run(name: string, input: unknown): Promise<unknown> {
    const read = this.#reads.get(name);
    if (!read) throw new Error(`No read is named ${name}`);
    const { raw } = this.#connection;
    raw.exec('BEGIN');
    try {
      return await read.run(this.#context(), input as never);
    } finally {
      raw.exec('COMMIT');
    }
  }

  #context(): ReadContext {
    const end = performance.now() + READ_TIME_MS;
    return {
      db: kyselyOverSqlite(this.#connection),
      dialect: 'sqlite',
      rows: async <R>(sql: string, params: readonly unknown[]) =>
        this.#connection.statement(sql).all(...(params as SQLQueryBindings[])) as R[],
      isLate: () => performance.now() > end,
    };
  }

  close() {
    this.#connection.close();
  }
}
