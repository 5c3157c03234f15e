import { z } from 'zod';
import { plainText } from './common';

/** Examples that are well-formed and nobody's. */
export const EXAMPLES = {
  deviceId: 'r0Zb3kQm2sX8vN5yTq1cLA',
  otherKey: 'c2lnbmluZy1rZXktb2YtdGhpcy1kZXZpY2UtMzJieXQ',
  digest: 'ZGlnZXN0LW9mLXNvbWV0aGluZy10aGF0LWlzLTMyYnk',
  signature: `${'c2ln'.repeat(21)}cw`,
  pem: '-----BEGIN PUBLIC KEY-----\nMIIBojANBgkqhkiG9w0BAQEFAAOCAY8A…\n-----END PUBLIC KEY-----\n',
} as const;

/** base64url, without padding. */
export const base64Url = (maxLength: number) =>
  z
    .string()
    .max(maxLength)
    .regex(/^[\w-]+$/, 'must be base64url without padding');

/** base64url of so many bytes. */
const base64UrlOf = (bytes: number) => {
  const length = Math.ceil((bytes * 4) / 3);
  return z.string().regex(new RegExp(`^[\\w-]{${length}}$`), `must be base64url of ${bytes} bytes`);
};

export const DeviceId = base64UrlOf(16)
  .describe('base64url of the 16 random bytes that name a device')
  .meta({ examples: [EXAMPLES.deviceId] });
export const Ed25519Key = base64UrlOf(32)
  .describe('base64url of a raw Ed25519 public key')
  .meta({ examples: [EXAMPLES.otherKey] });
export const Digest = base64UrlOf(32)
  .describe('base64url of a SHA-256')
  .meta({ examples: [EXAMPLES.digest] });
export const Signature = base64UrlOf(64)
  .describe('base64url of an Ed25519 signature')
  .meta({ examples: [EXAMPLES.signature] });

/** A private key sent by mistake must be told apart from what is merely not a key. */
export const PublicKeyPem = plainText(2_000, 1)
  .refine((pem) => !pem.includes('PRIVATE KEY'), 'must not be a private key: keep that to yourself')
  .refine((pem) => pem.includes('BEGIN PUBLIC KEY'), 'must be a public key in PEM (SPKI)')
  .describe('SPKI PEM of an RSA key of 2048 to 4096 bits with e = 65537')
  .meta({ examples: [EXAMPLES.pem] });
