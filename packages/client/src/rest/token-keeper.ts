import { ClientError, RestError } from '../errors';
import type { TokenSet, TokenStore } from './tokens';

/** Exchanges a refresh token for a new session. Fails with a RestError. */
export type RefreshCall = (refreshToken: string) => Promise<TokenSet>;

/**
 * How a session came to its end: its user left, here or in another client that shares the store;
 * somebody `ended` it elsewhere; or it is of no use any more (`expired`), by its age or because the
 * server does not know its tokens.
 */
export type SessionEnd = 'left' | 'ended' | 'expired';

/** Holds the session and renews it, at most one renewal at a time. */
export class TokenKeeper {
  readonly #store: TokenStore;
  readonly #refresh: RefreshCall;
  #tokens: TokenSet | null = null;
  #loaded = false;
  #renewal: Promise<TokenSet> | null = null;
  /** Told of every new session, and of null when it ended, with how. */
  onChange: (tokens: TokenSet | null, how: SessionEnd) => void = () => {};

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

  async set(tokens: TokenSet | null, how: SessionEnd = 'left'): Promise<void> {
    await this.#store.save(tokens);
    this.#adopt(tokens, how);
  }

  /**
   * A session newer than `used`, which the server did not take. Fails with `signed_out` once the
   * session is over, else with what kept the refresh from the server.
   */
  renew(used: TokenSet): Promise<TokenSet> {
    if (this.#tokens && this.#tokens.access_token !== used.access_token) {
      return Promise.resolve(this.#tokens);
    }
    this.#renewal ??= this.#alone(() => this.#renew(used)).finally(() => {
      this.#renewal = null;
    });
    return this.#renewal;
  }

  #alone<T>(renewal: () => Promise<T>): Promise<T> {
    return this.#store.exclusively?.(renewal) ?? renewal();
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

  /** What another client that shares the store put there since. Fails when it left. */
  async #newerInStore(used: TokenSet): Promise<TokenSet | null> {
    const stored = await this.#store.load();
    if (stored?.refresh_token === used.refresh_token) return null;
    this.#adopt(stored, 'left');
    if (!stored) throw signedOut();
    return stored;
  }

  async #end(cause: unknown): Promise<never> {
    await this.set(null, howOf(cause));
    throw signedOut(cause);
  }

  #adopt(tokens: TokenSet | null, how: SessionEnd): void {
    this.#tokens = tokens;
    this.#loaded = true;
    this.onChange(tokens, how);
  }
}

/** Whether the server has said that a refresh token is of no use any more. */
function endsSession(error: unknown): boolean {
  return error instanceof RestError && (error.status === 401 || error.code === 'account_inactive');
}

/** Only what the server knows of a session tells that somebody ended it. */
function howOf(error: unknown): SessionEnd {
  const code = error instanceof RestError ? error.code : null;
  return code === 'session_revoked' || code === 'account_inactive' ? 'ended' : 'expired';
}

function signedOut(cause?: unknown): ClientError {
  return new ClientError('signed_out', 'Sign in first', { cause });
}
