import type { Rest } from '../rest/rest';
import type { TokenSet } from '../rest/tokens';
import type { Cancel, Runtime } from '../runtime';

/** The access token is renewed this long before its end, but not before half its life is over. */
const AHEAD_MS = 60_000;
/** Until the next try when a renewal did not get through, milliseconds. */
const AGAIN_MS = 10_000;
/** A clock that is wrong must not make a storm. */
const LEAST_MS = 1_000;

/** Renews the access token ahead of its end, so that an open socket can go on. */
export class TokenRefresher {
  readonly #rest: Rest;
  readonly #runtime: Pick<Runtime, 'now' | 'setTimer'>;
  #cancel: Cancel = () => {};
  #isWatching = false;

  constructor(rest: Rest, runtime: Pick<Runtime, 'now' | 'setTimer'>) {
    this.#rest = rest;
    this.#runtime = runtime;
  }

  /** Watches these tokens until `stop`, or until it is told of newer ones. */
  watch(tokens: TokenSet): void {
    const left = tokens.expires_at - this.#runtime.now();
    this.#isWatching = true;
    this.#in(Math.max(left / 2, left - AHEAD_MS, LEAST_MS), tokens);
  }

  stop(): void {
    this.#isWatching = false;
    this.#cancel();
  }

  #in(ms: number, tokens: TokenSet): void {
    this.#cancel();
    this.#cancel = this.#runtime.setTimer(() => void this.#renew(tokens), ms);
  }

  async #renew(tokens: TokenSet): Promise<void> {
    try {
      const renewed = await this.#rest.tokens.renew(tokens);
      if (this.#isWatching) this.watch(renewed);
    } catch {
      // Over for good: the keeper has told everybody. Otherwise: again.
      const goesOn = await this.#rest.tokens.current();
      if (goesOn && this.#isWatching) this.#in(AGAIN_MS, tokens);
    }
  }
}
