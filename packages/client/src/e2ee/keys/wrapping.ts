import { type Bytes, fromBase64Url, toBase64Url } from '../encoding';
import { Refusal } from '../errors';
import { sha256 } from '../hash';

const RSA = { name: 'RSA-OAEP', hash: 'SHA-256' } as const;
const BITS = 3072;
const LEAST_BITS = 2048;
const MOST_BITS = 4096;
const F4 = '1,0,1';

export interface WrappingPair {
  /** SPKI PEM. */
  readonly publicKey: string;
  readonly privateKey: CryptoKey;
}

/** A public key to which keys can be wrapped, and its id: base64url of the SHA-256 of its SPKI DER. */
export interface WrappingKey {
  readonly key: CryptoKey;
  readonly kid: string;
}

/** An RSA-OAEP pair of 3072 bits with SHA-256 (RFC 8017); extractable until it is stored. */
export async function generateWrappingPair(): Promise<WrappingPair> {
  const parameters = { ...RSA, modulusLength: BITS, publicExponent: Uint8Array.of(1, 0, 1) };
  const pair = await crypto.subtle.generateKey(parameters, true, ['encrypt', 'decrypt']);
  const spki = new Uint8Array(await crypto.subtle.exportKey('spki', pair.publicKey));
  return { publicKey: toPem(spki), privateKey: pair.privateKey };
}

export function importUnwrappingKey(pkcs8: Bytes, extractable = false): Promise<CryptoKey> {
  return crypto.subtle.importKey('pkcs8', pkcs8, RSA, extractable, ['decrypt']);
}

/** @throws Refusal `malformed` for what is no such key, `unsupported_algorithm` for a weak one */
export async function importWrappingKey(pem: string): Promise<WrappingKey> {
  const spki = spkiOf(pem);
  const kid = toBase64Url(await sha256(spki));
  const key = await crypto.subtle
    .importKey('spki', spki, RSA, true, ['encrypt'])
    .catch((error: unknown) => {
      throw new Refusal('malformed', 'It is not an RSA public key', error);
    });
  const { modulusLength, publicExponent } = key.algorithm as RsaHashedKeyAlgorithm;
  const fits = modulusLength >= LEAST_BITS && modulusLength <= MOST_BITS;
  if (!fits || publicExponent.toString() !== F4) {
    throw new Refusal('unsupported_algorithm', 'RSA keys have 2048 to 4096 bits and e = 65537');
  }
  return { key, kid };
}

/** A public key's id: base64url of the SHA-256 of its SPKI DER. */
export async function keyId(pem: string): Promise<string> {
  return toBase64Url(await sha256(spkiOf(pem)));
}

function toPem(der: Uint8Array): string {
  const base64 = toBase64Url(der).replaceAll('-', '+').replaceAll('_', '/');
  const padded = base64.padEnd(Math.ceil(base64.length / 4) * 4, '=');
  const lines = padded.match(/.{1,64}/g) ?? [];
  return ['-----BEGIN PUBLIC KEY-----', ...lines, '-----END PUBLIC KEY-----', ''].join('\n');
}

/** The SPKI DER of a public key in PEM. @throws Refusal `malformed` */
export function spkiOf(pem: string): Bytes {
  const body = /^\s*-----BEGIN PUBLIC KEY-----([\s\w+/=]+)-----END PUBLIC KEY-----\s*$/.exec(pem);
  if (!body?.[1]) throw new Refusal('malformed', 'It is not a public key in PEM');
  const base64 = body[1].replace(/[\s=]/g, '');
  return fromBase64Url(base64.replaceAll('+', '-').replaceAll('/', '_'));
}
