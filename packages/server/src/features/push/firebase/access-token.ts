import { SignJWT } from 'jose';
import { z } from 'zod';
import type { FirebaseCredentials } from '../../../config/firebase';
import { readJson } from '../json';
import type { Outbound, Posted } from '../outbound';
import type { Delivery } from '../provider';

const SCOPE = 'https://www.googleapis.com/auth/firebase.messaging';
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const ASSERTION_TTL_S = 3600;
/** A token is not used in its last minute, so that it does not end on the way. */
const MARGIN_MS = 60_000;

const Grant = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() });

/** A token, or why there is none. */
export type TokenResult = { readonly token: string } | { readonly failure: Delivery };

export interface AccessTokenDeps {
  credentials: FirebaseCredentials;
  outbound: Outbound;
  now: () => number;
}

/**
 * The OAuth access token of a service account: an assertion signed with its key is exchanged for one
 * (RFC 7523), which is kept until it ends. Who asks meanwhile shares one exchange.
 */
export class AccessToken {
  readonly #deps: AccessTokenDeps;
  #held: { token: string; until: number } | undefined;
  #exchange: Promise<TokenResult> | undefined;

  constructor(deps: AccessTokenDeps) {
    this.#deps = deps;
  }

  async get(): Promise<TokenResult> {
    if (this.#held && this.#held.until > this.#deps.now()) return { token: this.#held.token };
    this.#exchange ??= this.#fetch().finally(() => {
      this.#exchange = undefined;
    });
    return this.#exchange;
  }

  /** Forgets a token that was refused, unless another one came in its place already. */
  forget(token: string): void {
    if (this.#held?.token === token) this.#held = undefined;
  }

  async #fetch(): Promise<TokenResult> {
    const { credentials, outbound } = this.#deps;
    const form = new URLSearchParams({ grant_type: GRANT, assertion: await this.#assertion() });
    const posted = await outbound.post({
      url: credentials.tokenUri,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
    });
    const granted = readGrant(posted);
    if ('failure' in granted) return granted;
    const until = this.#deps.now() + granted.expiresInS * 1000 - MARGIN_MS;
    this.#held = { token: granted.token, until };
    return { token: granted.token };
  }

  #assertion(): Promise<string> {
    const { credentials, now } = this.#deps;
    const at = Math.floor(now() / 1000);
    const kid = credentials.keyId === undefined ? {} : { kid: credentials.keyId };
    return new SignJWT({ scope: SCOPE })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...kid })
      .setIssuer(credentials.clientEmail)
      .setAudience(credentials.tokenUri)
      .setIssuedAt(at)
      .setExpirationTime(at + ASSERTION_TTL_S)
      .sign(credentials.privateKey);
  }
}

function readGrant(posted: Posted): { token: string; expiresInS: number } | { failure: Delivery } {
  if (posted.kind === 'timed_out') return later('Google did not answer in time.');
  if (posted.kind === 'unreachable') return later('Google could not be reached.');
  const { status, text, retryAfterMs } = posted;
  if (status === 429 || status >= 500) return later('Google is busy.', retryAfterMs);
  if (status !== 200) {
    const why = 'Google refuses the service account. See its key, and the clock of this server.';
    return { failure: { kind: 'refused', why } };
  }
  const grant = readJson(text, Grant);
  if (!grant) return later('Google answered something that is not understood.');
  return { token: grant.access_token, expiresInS: grant.expires_in };
}

function later(why: string, retryAfterMs?: number): { failure: Delivery } {
  return { failure: { kind: 'try_again', why, retryAfterMs } };
}
