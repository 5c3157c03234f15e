import { LIMITS } from '@confab/protocol';
import { tooMany } from '../../lib/limit';

const WINDOW_MS = 15 * 60_000;
const KEPT = 100_000;

/** Counts wrong passwords per account and address: five in fifteen minutes, then wait. */
export class LoginLimiter {
  readonly #now: () => number;
  readonly #enabled: boolean;
  readonly #wrong = new Map<string, number[]>();
  readonly #turns = new Map<string, Promise<boolean>>();

  constructor(now: () => number, enabled: boolean) {
    this.#now = now;
    this.#enabled = enabled;
  }

  /**
   * Tries a password. Tries of one account from one address take turns: were they checked at once,
   * they would all be let through before the first was known to be wrong.
   * @returns what `verify` found
   * @throws ConfabError `rate_limited`
   */
  async attempt(
    account: string,
    address: string,
    verify: () => Promise<boolean>,
  ): Promise<boolean> {
    if (!this.#enabled) return verify();
    const key = `${address} ${account}`;
    const before = this.#turns.get(key) ?? Promise.resolve(true);
    const mine = before.catch(() => {}).then(() => this.#attempt(key, verify));
    this.#turns.set(key, mine);
    try {
      return await mine;
    } finally {
      if (this.#turns.get(key) === mine) this.#turns.delete(key);
    }
  }

  async #attempt(key: string, verify: () => Promise<boolean>): Promise<boolean> {
    this.#refuseAfterTooMany(key);
    const right = await verify();
    if (right) this.#wrong.delete(key);
    else this.#failed(key);
    return right;
  }

  #refuseAfterTooMany(key: string) {
    const recent = this.#recent(key);
    const oldest = recent[recent.length - LIMITS.loginFailures];
    if (oldest === undefined) return;
    throw tooMany('wrong passwords', Math.ceil((oldest + WINDOW_MS - this.#now()) / 1000));
  }

  #failed(key: string) {
    const recent = [...this.#recent(key), this.#now()].slice(-LIMITS.loginFailures);
    this.#wrong.delete(key);
    this.#wrong.set(key, recent);
    if (this.#wrong.size > KEPT) this.#dropOldest();
  }

  #recent(key: string): number[] {
    const since = this.#now() - WINDOW_MS;
    return (this.#wrong.get(key) ?? []).filter((at) => at > since);
  }

  #dropOldest() {
    for (const key of this.#wrong.keys()) {
      this.#wrong.delete(key);
      return;
    }
  }
}
