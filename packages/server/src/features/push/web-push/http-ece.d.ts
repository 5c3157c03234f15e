declare module 'http_ece' {
  import type { ECDH } from 'node:crypto';

  /** Encrypts for the holder of the private half of `dh`, with the secret shared with them. */
  export function encrypt(
    content: Buffer,
    parameters: {
      version: 'aes128gcm';
      /** Base64url, as `authSecret`. */
      dh: string;
      authSecret: string;
      privateKey: ECDH;
      salt: Buffer;
    },
  ): Buffer;
}
