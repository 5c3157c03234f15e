import { ConfabError } from '@confab/protocol';

export interface AdmissionLimits {
  /** Searches that run at once; the others wait their turn. */
  running: number;
  /** Running and waiting ones: of one user, and of all. */
  perUser: number;
  total: number;
}

/** Lets so many searches in that none waits long, and no user crowds the others out. */
export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #byUser = new Map<number, number>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(limits: AdmissionLimits) {
    this.#limits = limits;
  }

  /** @throws ConfabError `rate_limited` when the user has too many under way, `overloaded` when all have */
  async run<T>(userId: number, search: () => Promise<T>): Promise<T> {
    const own = this.#byUser.get(userId) ?? 0;
    if (own >= this.#limits.perUser) throw tooMany();
    if (this.#running + this.#waiting.length >= this.#limits.total) throw overloaded();
    this.#byUser.set(userId, own + 1);
    try {
      await this.#turn();
      return await search().finally(() => this.#next());
    } finally {
      this.#left(userId);
    }
  }

  async #turn(): Promise<void> {
    if (this.#running < this.#limits.running) this.#running++;
    else await new Promise<void>((go) => this.#waiting.push(go));
  }

  /** Whoever waits takes the place of who is done. */
  #next() {
    const go = this.#waiting.shift();
    if (go) go();
    else this.#running--;
  }

  #left(userId: number) {
    const own = (this.#byUser.get(userId) ?? 1) - 1;
    if (own > 0) this.#byUser.set(userId, own);
    else this.#byUser.delete(userId);
  }
}

const tooMany = () =>
  new ConfabError('rate_limited', 'You have too many searches under way. Wait for their answers.', {
    retryAfterS: 1,
  });

const overloaded = () =>
  new ConfabError('overloaded', 'The server has too many searches to do. Try again soon.', {
    retryAfterS: 1,
  });
