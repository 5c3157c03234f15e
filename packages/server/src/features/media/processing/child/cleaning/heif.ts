import type { FileHandle } from 'node:fs/promises';
import { type Box, boxesIn, boxesOfFile, findBox, metaBodyStart } from '../iso/boxes';
import { type Blank, BlankList, emptied, freed, SPACE, tooComplex } from './blanks';
import { corruptFile } from './corrupt';
import { EMPTY_EXIF } from './exif';
import { itemsTelling, type TellingItem } from './heif-items';
import { placesOf } from './heif-places';
import { indexBlanks } from './movie';

/** What an image is made of. Others, such as a film of the moment, tell of it. */
const IMAGE = new Set(['ftyp', 'meta', 'mdat', 'idat', 'moov', 'free', 'skip']);
const MAX_META_BYTES = 64 * 1024 * 1024;
/** Four bytes say where in the item the block begins. */
const EMPTY_EXIF_ITEM = new Uint8Array([0, 0, 0, 0, ...EMPTY_EXIF]);

/** What has to be blanked of a HEIC or AVIF: the items with EXIF and XMP keep their places, but say nothing. */
export async function heifBlanks(file: FileHandle, size: number): Promise<Blank[]> {
  const blanks = new BlankList(size);
  let hasImage = false;
  for await (const box of boxesOfFile(file, size)) {
    hasImage ||= box.type === 'meta';
    if (box.type === 'meta') blanks.add(await metaBlanks(file, box, size));
    else if (box.type === 'moov') blanks.add(await indexBlanks(file, box, size));
    else if (!IMAGE.has(box.type)) blanks.add(freed(box));
  }
  if (!hasImage) throw corruptFile();
  return blanks.all;
}

async function metaBlanks(file: FileHandle, box: Box, size: number): Promise<Blank[]> {
  if (box.end - box.start > MAX_META_BYTES) throw tooComplex();
  const bytes = new Uint8Array(box.end - box.start);
  await file.read(bytes, 0, bytes.length, box.start);
  const meta = { ...box, start: 0, bodyStart: box.bodyStart - box.start, end: bytes.length };
  const start = metaBodyStart(bytes, meta);
  const places = placesOf(bytes, start, meta.end);
  const data = findBox(bytes, start, meta.end, 'idat');
  const dataStart = data && box.start + data.bodyStart;
  const blanks = new BlankList(size);
  for (const item of itemsTelling(bytes, start, meta.end)) {
    for (const [index, place] of (places.get(item.id) ?? []).entries()) {
      const at = place.isInMeta ? dataStart && dataStart + place.offset : place.offset;
      if (at === undefined || at + place.length > size) continue;
      blanks.add([blankOf(item, at, place.length === 0 ? size : at + place.length, index === 0)]);
    }
  }
  blanks.add(foreignBlanks(bytes, start, meta.end, box.start));
  return blanks.all;
}

const blankOf = ({ kind }: TellingItem, start: number, end: number, isFirst: boolean): Blank =>
  kind === 'exif'
    ? { start, end, head: isFirst ? EMPTY_EXIF_ITEM : new Uint8Array(), fill: 0 }
    : emptied({ start, end }, SPACE);

function* foreignBlanks(
  bytes: Uint8Array,
  start: number,
  end: number,
  by: number,
): Generator<Blank> {
  for (const box of boxesIn(bytes, start, end)) {
    if (box.type !== 'uuid' && box.type !== 'udta') continue;
    for (const blank of freed(box))
      yield { ...blank, start: blank.start + by, end: blank.end + by };
  }
}
