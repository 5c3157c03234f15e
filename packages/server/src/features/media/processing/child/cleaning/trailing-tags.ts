import type { FileHandle } from 'node:fs/promises';
import { type Blank, emptied, SPACE } from './blanks';
import { tooMuchTold } from './corrupt';
import type { Range } from './ranges';
import { fourBytesReversed, read } from './tag-bytes';
import { MAX_COMMENTS, MAX_COMMENTS_BYTES } from './vorbis-comments';

const ID3V1_BYTES = 128;
const COMMENT = 97;
const TRACK = 126;
const APE_BYTES = 32;
/** Items of an APE tag that describe a piece of music. */
const MUSIC = new Set([
  ...['title', 'subtitle', 'artist', 'album', 'album artist', 'albumartist', 'composer'],
  ...['conductor', 'genre', 'year', 'track', 'disc', 'bpm', 'cover art (front)'],
]);
const isMusic = (key: string) => MUSIC.has(key) || /^(replaygain|mp3gain)_/.test(key);

/** What has to be blanked of the tags at the end of a recording: ID3 version 1, and APE. */
export async function trailingBlanks(file: FileHandle, size: number): Promise<Blank[]> {
  const old = size >= ID3V1_BYTES ? await read(file, size - ID3V1_BYTES, ID3V1_BYTES) : null;
  if (old?.toString('latin1', 0, 3) !== 'TAG') return apeBlanks(file, size);
  const start = size - ID3V1_BYTES;
  const hasTrack = old[TRACK - 1] === 0 && old[TRACK] !== 0;
  const end = start + (hasTrack ? TRACK - 1 : TRACK + 1);
  return [emptied({ start: start + COMMENT, end }), ...(await apeBlanks(file, start))];
}

/** @param end where the tag ends, if there is one */
async function apeBlanks(file: FileHandle, end: number): Promise<Blank[]> {
  if (end < APE_BYTES) return [];
  const footer = await read(file, end - APE_BYTES, APE_BYTES);
  const length = fourBytesReversed(footer, 12);
  const isApe = footer.toString('latin1', 0, 8) === 'APETAGEX';
  if (!isApe || length < APE_BYTES || length > Math.min(end, MAX_COMMENTS_BYTES)) return [];
  const start = end - length;
  const items = await read(file, start, length - APE_BYTES);
  return [...secretItems(items)].map((item) =>
    emptied({ start: start + item.start, end: start + item.end }, SPACE),
  );
}

function* secretItems(bytes: Buffer): Generator<Range> {
  for (let at = 0, count = 0; at + 8 < bytes.length; count++) {
    if (count === MAX_COMMENTS) throw tooMuchTold();
    const keyEnd = bytes.indexOf(0, at + 8);
    const start = keyEnd + 1;
    const end = start + fourBytesReversed(bytes, at);
    if (keyEnd < 0 || end > bytes.length) return;
    const key = bytes.toString('latin1', at + 8, keyEnd).toLowerCase();
    if (!isMusic(key)) yield { start, end };
    at = end;
  }
}
