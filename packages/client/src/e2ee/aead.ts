import type { Bytes } from './encoding';
import { Refusal, type RefusalReason } from './errors';

const algorithm = (iv: Bytes, additionalData?: Bytes) => ({
  name: 'AES-GCM',
  iv,
  ...(additionalData ? { additionalData } : {}),
});

export function importAesKey(raw: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
}

/** AES-256-GCM (NIST SP 800-38D); the 16-byte tag is at the end of what comes back. */
export async function seal(key: CryptoKey, iv: Bytes, plain: Bytes, aad?: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.encrypt(algorithm(iv, aad), key, plain));
}

/** @throws Refusal with the given reason when it was not sealed so */
export async function open(
  key: CryptoKey,
  iv: Bytes,
  sealed: Bytes,
  aad?: Bytes,
  reason: RefusalReason = 'undecryptable',
  detail = 'The key does not open it',
): Promise<Bytes> {
  try {
    return new Uint8Array(await crypto.subtle.decrypt(algorithm(iv, aad), key, sealed));
  } catch (error) {
    throw new Refusal(reason, detail, error);
  }
}
