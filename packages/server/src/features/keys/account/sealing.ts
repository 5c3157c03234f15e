import { argon2, createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { withTurn } from '../../../lib/password';

/** Of the key that seals an account key: docs/encryption.md. */
const ARGON2 = { memory: 65_536, passes: 3, parallelism: 1, tagLength: 32 } as const;
const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** What opens an account key: the key that a password gave, and the salt that it was made with. */
export interface Unlock {
  salt: Buffer;
  key: Buffer;
}

export const newSalt = (): Buffer => randomBytes(16);

/**
 * Waits for its turn among the passwords that are being checked: it is as dear as these.
 * @param whose the client's address: where many wait, addresses take turns
 */
export function unlockOf(password: string, salt: Buffer, whose: string): Promise<Unlock> {
  return withTurn(
    () =>
      new Promise((resolve, reject) => {
        const parameters = { ...ARGON2, message: password, nonce: salt };
        argon2('argon2id', parameters, (error, key) => {
          if (error) reject(error);
          else resolve({ salt, key });
        });
      }),
    whose,
  );
}

/** Seals a private key (PKCS#8) for its user alone: base64url of iv, ciphertext and tag. */
export function sealKey({ key }: Unlock, userId: number, pkcs8: Uint8Array): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, key, iv);
  cipher.setAAD(aadOf(userId));
  const sealed = Buffer.concat([cipher.update(pkcs8), cipher.final()]);
  return Buffer.concat([iv, sealed, cipher.getAuthTag()]).toString('base64url');
}

/** Null when the unlock is not the one it was sealed with. */
export function openKey({ key }: Unlock, userId: number, sealed: string): Buffer | null {
  const bytes = Buffer.from(sealed, 'base64url');
  try {
    const cipher = createDecipheriv(CIPHER, key, bytes.subarray(0, IV_BYTES));
    cipher.setAAD(aadOf(userId));
    cipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    return Buffer.concat([cipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), cipher.final()]);
  } catch {
    return null;
  }
}

const aadOf = (userId: number) => Buffer.from(`account-key|${userId}`);
