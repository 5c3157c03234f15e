import type { Cancel } from '../runtime';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
}

/** A clock that stands still until it is told to go on. */
export class FakeTime {
  #now = 1_000_000;
  #order = 0;
  readonly #timers = new Set<Timer>();

  readonly now = (): number => this.#now;

  readonly setTimer = (callback: () => void, ms: number): Cancel => {
    const timer = { at: this.#now + Math.max(0, ms), order: this.#order++, callback };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  };

  get timers(): number {
    return this.#timers.size;
  }

  /** Lets `ms` milliseconds pass, and whatever happens by itself between any two timers. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await flush();
    for (let timer = this.#next(end); timer; timer = this.#next(end)) {
      this.#timers.delete(timer);
      this.#now = timer.at;
      timer.callback();
      await flush();
    }
    this.#now = end;
  }

  #next(until: number): Timer | undefined {
    const due = [...this.#timers].filter((timer) => timer.at <= until);
    return due.sort((a, b) => a.at - b.at || a.order - b.order)[0];
  }
}

/** Lets everything happen that waits for nothing but its turn. */
export async function flush(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}
