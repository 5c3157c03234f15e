import type { Clock } from '../../lib/clock';
import type { Committer } from '../../storage/committer';
import { type LogEntry, recordPushes } from './writes';

/** Lines of one write: few enough for messages to be committed in between. */
const CHUNK = 100;
const FLUSH_MS = 1000;
/** Lines that wait while the database takes none; older ones are lost. */
const MAX_LINES = 20_000;

interface Line {
  readonly entry: LogEntry;
  /** The queued notification that is over with it. */
  readonly finished: number | undefined;
}

/** Writes the push log in bulk: a message to a large group makes hundreds of lines. */
export class Journal {
  readonly #clock: Clock;
  readonly #committer: Committer;
  readonly #onError: (error: unknown) => void;
  #lines: Line[] = [];
  #cancel: (() => void) | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(clock: Clock, committer: Committer, onError: (error: unknown) => void) {
    this.#clock = clock;
    this.#committer = committer;
    this.#onError = onError;
  }

  add(entry: LogEntry, finished?: number): void {
    this.#lines.push({ entry, finished });
    if (this.#lines.length > MAX_LINES) this.#lines.shift();
    this.#cancel ??= this.#clock.after(FLUSH_MS, () => void this.flush());
  }

  /** Writes what there is. Never rejects: what fails is tried again with the next. */
  flush(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  async #write(): Promise<void> {
    while (this.#lines.length > 0) {
      const lines = this.#lines.splice(0, CHUNK);
      const finished = lines.flatMap((line) => line.finished ?? []);
      const entries = lines.map(({ entry }) => entry);
      try {
        await this.#committer.submit(recordPushes, { entries, finished }, 0);
      } catch (error) {
        this.#lines.unshift(...lines);
        return this.#onError(error);
      }
    }
  }
}
