import { importAesKey, open, seal } from '../aead';
import { type Bytes, concat, fromBase64Url, toBase64Url } from '../encoding';
import { hkdf } from '../hash';

const IV_BYTES = 12;

/** Which epoch holds the one before it. */
export interface EpochPlace {
  readonly chat: number;
  readonly epoch: number;
}

/**
 * The key of the epoch before, for whoever holds this one: so who joins a chat that shares its history
 * goes back from epoch to epoch to the first, though none of them was wrapped to their devices.
 */
export async function sealBefore(place: EpochPlace, key: Bytes, before: Bytes): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  return toBase64Url(concat(iv, await seal(await linkKey(place, key), iv, before)));
}

/** @throws Refusal `undecryptable` */
export async function openBefore(place: EpochPlace, key: Bytes, sealed: string): Promise<Bytes> {
  const bytes = fromBase64Url(sealed);
  return open(await linkKey(place, key), bytes.slice(0, IV_BYTES), bytes.slice(IV_BYTES));
}

async function linkKey({ chat, epoch }: EpochPlace, key: Bytes): Promise<CryptoKey> {
  return importAesKey(await hkdf(key, new Uint8Array(), `epoch-before-v1|${chat}|${epoch}`));
}
