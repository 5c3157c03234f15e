import type { Token } from '@confab/protocol';

/** A signed-in session. */
export interface TokenSet {
  readonly access_token: string;
  readonly refresh_token: string;
  /** When the access token ends: milliseconds since 1970, by this machine's clock. */
  readonly expires_at: number;
}

/**
 * Where the session is kept. Several clients (tabs, processes) may share one store: the SDK reads
 * it again before it refreshes, and takes what another one put there meanwhile.
 */
export interface TokenStore {
  load(): Promise<TokenSet | null>;
  save(tokens: TokenSet | null): Promise<void>;
  /**
   * Runs a renewal while no other client that shares the store runs one: it would renew with a token
   * that this one has just used up. Without it, clients that renew at the same moment rely on the
   * server, which takes a used token for some seconds more.
   */
  exclusively?<T>(renewal: () => Promise<T>): Promise<T>;
}

/** Keeps the session as long as the object lives. */
export class MemoryTokenStore implements TokenStore {
  #tokens: TokenSet | null;

  constructor(tokens: TokenSet | null = null) {
    this.#tokens = tokens;
  }

  async load(): Promise<TokenSet | null> {
    return this.#tokens;
  }

  async save(tokens: TokenSet | null): Promise<void> {
    this.#tokens = tokens;
  }
}

export function tokenSet(token: Token, now: number): TokenSet {
  return {
    access_token: token.access_token,
    refresh_token: token.refresh_token,
    expires_at: now + token.expires_in * 1000,
  };
}
