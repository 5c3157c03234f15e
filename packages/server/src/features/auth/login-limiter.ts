const WINDOW_MS = 15 * 60_000;
const WRONG_ALLOWED = 5;
const KEPT = 100_000;

/** Counts wrong passwords per account and address: five in fifteen minutes, then wait. */
export class LoginLimiter {
  readonly #now: () => number;
  readonly #enabled: boolean;
  readonly #wrong = new Map<string, number[]>();

  constructor(now: () => number, enabled: boolean) {
    this.#now = now;
    this.#enabled = enabled;
  }

  /** @returns seconds to wait before the next try, 0 when it may go ahead */
  waitS(account: string, address: string): number {
    if (!this.#enabled) return 0;
    const recent = this.#recent(this.#key(account, address));
    const oldest = recent[recent.length - WRONG_ALLOWED];
    return oldest === undefined ? 0 : Math.ceil((oldest + WINDOW_MS - this.#now()) / 1000);
  }

  failed(account: string, address: string): void {
    const key = this.#key(account, address);
    const recent = [...this.#recent(key), this.#now()].slice(-WRONG_ALLOWED);
    this.#wrong.delete(key);
    this.#wrong.set(key, recent);
    if (this.#wrong.size > KEPT) this.#dropOldest();
  }

  succeeded(account: string, address: string): void {
    this.#wrong.delete(this.#key(account, address));
  }

  #recent(key: string): number[] {
    const since = this.#now() - WINDOW_MS;
    return (this.#wrong.get(key) ?? []).filter((at) => at > since);
  }

  #key(account: string, address: string): string {
    return `${address} ${account.toLowerCase()}`;
  }

  #dropOldest() {
    for (const key of this.#wrong.keys()) {
      this.#wrong.delete(key);
      return;
    }
  }
}
