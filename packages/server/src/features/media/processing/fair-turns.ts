import { FairQueue } from './fair-queue';

/** Lets some go on at the same time; the others wait, and owners take turns. */
export class FairTurns {
  readonly #queue: FairQueue<(end: () => void) => void>;
  #free: number;

  /** @param limits of all, and of one owner */
  constructor(limits: { all: number; perOwner: number }) {
    this.#free = limits.all;
    this.#queue = new FairQueue({ waiting: Number.POSITIVE_INFINITY, held: limits.perOwner });
  }

  /** @returns ends the turn; to be called once */
  take(owner: number): Promise<() => void> {
    const { promise, resolve } = Promise.withResolvers<() => void>();
    this.#queue.push(owner, resolve);
    this.#begin();
    return promise;
  }

  #begin(): void {
    while (this.#free > 0) {
      const turn = this.#queue.shift();
      if (!turn) return;
      this.#free -= 1;
      turn.item(() => {
        turn.end();
        this.#free += 1;
        this.#begin();
      });
    }
  }

  /** Nobody waits any more. */
  open(): void {
    for (const go of this.#queue.clear()) go(() => {});
  }
}
