import type { Bytes } from './encoding';

/** Douglas Crockford's base 32: no I, L, O, U, so that people can read it aloud and type it. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Five bits a character, the first bits first; bits that are missing at the end are zero. */
export function toBase32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += ALPHABET[(held >> (bits - 5)) & 31];
  }
  return bits > 0 ? text + ALPHABET[(held << (5 - bits)) & 31] : text;
}

/** Whole bytes alone are read. Undefined when a character has no place in it. */
export function fromBase32(text: string): Bytes | undefined {
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const character of text) {
    const value = ALPHABET.indexOf(character);
    if (value < 0) return undefined;
    held = ((held << 5) | value) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((held >> bits) & 255);
  }
  return Uint8Array.from(bytes);
}

/** Reads what a person typed: hyphens and spaces away, capitals, look-alikes as what was meant. */
export function normaliseBase32(typed: string): string {
  const text = typed.replace(/[\s-]/g, '').toUpperCase();
  return text.replaceAll('O', '0').replace(/[IL]/g, '1');
}

/** In groups of four, hyphens between. */
export function inGroups(text: string): string {
  return text.match(/.{1,4}/g)?.join('-') ?? '';
}
