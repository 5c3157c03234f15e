import type { FileHandle } from 'node:fs/promises';
import { type Box, boxesIn, boxesOfFile, findBox, metaBodyStart } from '../iso/boxes';
import { type Blank, BlankList, emptied, freed, tooComplex } from './blanks';
import { corruptFile } from './corrupt';
import { mergedRanges, type Range } from './ranges';
import { samplesOf } from './samples';

/** What a film is made of (ISO/IEC 14496-12, QuickTime). Other boxes at the top tell of it, or carry another one. */
const FILM = new Set([
  ...['ftyp', 'styp', 'moov', 'moof', 'mdat', 'mfra', 'sidx', 'ssix', 'emsg', 'prft', 'pdin'],
  ...['free', 'skip', 'wide'],
]);
/** User data that are no secret: names of tracks and chapters, and the box that holds tags. */
const HARMLESS_USER_DATA = new Set(['meta', 'name', 'chpl', 'titl']);
/** iTunes tags that describe a piece of music rather than who recorded it, where and with what. */
const MUSIC_TAGS = new Set([
  ...['\xa9nam', '\xa9ART', '\xa9alb', '\xa9gen', '\xa9day', '\xa9wrt', '\xa9grp'],
  ...['aART', 'covr', 'cpil', 'disk', 'gnre', 'pgap', 'tmpo', 'trkn'],
]);
/** Of all tracks of measurements; an hour and more of motion has less. */
const MAX_SAMPLES = 2_000_000;
const MAX_INDEX_BYTES = 256 * 1024 * 1024;

/** What has to be blanked of an MP4 or QuickTime file: places, devices, programs, tracks of measurements. */
export async function movieBlanks(file: FileHandle, size: number): Promise<Blank[]> {
  const blanks = new BlankList(size);
  let hasFilm = false;
  for await (const box of boxesOfFile(file, size)) {
    hasFilm ||= box.type === 'moov';
    if (box.type === 'moov') blanks.add(await indexBlanks(file, box, size));
    else if (!FILM.has(box.type)) blanks.add(freed(box));
  }
  if (!hasFilm) throw corruptFile();
  return blanks.all;
}

/** The same for the index box alone, which sequences of images have as well. */
export async function indexBlanks(file: FileHandle, box: Box, size: number): Promise<Blank[]> {
  if (box.end - box.start > MAX_INDEX_BYTES) throw tooComplex();
  const bytes = new Uint8Array(box.end - box.start);
  await file.read(bytes, 0, bytes.length, box.start);
  const inner = { ...box, start: 0, bodyStart: box.bodyStart - box.start, end: bytes.length };
  const blanks = new BlankList(size);
  for (const each of boxesIn(bytes, inner.bodyStart, inner.end)) {
    for (const blank of partBlanks(bytes, each)) blanks.add([moved(blank, box.start)]);
  }
  blanks.add(sampleBlanks(bytes, inner, size));
  return blanks.all;
}

const moved = (blank: Blank, by: number): Blank => ({
  ...blank,
  start: blank.start + by,
  end: blank.end + by,
});

/** @param part of the index */
function* partBlanks(bytes: Uint8Array, part: Box): Generator<Blank> {
  if (part.type === 'trak' && !isMeasured(bytes, part)) {
    for (const box of boxesIn(bytes, part.bodyStart, part.end)) yield* tellingBlanks(bytes, box);
  } else if (part.type === 'trak' || part.type === 'uuid') yield* freed(part);
  else yield* tellingBlanks(bytes, part);
}

/** Of a box beside the ones that describe a film or a track. */
function* tellingBlanks(bytes: Uint8Array, box: Box): Generator<Blank> {
  if (box.type === 'udta') yield* userDataBlanks(bytes, box);
  else if (box.type === 'meta') yield* freed(box);
}

/** Tracks of positions, motion and the like that cameras record beside the film. */
function isMeasured(bytes: Uint8Array, track: Box): boolean {
  const media = findBox(bytes, track.bodyStart, track.end, 'mdia');
  const handler = media && findBox(bytes, media.bodyStart, media.end, 'hdlr');
  if (!handler) return false;
  const kind = bytes.subarray(handler.bodyStart + 8, handler.bodyStart + 12);
  return ['meta', 'camm', 'gpmd'].includes(Buffer.from(kind).toString('latin1'));
}

/** What the tracks of measurements have in the film's data, each place once. */
function* sampleBlanks(bytes: Uint8Array, index: Box, size: number): Generator<Blank> {
  const ranges: Range[] = [];
  let room = MAX_SAMPLES;
  for (const track of boxesIn(bytes, index.bodyStart, index.end)) {
    if (track.type !== 'trak' || !isMeasured(bytes, track)) continue;
    const { places, samples } = samplesOf(bytes, track, room);
    room -= samples;
    for (const place of places) if (place.end <= size) ranges.push(place);
  }
  for (const range of mergedRanges(ranges)) yield emptied(range);
}

function* userDataBlanks(bytes: Uint8Array, userData: Box): Generator<Blank> {
  for (const box of boxesIn(bytes, userData.bodyStart, userData.end)) {
    if (!HARMLESS_USER_DATA.has(box.type)) yield* freed(box);
    else if (box.type === 'meta') yield* tagBlanks(bytes, box);
  }
}

/** Tags of music stay. In a box of another kind they are numbered, so that none can be told by its name. */
function* tagBlanks(bytes: Uint8Array, meta: Box): Generator<Blank> {
  const start = metaBodyStart(bytes, meta);
  if (findBox(bytes, start, meta.end, 'keys')) return yield* freed(meta);
  for (const box of boxesIn(bytes, start, meta.end)) {
    if (box.type === 'ilst') yield* unmusical(bytes, box);
    else if (box.type !== 'hdlr' && box.type !== 'free') yield* freed(box);
  }
}

function* unmusical(bytes: Uint8Array, list: Box): Generator<Blank> {
  for (const tag of boxesIn(bytes, list.bodyStart, list.end)) {
    if (!MUSIC_TAGS.has(tag.type)) yield* freed(tag);
  }
}
