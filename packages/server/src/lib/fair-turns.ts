/**
 * Lets so much work run at once. What waits takes turns by who asked for it, so that somebody who
 * asks for much waits for themselves. A full queue drops the newest of whoever waits for most.
 */
export class FairTurns {
  readonly #atOnce: number;
  readonly #mayWait: number;
  readonly #refusal: () => Error;
  /** Who waits, the next one first. */
  readonly #waiting = new Map<string, PromiseWithResolvers<void>[]>();
  #count = 0;
  #running = 0;

  /** @param refusal what those fail with for whom there is no room */
  constructor(atOnce: number, mayWait: number, refusal: () => Error) {
    this.#atOnce = atOnce;
    this.#mayWait = mayWait;
    this.#refusal = refusal;
  }

  async take<T>(who: string, work: () => Promise<T>): Promise<T> {
    if (this.#running < this.#atOnce) this.#running++;
    else await this.#wait(who);
    try {
      return await work();
    } finally {
      this.#pass();
    }
  }

  #wait(who: string): Promise<void> {
    if (this.#count >= this.#mayWait) this.#makeRoom(who);
    const turn = Promise.withResolvers<void>();
    const own = this.#waiting.get(who);
    if (own) own.push(turn);
    else this.#waiting.set(who, [turn]);
    this.#count++;
    return turn.promise;
  }

  #makeRoom(who: string) {
    const mine = this.#waiting.get(who)?.length ?? 0;
    const most = [...this.#waiting.values()].reduce((a, b) => (b.length > a.length ? b : a));
    if (most.length <= mine + 1) throw this.#refusal();
    this.#count--;
    most.pop()?.reject(this.#refusal());
  }

  /** Hands the place of work that is done to the next one, and their others to the end. */
  #pass() {
    for (const [who, turns] of this.#waiting) {
      const next = turns.shift();
      this.#waiting.delete(who);
      if (turns.length > 0) this.#waiting.set(who, turns);
      if (!next) continue;
      this.#count--;
      return next.resolve();
    }
    this.#running--;
  }
}
