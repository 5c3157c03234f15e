import type { MetadataTags } from 'mediabunny';
import type { Processed } from '../../processed';

const MAX_CHARACTERS = 200;
/** Control characters, and those that turn the direction of text around them. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]+/gu;

/** Title, artist and album, as far as the file has them in a form that can be shown. */
export function tagsOf({ title, artist, album }: MetadataTags): Processed['tags'] {
  const entries = Object.entries({ title, artist, album }).flatMap(([name, value]) => {
    const text = cleaned(value);
    return text === '' ? [] : [[name, text]];
  });
  return entries.length > 0 ? Object.fromEntries(entries) : null;
}

function cleaned(text: string | undefined): string {
  const plain = (text ?? '').slice(0, 8 * MAX_CHARACTERS).normalize('NFC');
  const printable = plain.replace(UNPRINTABLE, ' ').trim();
  return [...printable].slice(0, MAX_CHARACTERS).join('').trim();
}

/** The front cover, else the first picture there is. */
export function coverOf({ images = [] }: MetadataTags): Uint8Array | null {
  const cover = images.find(({ kind }) => kind === 'coverFront') ?? images[0];
  return cover?.data ?? null;
}
