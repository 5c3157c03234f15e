import type { FileHandle } from 'node:fs/promises';
import { type Blank, emptied, SPACE } from './blanks';
import { corruptFile, tooMuchTold } from './corrupt';
import { leadingTags } from './id3';
import { fourBytes, read } from './tag-bytes';
import { trailingBlanks } from './trailing-tags';
import { secretComments } from './vorbis-comments';

const PADDING = 1;
const APPLICATION = 2;
const COMMENTS = 4;
const LAST_KNOWN = 6;
const LAST = 0x80;
const MAX_BLOCKS = 1_000;

/** What has to be blanked of a FLAC file (RFC 9639): comments, and what programs keep there for themselves. */
export async function flacBlanks(file: FileHandle, size: number): Promise<Blank[]> {
  const { blanks, end } = await leadingTags(file, size);
  if ((await read(file, end, 4)).toString('latin1') !== 'fLaC') throw corruptFile();
  for (let at = end + 4, count = 0; at < size; count++) {
    if (count === MAX_BLOCKS) throw tooMuchTold();
    const header = await read(file, at, 4);
    const next = at + 4 + (fourBytes(header, 0) & 0xffffff);
    if (next > size) throw corruptFile();
    blanks.push(...(await blockBlanks(file, header[0] ?? 0, at, next)));
    at = (header[0] ?? 0) & LAST ? size : next;
  }
  return [...blanks, ...(await trailingBlanks(file, size))];
}

async function blockBlanks(
  file: FileHandle,
  kind: number,
  start: number,
  end: number,
): Promise<Blank[]> {
  const type = kind & ~LAST;
  const body = start + 4;
  if (type === APPLICATION || type > LAST_KNOWN) {
    const head = Uint8Array.of((kind & LAST) | PADDING);
    return [{ start, end: start + 1, head, fill: 0 }, emptied({ start: body, end })];
  }
  if (type !== COMMENTS) return [];
  const places = [...secretComments(await read(file, body, end - body), 0)];
  return places.map(({ start, end }) => emptied({ start: body + start, end: body + end }, SPACE));
}
