import { type Bytes, toBase64Url, utf8 } from './encoding';

export async function sha256(bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}

/** base64url of the SHA-256 of a text's UTF-8. */
export async function hashText(text: string): Promise<string> {
  return toBase64Url(await sha256(utf8(text)));
}

/** HKDF with SHA-256 (RFC 5869), 32 bytes. */
export async function hkdf(secret: Bytes, salt: Bytes, info: string): Promise<Bytes> {
  const key = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits']);
  const parameters = { name: 'HKDF', hash: 'SHA-256', salt, info: utf8(info) };
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, key, 256));
}
