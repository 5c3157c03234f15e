import type { FileHandle } from 'node:fs/promises';
import { type Blank, BlankList, emptied } from './blanks';
import { corruptFile } from './corrupt';
import { gaps, type Range } from './ranges';
import {
  type Directory,
  type Entry,
  EXIF,
  type Format,
  GPS,
  INTEROPERABILITY,
  readDirectory,
  readFormat,
  SUB_IMAGES,
  tooComplex,
} from './tiff-directories';

/** What tells of where, when, by whom and with what an image was made. */
const TELLING = new Set([
  // Document, description, make, model, page, program, date, artist, computer, copyright.
  ...[269, 270, 271, 272, 285, 305, 306, 315, 316, 33432],
  // XMP, IPTC, Photoshop's, and those of Windows.
  ...[700, 33723, 34377, 40091, 40092, 40093, 40094, 40095],
  ...[EXIF, GPS, INTEROPERABILITY],
  // Of EXIF, where cameras put it beside the image: dates, maker's note, owner, serial numbers, lens.
  ...[36867, 36868, 36880, 36881, 36882, 37500, 37510, 37520, 37521, 37522],
  ...[42016, 42032, 42033, 42034, 42035, 42036, 42037],
  // Of DNG: camera, serial number, maker's data, the original's name and content.
  ...[50708, 50735, 50740, 50827, 50828],
]);
const MAX_DIRECTORIES = 4096;
/** Of all directories, which may lie about and over each other. */
const MAX_ENTRIES = 100_000;

interface Found {
  readonly directory: Directory;
  /** Nothing of it may stay. */
  readonly isTelling: boolean;
}

/** What has to be blanked of a TIFF (TIFF 6.0, BigTIFF): entries go from their directories, and what they point to. */
export async function tiffBlanks(file: FileHandle, size: number): Promise<Blank[]> {
  const found = await directoriesOf(file, size);
  const kept: Range[] = [{ start: 0, end: found[0]?.directory.format.isBig ? 16 : 8 }];
  const gone: Range[] = [];
  for (const { directory, isTelling } of found) {
    (isTelling ? gone : kept).push(directory);
    for (const entry of directory.entries) {
      if (entry.place) (isTelling || tells(entry) ? gone : kept).push(entry.place);
    }
  }
  const values = gaps(gone, kept).map((range) => emptied(range));
  const shortened = found.flatMap(({ directory, isTelling }) =>
    isTelling || !directory.entries.some(tells) ? [] : [shortenedOf(directory)],
  );
  const blanks = new BlankList(size);
  blanks.add(values);
  blanks.add(shortened);
  return blanks.all;
}

const tells = ({ tag }: Entry): boolean => TELLING.has(tag);

/** Those of the images, and those with what is told of them. No two share a place. */
async function directoriesOf(file: FileHandle, size: number): Promise<Found[]> {
  const { format, first } = await readFormat(file);
  const found: Found[] = [];
  const seen = new Set<number>();
  let entries = 0;
  const waiting = [{ at: first, isTelling: false }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    if (seen.has(next.at)) continue;
    seen.add(next.at);
    const directory = await readDirectory(file, size, next.at, format);
    entries += directory?.entries.length ?? 0;
    if (seen.size > MAX_DIRECTORIES || entries > MAX_ENTRIES) throw tooComplex();
    if (!directory) continue;
    const { isTelling } = next;
    found.push({ directory, isTelling });
    // Images first: what they need is theirs, whoever points there besides.
    waiting.unshift(...told(directory, isTelling));
    if (!isTelling) waiting.push(...images(directory));
  }
  if (found.length === 0) throw corruptFile();
  return found;
}

function told({ entries }: Directory, isTelling: boolean) {
  return entries
    .filter((entry) => isTelling || tells(entry))
    .flatMap(({ tag, values }) => (isPointer(tag) ? values : []))
    .map((at) => ({ at, isTelling: true }));
}

const isPointer = (tag: number): boolean => tag === EXIF || tag === GPS || tag === INTEROPERABILITY;

function images({ entries, next }: Directory) {
  const inner = entries.filter(({ tag }) => tag === SUB_IMAGES).flatMap(({ values }) => values);
  return [...inner, next].filter((at) => at > 0).map((at) => ({ at, isTelling: false }));
}

/** The directory without the entries that tell; what follows it stays where it is. */
function shortenedOf({ start, end, format, entries, next }: Directory): Blank {
  const kept = entries.filter((entry) => !tells(entry));
  const head = Buffer.concat([
    numberOf(kept.length, format.countBytes, format),
    ...kept.map(({ bytes }) => bytes),
    numberOf(next, format.offsetBytes, format),
  ]);
  return { start, end, head, fill: 0 };
}

function numberOf(value: number, length: 2 | 4 | 8, { isLittle }: Format): Uint8Array {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  if (length === 2) view.setUint16(0, value, isLittle);
  else if (length === 4) view.setUint32(0, value, isLittle);
  else view.setBigUint64(0, BigInt(value), isLittle);
  return bytes;
}
