import type { Clock } from '../lib/clock';

export interface ScrubberOptions {
  clock: Clock;
  /** @returns whether it could be done now */
  scrub: () => Promise<boolean>;
  onError: (error: unknown) => void;
}

/** Much may be erased meanwhile, and writers wait for it: seldom enough that nobody feels it. */
const WAIT_MS = 60_000;

/** Cleans the database's files of what was erased, within a minute or two. */
export class Scrubber {
  readonly #options: ScrubberOptions;
  #isPlanned = false;

  constructor(options: ScrubberOptions) {
    this.#options = options;
  }

  /** Something was erased. */
  readonly erased = (): void => {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    this.#options.clock.after(WAIT_MS, () => void this.#scrub());
  };

  async #scrub(): Promise<void> {
    this.#isPlanned = false;
    const { scrub, onError } = this.#options;
    const done = await scrub().catch((error) => void onError(error));
    if (!done) this.erased();
  }
}
