import { ConfabError, RATES } from '@confab/protocol';
import { networkOf } from '../lib/network-of';
import { TokenBuckets } from '../lib/token-bucket';
import type { Caller, RequestInfo } from './contract';

/** Bytes that are refused at the price of one body. */
const BYTES_PER_TOKEN = 16 * 1024;

/**
 * Counts bodies that were read for nothing: of a user, or of a network where nobody is signed in.
 * Whoever sends too many of them is refused before the next one is read.
 */
export class BadBodies {
  readonly #buckets: TokenBuckets<string>;
  readonly #enabled: boolean;

  constructor(now: () => number, enabled: boolean) {
    this.#buckets = new TokenBuckets(RATES.badBodies, now);
    this.#enabled = enabled;
  }

  /**
   * What `read` resolves with; what it throws is counted against its sender.
   * @param size the most bytes that reading may have cost
   */
  async counting<T>(whose: string, size: number, read: () => Promise<T>): Promise<T> {
    if (!this.#enabled) return read();
    const wait = this.#buckets.wait(whose);
    if (wait > 0) {
      throw new ConfabError('rate_limited', 'Too many requests that could not be read.', {
        retryAfterS: wait,
      });
    }
    try {
      return await read();
    } catch (error) {
      this.#buckets.spend(whose, 1 + size / BYTES_PER_TOKEN);
      throw error;
    }
  }
}

/** Who pays for a bad body. */
export const senderOf = (caller: Caller | undefined, { ip }: RequestInfo): string =>
  caller ? `user ${caller.userId}` : networkOf(ip);
