import type { TokenSet, TokenStore } from '@confab/client';
import { keep, kept } from './kept';

/** Where all tabs of this browser find the session. */
export const SESSION_KEY = 'confab.session';

export const isSessionKept = (): boolean => kept(SESSION_KEY) !== null;

/** Keeps the session for all tabs of this browser. */
export class LocalTokenStore implements TokenStore {
  async load(): Promise<TokenSet | null> {
    const text = kept(SESSION_KEY);
    return text === null ? null : (JSON.parse(text) as TokenSet);
  }

  async save(tokens: TokenSet | null): Promise<void> {
    keep(SESSION_KEY, tokens && JSON.stringify(tokens));
  }

  /** Browsers have locks only where the page came safely; elsewhere the server's patience has to do. */
  exclusively<T>(renewal: () => Promise<T>): Promise<T> {
    if (!('locks' in navigator)) return renewal();
    return navigator.locks.request(SESSION_KEY, renewal);
  }
}
