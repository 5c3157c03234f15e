import { type Bytes, concat, fromBase64Url, toBase64Url, utf8 } from '../encoding';
import { Refusal } from '../errors';

/** What a signature is for: one made for one purpose never fits another. */
export type SigningDomain = 'device-list' | 'epoch' | 'msg' | 'member';

export interface SigningPair {
  /** base64url of the raw 32 bytes. */
  readonly publicKey: string;
  readonly privateKey: CryptoKey;
}

/** An Ed25519 pair (RFC 8032); extractable until it is stored. */
export async function generateSigningPair(): Promise<SigningPair> {
  const pair = (await crypto.subtle.generateKey('Ed25519', true, [
    'sign',
    'verify',
  ])) as CryptoKeyPair;
  const raw = await crypto.subtle.exportKey('raw', pair.publicKey);
  return { publicKey: toBase64Url(new Uint8Array(raw)), privateKey: pair.privateKey };
}

export function importSigningKey(pkcs8: Bytes, extractable = false): Promise<CryptoKey> {
  return crypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', extractable, ['sign']);
}

/** `Ed25519(domain ‖ 0x00 ‖ bytes)` as base64url. */
export async function sign(key: CryptoKey, domain: SigningDomain, bytes: Bytes): Promise<string> {
  const signature = await crypto.subtle.sign('Ed25519', key, inDomain(domain, bytes));
  return toBase64Url(new Uint8Array(signature));
}

/** @throws Refusal `bad_signature`, `malformed` */
export async function verify(
  publicKey: string,
  domain: SigningDomain,
  bytes: Bytes,
  signature: string,
): Promise<void> {
  const key = await importPublic(publicKey);
  const raw = fromBase64Url(signature);
  if (raw.length !== 64) throw new Refusal('malformed', 'An Ed25519 signature has 64 bytes');
  const fits = await crypto.subtle.verify('Ed25519', key, raw, inDomain(domain, bytes));
  if (!fits) throw new Refusal('bad_signature', 'The signature does not fit');
}

const inDomain = (domain: SigningDomain, bytes: Bytes) =>
  concat(utf8(domain), Uint8Array.of(0), bytes);

/** Importing costs as much as a tenth of a verification; a chat has few signers and many messages. */
const imported = new Map<string, Promise<CryptoKey>>();
const MAX_IMPORTED = 1_000;

function importPublic(publicKey: string): Promise<CryptoKey> {
  const known = imported.get(publicKey);
  if (known) return known;
  if (imported.size >= MAX_IMPORTED) imported.clear();
  const key = importRaw(publicKey);
  imported.set(publicKey, key);
  key.catch(() => imported.delete(publicKey));
  return key;
}

async function importRaw(publicKey: string): Promise<CryptoKey> {
  const raw = fromBase64Url(publicKey);
  if (raw.length !== 32) throw new Refusal('malformed', 'An Ed25519 key has 32 bytes');
  try {
    return await crypto.subtle.importKey('raw', raw, 'Ed25519', false, ['verify']);
  } catch (error) {
    throw new Refusal('malformed', 'It is not an Ed25519 key', error);
  }
}
