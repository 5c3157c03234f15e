import { ConfabError } from '@confab/protocol';
import type { BatchItem } from './batch';
import { type Outcome, unwrap, type Write } from './write';

/** Runs a batch to its commit. Batches given to one lane never overlap. */
export interface BatchExecutor {
  /** How many batches may be in flight at once; each lane has one. */
  readonly lanes: number;
  execute(lane: number, items: readonly BatchItem[]): Promise<Outcome[]>;
  close(): Promise<void>;
}

interface Pending extends BatchItem {
  settle(outcome: Outcome): void;
}

export interface CommitterOptions {
  /** Items in one batch; more wait for the next. */
  maxBatch?: number;
  /** Items waiting in a lane before new ones are refused with 503. */
  maxQueue?: number;
  /** Puts off work to the end of the event loop's turn. */
  defer?: (run: () => void) => void;
}

/**
 * Group commit without a timer: whatever arrived while the last batch was on its way to the disk
 * is the next batch. Under load the cost of an fsync is shared by hundreds; alone, nobody waits.
 *
 * Writes with the same key (a chat's id, say) are committed, and their results applied, in the
 * order in which they were submitted.
 */
export class Committer {
  readonly #executor: BatchExecutor;
  readonly #queues: Pending[][];
  readonly #busy: boolean[];
  readonly #maxBatch: number;
  readonly #maxQueue: number;
  readonly #defer: (run: () => void) => void;
  #closing = false;
  #idle: (() => void)[] = [];

  constructor(executor: BatchExecutor, options: CommitterOptions = {}) {
    this.#executor = executor;
    this.#queues = Array.from({ length: executor.lanes }, () => []);
    this.#busy = this.#queues.map(() => false);
    this.#maxBatch = options.maxBatch ?? 512;
    this.#maxQueue = options.maxQueue ?? 20_000;
    this.#defer = options.defer ?? setImmediate;
  }

  get queued(): number {
    return this.#queues.reduce((sum, queue) => sum + queue.length, 0);
  }

  /**
   * Commits one write.
   * @param key what order matters for: writes with the same key keep theirs
   * @param apply runs right after the commit, before any later result of the same key
   * @throws ConfabError when the write refuses, or `overloaded` when too much is waiting
   */
  submit<I, O, R = O>(
    write: Write<I, O>,
    input: I,
    key: number,
    apply: (value: O) => R = (value) => value as unknown as R,
  ): Promise<R> {
    const lane = Math.abs(key) % this.#queues.length;
    const queue = this.#queues[lane] as Pending[];
    if (this.#closing || queue.length >= this.#maxQueue) return Promise.reject(overloaded());
    return new Promise<R>((resolve, reject) => {
      const settle = (outcome: Outcome) => {
        try {
          resolve(apply(unwrap(outcome as Outcome<O>)));
        } catch (error) {
          reject(error);
        }
      };
      const pages = write.pages === undefined ? {} : { pages: write.pages };
      queue.push({ write: write.name, input, ...pages, settle });
      if (!this.#busy[lane]) this.#begin(lane, queue);
    });
  }

  /** Everything that is being read from the sockets in this turn joins the first batch. */
  #begin(lane: number, queue: Pending[]) {
    this.#busy[lane] = true;
    this.#defer(() => void this.#drain(lane, queue));
  }

  async #drain(lane: number, queue: Pending[]): Promise<void> {
    while (queue.length > 0) {
      const batch = queue.splice(0, this.#maxBatch);
      const outcomes = await this.#execute(lane, batch);
      batch.forEach((item, i) => {
        item.settle(outcomes[i] ?? { ok: false, code: 'failed', detail: 'No outcome' });
      });
    }
    this.#busy[lane] = false;
    if (this.#closing) this.#reportIdle();
  }

  async #execute(lane: number, batch: Pending[]): Promise<Outcome[]> {
    try {
      const items = batch.map(({ settle: _, ...item }) => item);
      return await this.#executor.execute(lane, items);
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      return batch.map(() => ({ ok: false, code: 'failed', detail }));
    }
  }

  #reportIdle() {
    if (this.#busy.some(Boolean)) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** Takes nothing more, and finishes what was taken. */
  async finish(): Promise<void> {
    this.#closing = true;
    if (this.#busy.some(Boolean)) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** Finishes, and closes the executor. */
  async close(): Promise<void> {
    await this.finish();
    await this.#executor.close();
  }
}

function overloaded() {
  return new ConfabError('overloaded', 'The server has too much to write. Try again soon.', {
    retryAfterS: 1,
  });
}
