import { importJWK, type JWTPayload, SignJWT } from 'jose';

/** The key pair by which push services know this server (RFC 8292), in base64url. */
export interface VapidKeys {
  /** An uncompressed point of P-256. */
  readonly publicKey: string;
  readonly privateKey: string;
}

export async function makeVapidKeys(): Promise<VapidKeys> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const pair = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const point = await crypto.subtle.exportKey('raw', pair.publicKey);
  const { d } = await crypto.subtle.exportKey('jwk', pair.privateKey);
  return { publicKey: Buffer.from(point).toString('base64url'), privateKey: String(d) };
}

/** RFC 8292 allows a day at most. */
const TOKEN_TTL_S = 12 * 3600;
/** A token is made anew when it has less than this left. */
const RENEW_MS = 3_600_000;
/** Push services whose tokens are remembered. */
const KEPT = 200;

export interface VapidDeps {
  keys: () => Promise<VapidKeys>;
  /** Whom a push service may contact. */
  subject: string;
  now: () => number;
}

/** Signs the server in at push services, with a token for each that is used again for hours. */
export class Vapid {
  readonly #deps: VapidDeps;
  readonly #tokens = new Map<string, { token: string; until: number }>();

  constructor(deps: VapidDeps) {
    this.#deps = deps;
  }

  /** The `Authorization` header for a push service. */
  async authorization(endpoint: string): Promise<string> {
    const keys = await this.#deps.keys();
    return `vapid t=${await this.#token(new URL(endpoint).origin, keys)}, k=${keys.publicKey}`;
  }

  async #token(audience: string, keys: VapidKeys): Promise<string> {
    const now = this.#deps.now();
    const held = this.#tokens.get(audience);
    if (held && held.until - now > RENEW_MS) return held.token;
    const exp = Math.floor(now / 1000) + TOKEN_TTL_S;
    const token = await sign({ aud: audience, exp, sub: this.#deps.subject }, keys);
    if (this.#tokens.size >= KEPT) this.#tokens.clear();
    this.#tokens.set(audience, { token, until: exp * 1000 });
    return token;
  }
}

async function sign(claims: JWTPayload, keys: VapidKeys): Promise<string> {
  const point = Buffer.from(keys.publicKey, 'base64url');
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) =>
    part.toString('base64url'),
  );
  const jwk = { kty: 'EC', crv: 'P-256', x: String(x), y: String(y), d: keys.privateKey };
  const key = await importJWK(jwk, 'ES256');
  return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', typ: 'JWT' }).sign(key);
}
