import { tooMuchTold } from './corrupt';
import type { Range } from './ranges';
import { fourBytesReversed } from './tag-bytes';

/** Comments that describe a piece of music rather than who recorded it, where and with what. */
const MUSIC = new Set([
  ...['TITLE', 'VERSION', 'ALBUM', 'ARTIST', 'ALBUMARTIST', 'ALBUM ARTIST', 'PERFORMER'],
  ...['COMPOSER', 'GENRE', 'DATE', 'YEAR', 'TRACKNUMBER', 'TRACKTOTAL', 'TOTALTRACKS'],
  ...['DISCNUMBER', 'DISCTOTAL', 'TOTALDISCS', 'BPM', 'COMPILATION'],
  ...['METADATA_BLOCK_PICTURE', 'COVERART', 'COVERARTMIME', 'WAVEFORMATEXTENSIBLE_CHANNEL_MASK'],
]);
const isMusic = (name: string) => MUSIC.has(name) || /^(REPLAYGAIN|R128)_/.test(name);

/** More than any cover. */
export const MAX_COMMENTS_BYTES = 64 * 1024 * 1024;
export const MAX_COMMENTS = 100_000;
const LONGEST_NAME = 256;

/**
 * The values that have to go from comments as FLAC and Ogg have them (xiph.org, "Ogg Vorbis I format
 * specification: comment field"): `LOCATION=…`
 * @param start where the comments begin
 */
export function* secretComments(bytes: Uint8Array, start: number): Generator<Range> {
  const vendorEnd = start + 4 + fourBytesReversed(bytes, start);
  const count = fourBytesReversed(bytes, vendorEnd);
  let at = vendorEnd + 4;
  if (count > MAX_COMMENTS) throw tooMuchTold();
  for (let i = 0; i < count && at + 4 <= bytes.length; i++) {
    const from = at + 4;
    at = Math.min(bytes.length, from + fourBytesReversed(bytes, at));
    const name = nameAt(bytes, from, at);
    if (name === undefined) yield { start: from, end: at };
    else if (!isMusic(name.toUpperCase())) yield { start: from + name.length + 1, end: at };
  }
}

/** Undefined for a comment that has none. */
function nameAt(bytes: Uint8Array, start: number, end: number): string | undefined {
  const text = Buffer.from(bytes.subarray(start, Math.min(end, start + LONGEST_NAME)));
  const length = text.indexOf('=');
  return length < 0 ? undefined : text.toString('latin1', 0, length);
}
