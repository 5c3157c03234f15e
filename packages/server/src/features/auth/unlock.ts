import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { subkey } from '../../lib/subkey';
import type { Unlock } from '../keys';

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
const SALT_BYTES = 16;

/**
 * Seals what opens an account key for a session's tokens. It is stored nowhere: the server needs the
 * token to open it, and whoever has the token needs the server's secret.
 */
export class UnlockSealer {
  readonly #key: Uint8Array;

  constructor(secret: string) {
    this.#key = subkey(secret, 'unlock');
  }

  seal(sessionId: number, { salt, key }: Unlock): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(CIPHER, this.#key, iv);
    cipher.setAAD(aadOf(sessionId));
    const sealed = Buffer.concat([cipher.update(Buffer.concat([salt, key])), cipher.final()]);
    return Buffer.concat([iv, sealed, cipher.getAuthTag()]).toString('base64url');
  }

  /** Null for what was sealed for another session, or by another secret. */
  open(sessionId: number, sealed: string): Unlock | null {
    const bytes = Buffer.from(sealed, 'base64url');
    if (bytes.length <= IV_BYTES + TAG_BYTES + SALT_BYTES) return null;
    try {
      const cipher = createDecipheriv(CIPHER, this.#key, bytes.subarray(0, IV_BYTES));
      cipher.setAAD(aadOf(sessionId));
      cipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      const sealedPart = bytes.subarray(IV_BYTES, -TAG_BYTES);
      const plain = Buffer.concat([cipher.update(sealedPart), cipher.final()]);
      return { salt: plain.subarray(0, SALT_BYTES), key: plain.subarray(SALT_BYTES) };
    } catch {
      return null;
    }
  }
}

const aadOf = (sessionId: number) => Buffer.from(`unlock|${sessionId}`);
