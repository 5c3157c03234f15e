import type { FileHandle } from 'node:fs/promises';
import { type Blank, BlankList, emptied, SPACE } from './blanks';
import { corruptFile } from './corrupt';
import { type Element, ElementReader, elementAt } from './ebml';

const SEGMENT = 0x18538067;
const INFO = 0x1549a966;
const DATE = 0x4461;
/** Names of this file and of those before and after it, as they were where it was made. */
const NAMES = [0x7384, 0x3c83ab, 0x3e83bb];
/** Programs that made it. Players want to find them. */
const PROGRAMS = [0x4d80, 0x5741];
const TAGS = 0x1254c367;
const TAG = 0x7373;
const SIMPLE_TAG = 0x67c8;
const TAG_NAME = 0x45a3;
const CHECKSUM = 0xbf;
const VOID = 0xec;
/** Tags that describe a work, or measure a track, rather than who recorded it, where and when. */
const HARMLESS = new Set([
  ...['TITLE', 'SUBTITLE', 'ARTIST', 'ALBUM', 'ALBUM_ARTIST', 'PERFORMER', 'COMPOSER', 'GENRE'],
  ...['DATE', 'DATE_RELEASED', 'PART_NUMBER', 'TOTAL_PARTS', 'TRACK', 'DISC', 'LANGUAGE'],
  ...['DURATION', 'BPS', 'NUMBER_OF_FRAMES', 'NUMBER_OF_BYTES'],
  ...['_STATISTICS_TAGS', 'REPLAYGAIN_GAIN', 'REPLAYGAIN_PEAK'],
]);
const MAX_READ_BYTES = 4 * 1024 * 1024;
const MAX_DEPTH = 16;

/**
 * What has to be blanked of a Matroska or WebM file (RFC 9559): the date, programs, names of files, and tags of
 * places, people and devices.
 */
export async function matroskaBlanks(file: FileHandle, size: number): Promise<Blank[]> {
  const blanks = new BlankList(size);
  const reader = new ElementReader(file);
  let hasSegment = false;
  for (let at = 0; at < size; ) {
    const element = await reader.at(at);
    if (!element) break;
    hasSegment ||= element.id === SEGMENT;
    if (element.id === INFO || element.id === TAGS) {
      blanks.add(await blanksOf(file, element, size));
    }
    // What has no end is walked through: nothing in a cluster has the id of what we look for.
    const isOpen = element.id === SEGMENT || element.end === undefined;
    at = isOpen ? element.bodyStart : (element.end ?? size);
  }
  if (!hasSegment) throw corruptFile();
  return blanks.all;
}

async function blanksOf(file: FileHandle, element: Element, size: number): Promise<Blank[]> {
  const { start, bodyStart } = element;
  const end = Math.min(size, element.end ?? size);
  // No program writes as many tags.
  if (end - start > MAX_READ_BYTES) return [voided(start, end)];
  const bytes = new Uint8Array(end - bodyStart);
  await file.read(bytes, 0, bytes.length, bodyStart);
  return blanksIn(bytes, { id: element.id, start: 0, end: bytes.length }, 0).map((blank) => ({
    ...blank,
    start: blank.start + bodyStart,
    end: blank.end + bodyStart,
  }));
}

interface Inner {
  readonly id: number;
  /** Of its content. */
  readonly start: number;
  readonly end: number;
}

function blanksIn(bytes: Uint8Array, parent: Inner, depth: number): Blank[] {
  const children = [...childrenOf(bytes, parent)];
  const blanks = children.flatMap((child) => {
    if (isTelling(bytes, child) || depth > MAX_DEPTH) return [voided(child.start, child.end)];
    if (PROGRAMS.includes(child.id))
      return [emptied({ start: child.bodyStart, end: child.end }, SPACE)];
    const isNest = child.id === TAG || child.id === SIMPLE_TAG;
    const { id, bodyStart: start, end } = child;
    return isNest ? blanksIn(bytes, { id, start, end }, depth + 1) : [];
  });
  if (blanks.length === 0) return [];
  // It would not be right any more.
  const checksums = children.filter(({ id }) => id === CHECKSUM);
  return [...blanks, ...checksums.map(({ start, end }) => voided(start, end))];
}

type Child = Element & { readonly end: number };

function* childrenOf(bytes: Uint8Array, { start, end }: Inner): Generator<Child> {
  for (let at = start; at < end; ) {
    const element = elementAt(bytes.subarray(0, end), at);
    if (!element) return;
    const child = { ...element, end: Math.min(end, element.end ?? end) };
    yield child;
    at = child.end;
  }
}

function isTelling(bytes: Uint8Array, child: Child): boolean {
  if (child.id === DATE || NAMES.includes(child.id)) return true;
  if (child.id !== SIMPLE_TAG) return false;
  const inner = childrenOf(bytes, { id: child.id, start: child.bodyStart, end: child.end });
  const names = [...inner].filter(({ id }) => id === TAG_NAME);
  return !names.some((name) => HARMLESS.has(textOf(bytes, name)));
}

const textOf = (bytes: Uint8Array, { bodyStart, end }: Child): string =>
  Buffer.from(bytes.subarray(bodyStart, end))
    .toString('latin1')
    .replace(/\0.*$/s, '')
    .toUpperCase();

/** An element that everybody passes over, as long as the one that was there. */
function voided(start: number, end: number): Blank {
  const length = end - start;
  if (length < 2) return emptied({ start, end });
  const isShort = length - 2 < 127;
  const head = Buffer.alloc(isShort ? 2 : 9);
  head[0] = VOID;
  if (isShort) {
    head[1] = 0x80 | (length - 2);
  } else {
    head[1] = 0x01;
    head.writeUIntBE(length - 9, 3, 6);
  }
  return { start, end, head, fill: 0 };
}
