import { createHash } from 'node:crypto';
import { ConfabError } from '@confab/protocol';

const LEAST_BITS = 2048;
const MOST_BITS = 4096;
const F4 = '1,0,1';
const PEM = /^\s*-----BEGIN PUBLIC KEY-----([\s\w+/=]+)-----END PUBLIC KEY-----\s*$/;

export interface RsaPublicKey {
  key: CryptoKey;
  /** base64url(SHA-256(SPKI DER)). */
  keyId: string;
}

/**
 * Reads a key to which things are encrypted: RSA-OAEP with SHA-256, 2048 to 4096 bits, e = 65537.
 * @throws ConfabError `invalid`
 */
export async function readPublicKey(pem: string, path = 'public_key'): Promise<RsaPublicKey> {
  const spki = Buffer.from(PEM.exec(pem)?.[1] ?? '', 'base64');
  const key = await imported(spki);
  if (!key) throw refused(path, 'is not an RSA public key in PEM (SPKI)');
  const { modulusLength, publicExponent } = key.algorithm as RsaHashedKeyAlgorithm;
  const fits = modulusLength >= LEAST_BITS && modulusLength <= MOST_BITS;
  if (!fits || publicExponent.toString() !== F4) {
    throw refused(path, `must have ${LEAST_BITS} to ${MOST_BITS} bits and e = 65537`);
  }
  return { key, keyId: keyIdOf(spki) };
}

async function imported(spki: Uint8Array<ArrayBuffer>): Promise<CryptoKey | undefined> {
  try {
    const algorithm = { name: 'RSA-OAEP', hash: 'SHA-256' };
    return await crypto.subtle.importKey('spki', spki, algorithm, true, ['encrypt']);
  } catch {
    return undefined;
  }
}

export const keyIdOf = (spki: Uint8Array): string =>
  createHash('sha256').update(spki).digest('base64url');

/** A key's id as people compare it: hexadecimal in groups of four. */
export const fingerprintOf = (keyId: string): string =>
  (Buffer.from(keyId, 'base64url').toString('hex').match(/.{4}/g) ?? []).join(' ');

function refused(path: string, message: string): ConfabError {
  return new ConfabError('invalid', `The key ${message}`, { errors: [{ path, message }] });
}
