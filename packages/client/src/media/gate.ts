import { cancelled } from '../errors';

/** Lets so many through at a time; the others wait in line. */
export class Gate {
  #free: number;
  readonly #line: (() => void)[] = [];

  constructor(width: number) {
    this.#free = width;
  }

  /** Fails with `cancelled` by the signal while it waits. */
  async use<T>(signal: AbortSignal, run: () => Promise<T>): Promise<T> {
    await this.#enter(signal);
    try {
      return await run();
    } finally {
      this.#free++;
      this.#line.shift()?.();
    }
  }

  async #enter(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && this.#free === 0) await this.#turn(signal);
    if (signal.aborted) {
      // Whoever was called and leaves calls the next one.
      if (this.#free > 0) this.#line.shift()?.();
      throw cancelled();
    }
    this.#free--;
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const go = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        this.#line.splice(this.#line.indexOf(go), 1);
        resolve();
      };
      this.#line.push(go);
      signal.addEventListener('abort', leave, { once: true });
    });
  }
}
