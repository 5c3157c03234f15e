import type { Clock } from '../../lib/clock';

const TICK_MS = 50;
/** How many things are done per tick; the rest waits, so that a storm of them slows nobody. */
const PER_TICK = 5;

/** Work that may wait a little: done in order, a few per tick, and what is named alike once. */
export class PacedQueue {
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  readonly #waiting = new Map<string, () => Promise<void>>();
  #ticking = false;

  constructor(clock: Clock, onError: (error: unknown) => void) {
    this.#clock = clock;
    this.#onError = onError;
  }

  /** Adds it at the end, in place of what waits under this name. */
  put(name: string, work: () => Promise<void>): void {
    this.#waiting.delete(name);
    this.#waiting.set(name, work);
    this.#tickLater();
  }

  /** Adds it at the end, unless something waits under this name. */
  add(name: string, work: () => Promise<void>): void {
    if (!this.#waiting.has(name)) this.put(name, work);
  }

  #tickLater() {
    if (this.#ticking) return;
    this.#ticking = true;
    this.#clock.after(TICK_MS, () => {
      void this.#doSome().finally(() => {
        this.#ticking = false;
        if (this.#waiting.size > 0) this.#tickLater();
      });
    });
  }

  async #doSome(): Promise<void> {
    for (const [name, work] of [...this.#waiting].slice(0, PER_TICK)) {
      this.#waiting.delete(name);
      await work().catch(this.#onError);
    }
  }
}
