import type { BatchItem } from './batch';
import type { BatchExecutor } from './committer';
import type { Outcome } from './write';
import type { ToWriter, WriterReply } from './writer-thread';

/**
 * Commits batches on SQLite in a thread of its own: SQLite writes one transaction at a time
 * anyway, and while it waits for the disk the sockets are served.
 */
export class SqliteExecutor implements BatchExecutor {
  readonly lanes = 1;
  readonly #worker: Worker;
  /** Why nothing more can be written; undefined while all is well. */
  #dead: Error | undefined;
  readonly #waiting: { resolve(outcomes: Outcome[]): void; reject(error: Error): void }[] = [];

  private constructor(worker: Worker) {
    this.#worker = worker;
  }

  /** @param entry module that serves the writes (see `serveWriter`) */
  static async open(entry: URL, path: string): Promise<SqliteExecutor> {
    const worker = new Worker(entry.href);
    const executor = new SqliteExecutor(worker);
    worker.onmessage = (event: MessageEvent<string>) => {
      executor.#answered(JSON.parse(event.data) as WriterReply);
    };
    worker.onerror = (event) => executor.#die(event.message);
    worker.addEventListener('close', () => executor.#die('it ended'));
    await executor.#post({ kind: 'open', path });
    return executor;
  }

  execute(_lane: number, items: readonly BatchItem[]): Promise<Outcome[]> {
    return this.#post({ kind: 'batch', items });
  }

  /** @throws when the thread is gone: a server that cannot write is not ready */
  check(): void {
    if (this.#dead) throw this.#dead;
  }

  #post(message: ToWriter): Promise<Outcome[]> {
    if (this.#dead) return Promise.reject(this.#dead);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      // Text crosses between threads much faster than objects do.
      this.#worker.postMessage(JSON.stringify(message));
    });
  }

  #answered(reply: WriterReply) {
    const waiting = this.#waiting.shift();
    if ('outcomes' in reply) waiting?.resolve(reply.outcomes);
    else waiting?.reject(new Error(reply.fault));
  }

  #die(reason: string) {
    this.#dead ??= new Error(`The thread that writes the database is gone: ${reason}`);
    for (const waiting of this.#waiting.splice(0)) waiting.reject(this.#dead);
  }

  async close(): Promise<void> {
    await this.#post({ kind: 'close' });
    this.#worker.terminate();
  }
}
