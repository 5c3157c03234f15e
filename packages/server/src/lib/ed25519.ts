/** Whether an Ed25519 signature (RFC 8032) fits `domain ‖ 0x00 ‖ text`. Keys and signatures are base64url. */
export async function isSigned(
  publicKey: string,
  domain: string,
  text: string,
  signature: string,
): Promise<boolean> {
  try {
    const raw = Buffer.from(publicKey, 'base64url');
    const key = await crypto.subtle.importKey('raw', raw, 'Ed25519', false, ['verify']);
    const bytes = Buffer.from(`${domain}\0${text}`);
    return await crypto.subtle.verify('Ed25519', key, Buffer.from(signature, 'base64url'), bytes);
  } catch {
    return false;
  }
}
