import type { BatchItem } from './batch';
import { Checkpoints } from './checkpoints';
import type { BatchExecutor } from './committer';
import { Thread } from './thread';
import type { Outcome } from './write';
import type { WriterRequest } from './writer-thread';

/**
 * Commits batches on SQLite in a thread of its own: SQLite writes one transaction at a time
 * anyway, and while it waits for the disk the sockets are served.
 */
export class SqliteExecutor implements BatchExecutor {
  readonly lanes = 1;
  readonly #writer: Thread<WriterRequest, Outcome[]>;
  readonly #checkpoints: Checkpoints;

  private constructor(writer: Thread<WriterRequest, Outcome[]>, checkpoints: Checkpoints) {
    this.#writer = writer;
    this.#checkpoints = checkpoints;
  }

  /** @param entry module that serves the writes (see `serveWriter`) */
  static async open(entry: URL, path: string): Promise<SqliteExecutor> {
    const writer = new Thread<WriterRequest, Outcome[]>(entry, 'writes the database');
    await writer.ask({ kind: 'open', path });
    const finish = async () => void (await writer.ask({ kind: 'checkpoint' }));
    return new SqliteExecutor(writer, await Checkpoints.open(path, finish));
  }

  async execute(_lane: number, items: readonly BatchItem[]): Promise<Outcome[]> {
    const outcomes = await this.#writer.ask({ kind: 'batch', items });
    this.#checkpoints.wrote(items.reduce((sum, item) => sum + (item.pages ?? 1), 0));
    return outcomes;
  }

  /** @throws when the thread is gone: a server that cannot write is not ready */
  check(): void {
    this.#writer.check();
  }

  /** Takes what was erased out of the log. @returns whether that could be done now */
  scrub(): Promise<boolean> {
    return this.#checkpoints.truncate();
  }

  async close(): Promise<void> {
    await this.#checkpoints.close();
    await this.#writer.ask({ kind: 'close' });
    this.#writer.end();
  }
}
