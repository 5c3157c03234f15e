import { Thread } from './thread';

/** Frames (pages) of the log; after it was truncated, 0 or not. */
export interface LogState {
  log: number;
}

export type CheckpointRequest =
  | { kind: 'open'; path: string }
  | { kind: 'run' }
  | { kind: 'truncate' }
  | { kind: 'close' };

/** Writes of about this many frames lie between two runs. */
const WRITES_BETWEEN = 400;
/** A log of this many frames (16 MiB) is begun anew as soon as it can be. */
const LONG_LOG = 4000;

const ENTRY = new URL('./checkpoint-thread.ts', import.meta.url);

/**
 * Puts SQLite's log back into the database file in a thread of its own. The writer would stop for it
 * for ten milliseconds and more; beside it, it writes on. What it wrote meanwhile it must put back
 * itself, as only a log with nothing left in it begins anew; but that is little by then.
 */
export class Checkpoints {
  readonly #thread: Thread<CheckpointRequest, LogState>;
  readonly #finish: () => Promise<void>;
  #writes = 0;
  #running: Promise<void> | undefined;

  private constructor(thread: Thread<CheckpointRequest, LogState>, finish: () => Promise<void>) {
    this.#thread = thread;
    this.#finish = finish;
  }

  /** @param finish lets the writer put back what is left */
  static async open(path: string, finish: () => Promise<void>): Promise<Checkpoints> {
    const thread = new Thread<CheckpointRequest, LogState>(ENTRY, 'shortens the log');
    await thread.ask({ kind: 'open', path });
    return new Checkpoints(thread, finish);
  }

  wrote(count: number): void {
    this.#writes += count;
    if (this.#writes < WRITES_BETWEEN || this.#running) return;
    this.#writes = 0;
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  /** If it fails the log grows, until the writer shortens it without help. */
  async #run(): Promise<void> {
    const done = await this.#thread.ask({ kind: 'run' }).catch(() => undefined);
    if (done && done.log > LONG_LOG) await this.#finish().catch(() => {});
  }

  /** Empties the log. @returns whether that could be done now */
  async truncate(): Promise<boolean> {
    return (await this.#thread.ask({ kind: 'truncate' })).log === 0;
  }

  async close(): Promise<void> {
    await this.#running;
    await this.#thread.ask({ kind: 'close' }).catch(() => {});
    this.#thread.end();
  }
}
