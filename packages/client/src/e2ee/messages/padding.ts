import type { Bytes } from '../encoding';
import { Refusal } from '../errors';

const BLOCK = 64;

/** ISO/IEC 7816-4: 0x80, then zeros up to a multiple of 64 bytes. */
export function pad(bytes: Bytes): Bytes {
  const padded = new Uint8Array(Math.ceil((bytes.length + 1) / BLOCK) * BLOCK);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  return padded;
}

/** @throws Refusal `malformed` */
export function unpad(padded: Bytes): Bytes {
  const end = padded.findLastIndex((byte) => byte !== 0);
  const length = Math.ceil((end + 1) / BLOCK) * BLOCK;
  if (end < 0 || padded[end] !== 0x80 || padded.length !== length) {
    throw new Refusal('malformed', 'The padding is not as it should be');
  }
  return padded.slice(0, end);
}
