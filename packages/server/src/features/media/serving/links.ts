import { createHmac, timingSafeEqual } from 'node:crypto';
import { ConfabError } from '@confab/protocol';
import { subkey } from '../../../lib/subkey';

export type LinkVariant = 'file' | 'thumbnail';

export interface LinkTarget {
  readonly mediaId: number;
  readonly variant: LinkVariant;
}

export interface LinkClaims {
  readonly userId: number;
  readonly sessionId: number;
  /** Milliseconds since 1970, a whole second. */
  readonly expiresAt: number;
}

export const LINK_MAX_S = 300;
/** Links made within this time are the same, so that browsers find what they have loaded before. */
const LINK_STEP_S = 120;

const LINK =
  /^([1-9a-z][0-9a-z]{0,10})\.([1-9a-z][0-9a-z]{0,10})\.([1-9a-z][0-9a-z]{0,7})\.([A-Za-z0-9_-]{43})$/;

/**
 * Tokens for `?t=` in the address of one file, for `<img>` and `<video>`, which send no headers.
 * They say who asks; whether that user may see the file is checked on use.
 */
export class Links {
  readonly #key: Uint8Array;
  readonly #now: () => number;

  constructor(secret: string, now: () => number) {
    this.#key = subkey(secret, 'media-link');
    this.#now = now;
  }

  /** When a link that is made now should end: in 3 to 5 minutes. */
  expiry(): number {
    const step = LINK_STEP_S * 1000;
    return Math.floor(this.#now() / step) * step + LINK_MAX_S * 1000;
  }

  /** @throws RangeError when it would be good for more than 5 minutes */
  sign(link: LinkTarget & LinkClaims): string {
    if (link.expiresAt > this.#now() + LINK_MAX_S * 1000) {
      throw new RangeError('A link is good for 5 minutes at most');
    }
    const expiry = Math.floor(link.expiresAt / 1000);
    const claims = [link.userId, link.sessionId, expiry].map((part) => part.toString(36)).join('.');
    return `${claims}.${this.#mac(link, claims)}`;
  }

  #mac({ mediaId, variant }: LinkTarget, claims: string): string {
    return createHmac('sha256', this.#key)
      .update(`${mediaId}.${variant}.${claims}`)
      .digest('base64url');
  }

  /** @throws ConfabError `invalid_token`, `token_expired` */
  verify(token: string, target: LinkTarget): LinkClaims {
    const [, user = '', session = '', expiry = '', mac = ''] = LINK.exec(token) ?? [];
    const expected = this.#mac(target, `${user}.${session}.${expiry}`);
    if (!isSame(mac, expected)) {
      throw new ConfabError('invalid_token', 'This link is not valid. Ask for another one.');
    }
    const [userId, sessionId, seconds] = [user, session, expiry].map((part) =>
      Number.parseInt(part, 36),
    ) as [number, number, number];
    const expiresAt = seconds * 1000;
    if (expiresAt <= this.#now()) {
      throw new ConfabError('token_expired', 'This link has expired. Ask for another one.');
    }
    return { userId, sessionId, expiresAt };
  }
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
