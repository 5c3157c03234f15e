import type { Clock } from '../../lib/clock';
import type { Committer } from '../../storage/committer';
import { dropOld } from './writes';

/** How long notifications are kept, read or not. */
export const KEEP_MS = 90 * 86_400_000;
const SWEEP_MS = 3_600_000;
/** Rows of one transaction, and the rest after it. */
const STEP = 500;
const REST_MS = 50;

/** Erases notifications that nobody will look for any more, a little at a time. */
export class NotificationExpiry {
  readonly #clock: Clock;
  readonly #committer: Committer;
  readonly #onError: (error: unknown) => void;
  #stopped = false;

  constructor(clock: Clock, committer: Committer, onError: (error: unknown) => void) {
    this.#clock = clock;
    this.#committer = committer;
    this.#onError = onError;
  }

  start(): void {
    this.#clock.every(SWEEP_MS, () => void this.#sweep());
  }

  async #sweep(): Promise<void> {
    const before = this.#clock.now() - KEEP_MS;
    try {
      const dropped = await this.#committer.submit(dropOld, { before, limit: STEP }, 0);
      if (dropped > 0 && !this.#stopped) this.#clock.after(REST_MS, () => void this.#sweep());
    } catch (error) {
      if (!this.#stopped) this.#onError(error);
    }
  }

  stop(): void {
    this.#stopped = true;
  }
}
