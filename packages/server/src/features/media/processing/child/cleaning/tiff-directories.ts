import type { FileHandle } from 'node:fs/promises';
import { ConfabError } from '@confab/protocol/failure';
import { corruptFile } from './corrupt';
import type { Range } from './ranges';

export interface Entry {
  readonly tag: number;
  /** As it stands in its directory. */
  readonly bytes: Uint8Array;
  /** Where the value lies; undefined: in the entry itself, or nowhere in the file. */
  readonly place: Range | undefined;
  /** The first of its values as a number, for entries that say where something is. */
  readonly values: readonly number[];
}

export interface Directory extends Range {
  readonly format: Format;
  readonly entries: readonly Entry[];
  readonly next: number;
}

/** How numbers stand in the file: TIFF 6.0, or BigTIFF with 64 bits. */
export interface Format {
  readonly isLittle: boolean;
  readonly isBig: boolean;
  readonly countBytes: 2 | 8;
  readonly entryBytes: 12 | 20;
  readonly offsetBytes: 4 | 8;
}

/** Bytes of a value of each type; an unknown type is one of bytes. */
const TYPE_BYTES = [1, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 1, 1, 8, 8, 8];
const MAX_ENTRIES = 4096;
/** Of places of further directories. */
const MAX_VALUES = 1024;

/** @throws ConfabError `corrupt_media` */
export async function readFormat(file: FileHandle): Promise<{ format: Format; first: number }> {
  const head = new Uint8Array(16);
  const { bytesRead } = await file.read(head, 0, 16, 0);
  const isLittle = head[0] === 0x49;
  const view = new DataView(head.buffer);
  const isBig = view.getUint16(2, isLittle) === 43;
  if (bytesRead < (isBig ? 16 : 8)) throw corruptFile();
  const format: Format = isBig
    ? { isLittle, isBig, countBytes: 8, entryBytes: 20, offsetBytes: 8 }
    : { isLittle, isBig, countBytes: 2, entryBytes: 12, offsetBytes: 4 };
  return { format, first: offsetAt(view, isBig ? 8 : 4, format) };
}

/** Undefined when there is none at that place. */
export async function readDirectory(
  file: FileHandle,
  size: number,
  start: number,
  format: Format,
): Promise<Directory | undefined> {
  const { countBytes, entryBytes, offsetBytes, isLittle, isBig } = format;
  const head = await bytesAt(file, start, countBytes, size);
  if (start === 0 || !head) return undefined;
  const view = viewOf(head);
  const count = isBig ? Number(view.getBigUint64(0, isLittle)) : view.getUint16(0, isLittle);
  if (count > MAX_ENTRIES) return undefined;
  const body = await bytesAt(file, start + countBytes, count * entryBytes + offsetBytes, size);
  if (!body) return undefined;
  const entries: Entry[] = [];
  for (let i = 0; i < count; i++) {
    const bytes = body.subarray(i * entryBytes, (i + 1) * entryBytes);
    entries.push(await entryOf(file, size, bytes, format));
  }
  const next = offsetAt(viewOf(body), count * entryBytes, format);
  return { format, start, end: start + countBytes + body.length, entries, next };
}

async function entryOf(
  file: FileHandle,
  size: number,
  bytes: Uint8Array,
  format: Format,
): Promise<Entry> {
  const { isLittle, isBig, offsetBytes } = format;
  const view = viewOf(bytes);
  const tag = view.getUint16(0, isLittle);
  const type = view.getUint16(2, isLittle);
  const count = isBig ? Number(view.getBigUint64(4, isLittle)) : view.getUint32(4, isLittle);
  const length = count * (TYPE_BYTES[type] ?? 1);
  const inline = bytes.subarray(bytes.length - offsetBytes);
  if (length <= offsetBytes) {
    return { tag, bytes, place: undefined, values: numbersIn(inline, type, count, isLittle) };
  }
  const start = offsetAt(view, bytes.length - offsetBytes, format);
  if (start >= size) return { tag, bytes, place: undefined, values: [] };
  const place = { start, end: Math.min(size, start + length) };
  const readable = Math.min(place.end - start, 8 * MAX_VALUES);
  const values = POINTERS.has(tag) ? await bytesAt(file, start, readable, size) : undefined;
  return { tag, bytes, place, values: values ? numbersIn(values, type, count, isLittle) : [] };
}

export const SUB_IMAGES = 330;
export const EXIF = 34665;
export const GPS = 34853;
export const INTEROPERABILITY = 40965;
/** Entries that say where further directories are. */
const POINTERS = new Set([SUB_IMAGES, EXIF, GPS, INTEROPERABILITY]);

/** Offsets: types 4 and 13 of 32 bits, 16 and 18 of 64. */
function numbersIn(bytes: Uint8Array, type: number, count: number, isLittle: boolean): number[] {
  const view = viewOf(bytes);
  const step = TYPE_BYTES[type];
  if (step !== 4 && step !== 8) return [];
  const fitting = Math.min(count, MAX_VALUES, Math.floor(bytes.length / step));
  return Array.from({ length: fitting }, (_, i) =>
    step === 4 ? view.getUint32(i * 4, isLittle) : Number(view.getBigUint64(i * 8, isLittle)),
  );
}

function offsetAt(view: DataView, at: number, { isBig, isLittle }: Format): number {
  return isBig ? Number(view.getBigUint64(at, isLittle)) : view.getUint32(at, isLittle);
}

async function bytesAt(
  file: FileHandle,
  start: number,
  length: number,
  size: number,
): Promise<Uint8Array | undefined> {
  if (start + length > size) return undefined;
  const bytes = new Uint8Array(length);
  const { bytesRead } = await file.read(bytes, 0, length, start);
  return bytesRead === length ? bytes : undefined;
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

export const tooComplex = () =>
  new ConfabError('media_too_complex', 'The image is too complex to be read');
