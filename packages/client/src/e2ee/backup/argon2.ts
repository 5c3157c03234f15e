import { argon2id } from 'hash-wasm';
import { type Bytes, fromBase64Url } from '../encoding';

/** How strong a derivation is: 16 bytes of salt as base64url, memory in KiB, passes. */
export interface KdfStrength {
  readonly salt: string;
  readonly m: number;
  readonly t: number;
}

/** How a key of 32 bytes is derived from a recovery secret. */
export type Kdf = (secret: Bytes, strength: KdfStrength) => Promise<Bytes>;

/**
 * Argon2id (RFC 9106) in WebAssembly. It keeps the thread that it runs on busy for as long as it
 * takes, a third of a second and more: pages give it a worker, see `argon2InWorker`.
 */
export const argon2: Kdf = async (secret, { salt, m, t }) =>
  Uint8Array.from(
    await argon2id({
      password: secret,
      salt: fromBase64Url(salt),
      memorySize: m,
      iterations: t,
      parallelism: 1,
      hashLength: 32,
      outputType: 'binary',
    }),
  );
