import { createHmac, createSecretKey, timingSafeEqual, type webcrypto } from 'node:crypto';
import { ConfabError } from '@confab/protocol';
import { errors, jwtVerify, SignJWT } from 'jose';
import { subkey } from '../../lib/subkey';

export interface Claims {
  userId: number;
  sessionId: number;
  /** Milliseconds since 1970. */
  expiresAt: number;
  /** What opens the account key, sealed; only where a password signed in. */
  unlock?: string;
}

type Use = 'access' | 'ticket';
const ALGORITHM = 'HS256';
const ISSUER = 'confab';
export const TICKET_TTL_S = 30;
/** Verified tokens that are remembered. */
const VERIFIED_KEPT = 2000;

/** Imported once: given bytes, each check would import them again. */
function signingKey(secret: string, purpose: string): webcrypto.CryptoKey {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = createSecretKey(subkey(secret, purpose));
  return key.toCryptoKey(algorithm, false, ['sign', 'verify']);
}

/** Makes and checks tokens. Access tokens and tickets are JWTs (RFC 7519) with one fixed algorithm. */
export class Tokens {
  readonly #keys: Record<Use, webcrypto.CryptoKey>;
  readonly #refreshKey: Uint8Array;
  readonly #now: () => number;
  /** Who calls often brings the same token each time; the check itself runs in another thread. */
  readonly #verified = new Map<string, Claims>();
  readonly #spentTickets = new Map<string, number>();
  readonly accessTtlS: number;

  constructor(secret: string, accessTtlS: number, now: () => number) {
    this.#keys = {
      access: signingKey(secret, 'access'),
      ticket: signingKey(secret, 'ws-ticket'),
    };
    this.#refreshKey = subkey(secret, 'refresh');
    this.accessTtlS = accessTtlS;
    this.#now = now;
  }

  access(
    userId: number,
    sessionId: number,
    unlock?: string,
    ttlS = this.accessTtlS,
  ): Promise<string> {
    return this.#sign('access', userId, sessionId, ttlS, unlock);
  }

  ticket(userId: number, sessionId: number): Promise<string> {
    return this.#sign('ticket', userId, sessionId, TICKET_TTL_S);
  }

  #sign(
    use: Use,
    userId: number,
    sessionId: number,
    ttlS: number,
    unlock?: string,
  ): Promise<string> {
    const now = Math.floor(this.#now() / 1000);
    return new SignJWT({ sid: sessionId, use, ...(unlock === undefined ? {} : { unlock }) })
      .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
      .setIssuer(ISSUER)
      .setSubject(String(userId))
      .setIssuedAt(now)
      .setExpirationTime(now + ttlS)
      .setJti(crypto.randomUUID())
      .sign(this.#keys[use]);
  }

  /** @throws ConfabError `invalid_token` or `token_expired` */
  async verifyAccess(token: string): Promise<Claims> {
    const known = this.#verified.get(token);
    if (known && known.expiresAt > this.#now()) return known;
    const { claims } = await this.#verify('access', token);
    if (this.#verified.size >= VERIFIED_KEPT) this.#verified.clear();
    this.#verified.set(token, claims);
    return claims;
  }

  /** Takes an access token or a ticket; a ticket opens one socket and is spent then. */
  async verifyForSocket(token: string): Promise<Claims> {
    try {
      return (await this.#verify('access', token)).claims;
    } catch (error) {
      if (error instanceof ConfabError && error.code === 'token_expired') throw error;
    }
    const { claims, id } = await this.#verify('ticket', token);
    this.#spend(id, claims.expiresAt);
    // The ticket is short-lived, the connection it opens is not: as long as a fresh token's.
    return { ...claims, expiresAt: this.#now() + this.accessTtlS * 1000 };
  }

  #spend(id: string, until: number) {
    if (this.#spentTickets.has(id)) {
      throw new ConfabError('invalid_token', 'This ticket was used before. Ask for another one.');
    }
    const now = this.#now();
    for (const [spent, expiry] of this.#spentTickets) {
      if (expiry > now) break;
      this.#spentTickets.delete(spent);
    }
    this.#spentTickets.set(id, until);
  }

  async #verify(use: Use, token: string): Promise<{ claims: Claims; id: string }> {
    try {
      const { payload } = await jwtVerify(token, this.#keys[use], {
        algorithms: [ALGORITHM],
        issuer: ISSUER,
        requiredClaims: ['sub', 'exp', 'sid', 'jti'],
        currentDate: new Date(this.#now()),
      });
      const claims = {
        userId: Number(payload.sub),
        sessionId: Number(payload.sid),
        expiresAt: Number(payload.exp) * 1000,
        ...(typeof payload.unlock === 'string' ? { unlock: payload.unlock } : {}),
      };
      return { claims, id: String(payload.jti) };
    } catch (error) {
      if (error instanceof errors.JWTExpired) {
        throw new ConfabError('token_expired', 'The access token has expired. Refresh it.');
      }
      throw new ConfabError('invalid_token', 'The access token is not valid. Sign in again.');
    }
  }

  /**
   * A session's refresh token of a generation. It is derived, not stored, so that the database
   * holds nothing to sign in with, and so that the token after one can be told again.
   * @param unlock what it carries on to its successors; only the client keeps it
   */
  refresh(sessionId: number, generation: number, unlock?: string): string {
    const token = `${sessionId}.${generation}.${this.#refreshMac(sessionId, generation)}`;
    return unlock === undefined ? token : `${token}.${unlock}`;
  }

  #refreshMac(sessionId: number, generation: number): string {
    return createHmac('sha256', this.#refreshKey)
      .update(`${sessionId}.${generation}`)
      .digest('base64url');
  }

  /** @throws ConfabError `invalid_token` */
  readRefresh(token: string): { sessionId: number; generation: number; unlock?: string } {
    const match =
      /^([1-9][0-9]{0,15})\.([1-9][0-9]{0,8})\.([A-Za-z0-9_-]{43})(?:\.([A-Za-z0-9_-]{1,200}))?$/.exec(
        token,
      );
    const [sessionId, generation] = [Number(match?.[1]), Number(match?.[2])];
    const mac = match ? this.#refreshMac(sessionId, generation) : '';
    if (!match?.[3] || !timingSafeEqual(Buffer.from(mac), Buffer.from(match[3]))) {
      throw new ConfabError('invalid_token', 'The refresh token is not valid. Sign in again.');
    }
    return { sessionId, generation, ...(match[4] === undefined ? {} : { unlock: match[4] }) };
  }
}
