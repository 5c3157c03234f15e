import type { BatchItem } from '../../storage/batch';
import type { BatchExecutor } from '../../storage/committer';
import type { Outcome } from '../../storage/write';

/** What commits, one batch after the other: the writer on the database file, or a broken one. */
export interface Writer {
  run(items: readonly BatchItem[]): Promise<Outcome[]>;
  close(): void;
}

export interface ExecutorOptions {
  readonly writer: Writer;
  readonly lanes: number;
  /** Waits as long as the way to the disk and back takes; never ends after a crash. */
  readonly pause: () => Promise<void>;
  /** Told of every commit at its moment, before anybody else can know. */
  readonly onCommit: (items: readonly BatchItem[], outcomes: readonly Outcome[]) => void;
}

/**
 * Commits as the server's own executors do, but in this thread and in virtual time: a crash may
 * come before the commit, and after it before the server knows.
 */
export class SimulatedExecutor implements BatchExecutor {
  readonly lanes: number;
  readonly #options: ExecutorOptions;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: ExecutorOptions) {
    this.lanes = options.lanes;
    this.#options = options;
  }

  async execute(_lane: number, items: readonly BatchItem[]): Promise<Outcome[]> {
    const { pause, onCommit, writer } = this.#options;
    // Copied, as on the way to another thread and back.
    const taken = structuredClone(items);
    await pause();
    const outcomes = await this.#alone(async () => {
      const made = await writer.run(taken);
      onCommit(taken, made);
      return made;
    });
    await pause();
    return structuredClone(outcomes);
  }

  /** The database commits one batch at a time, whatever the lane. */
  #alone<T>(run: () => Promise<T>): Promise<T> {
    const result = this.#last.then(run);
    this.#last = result.catch(() => {});
    return result;
  }

  async close(): Promise<void> {
    this.#options.writer.close();
  }
}
