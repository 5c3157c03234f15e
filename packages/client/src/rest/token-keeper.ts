import { ClientError, RestError } from '../errors';
import type { TokenSet, TokenStore } from './tokens';

/** Exchanges a refresh token for a new session. Fails with a RestError. */
export type RefreshCall = (refreshToken: string) => Promise<TokenSet>;

/** Holds the session and renews it, at most one renewal at a time. */
export class TokenKeeper {
  readonly #store: TokenStore;
  readonly #refresh: RefreshCall;
  #tokens: TokenSet | null = null;
  #loaded = false;
  #renewal: Promise<TokenSet> | null = null;
  /** Told of every new session, and of null when it ended. */
  onChange: (tokens: TokenSet | null) => void = () => {};

  constructor(store: TokenStore, refresh: RefreshCall) {
    this.#store = store;
    this.#refresh = refresh;
  }

  async current(): Promise<TokenSet | null> {
    if (!this.#loaded) {
      this.#tokens = await this.#store.load();
      this.#loaded = true;
    }
    return this.#tokens;
  }

  /** The session, or a ClientError `signed_out`. */
  async require(): Promise<TokenSet> {
    const tokens = await this.current();
    if (!tokens) throw signedOut();
    return tokens;
  }

  async set(tokens: TokenSet | null): Promise<void> {
    await this.#store.save(tokens);
    this.#adopt(tokens);
  }

  /**
   * A session newer than `used`, which the server did not take. Fails with `signed_out` once the
   * session is over, else with what kept the refresh from the server.
   */
  renew(used: TokenSet): Promise<TokenSet> {
    if (this.#tokens && this.#tokens.access_token !== used.access_token) {
      return Promise.resolve(this.#tokens);
    }
    this.#renewal ??= this.#renew(used).finally(() => {
      this.#renewal = null;
    });
    return this.#renewal;
  }

  async #renew(used: TokenSet): Promise<TokenSet> {
    const stored = await this.#newerInStore(used);
    if (stored) return stored;
    try {
      const tokens = await this.#refresh(used.refresh_token);
      await this.set(tokens);
      return tokens;
    } catch (error) {
      if (!endsSession(error)) throw error;
      return (await this.#newerInStore(used)) ?? this.#end(error);
    }
  }

  /** What another client that shares the store put there since. */
  async #newerInStore(used: TokenSet): Promise<TokenSet | null> {
    const stored = await this.#store.load();
    if (!stored || stored.refresh_token === used.refresh_token) return null;
    this.#adopt(stored);
    return stored;
  }

  async #end(cause: unknown): Promise<never> {
    await this.set(null);
    throw signedOut(cause);
  }

  #adopt(tokens: TokenSet | null): void {
    this.#tokens = tokens;
    this.#loaded = true;
    this.onChange(tokens);
  }
}

/** Whether the server has said that a refresh token is of no use any more. */
function endsSession(error: unknown): boolean {
  return error instanceof RestError && (error.status === 401 || error.code === 'account_inactive');
}

function signedOut(cause?: unknown): ClientError {
  return new ClientError('signed_out', 'Sign in first', { cause });
}
