import type { BatchItem } from './batch';
import type { BatchExecutor } from './committer';
import type { Outcome } from './write';
import type { ToWriter } from './writer-thread';

/**
 * Commits batches on SQLite in a thread of its own: SQLite writes one transaction at a time
 * anyway, and while it waits for the disk the sockets are served.
 */
export class SqliteExecutor implements BatchExecutor {
  readonly lanes = 1;
  readonly #worker: Worker;
  readonly #waiting: { resolve(outcomes: Outcome[]): void; reject(error: Error): void }[] = [];

  private constructor(worker: Worker) {
    this.#worker = worker;
  }

  /** @param entry module that serves the writes (see `serveWriter`) */
  static async open(entry: URL, path: string): Promise<SqliteExecutor> {
    const worker = new Worker(entry.href);
    const executor = new SqliteExecutor(worker);
    worker.onmessage = (event: MessageEvent<string>) => {
      executor.#waiting.shift()?.resolve(JSON.parse(event.data) as Outcome[]);
    };
    worker.onerror = (event) => executor.#fail(new Error(`Writer thread: ${event.message}`));
    await executor.#post({ kind: 'open', path });
    return executor;
  }

  execute(_lane: number, items: readonly BatchItem[]): Promise<Outcome[]> {
    return this.#post({ kind: 'batch', items });
  }

  #post(message: ToWriter): Promise<Outcome[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      // Text crosses between threads much faster than objects do.
      this.#worker.postMessage(JSON.stringify(message));
    });
  }

  #fail(error: Error) {
    for (const waiting of this.#waiting.splice(0)) waiting.reject(error);
  }

  async close(): Promise<void> {
    await this.#post({ kind: 'close' });
    this.#worker.terminate();
  }
}
