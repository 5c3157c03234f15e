import { findBox } from '../iso/boxes';
import { tooComplex } from './blanks';
import { corruptFile } from './corrupt';

/** A part of an item. */
export interface Place {
  /** In the `idat` box beside the list, instead of in the file. */
  readonly isInMeta: boolean;
  readonly offset: number;
  readonly length: number;
}

const WIDTHS = new Set([0, 1, 2, 3, 4, 8]);
const MAX_PLACES = 100_000;

/** Reads numbers one after the other; past the end there are none. */
class Numbers {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get isOver(): boolean {
    return this.#at > this.#bytes.length;
  }

  /** @throws ConfabError `corrupt_media` for a width that no number has */
  next(width: number): number {
    if (!WIDTHS.has(width)) throw corruptFile();
    const at = this.#at;
    this.#at += width;
    if (width === 0 || this.isOver) return 0;
    return width === 8
      ? Number(this.#bytes.readBigUInt64BE(at))
      : this.#bytes.readUIntBE(at, width);
  }
}

/** Where each item lies, by the box `iloc`. */
export function placesOf(bytes: Uint8Array, start: number, end: number): Map<number, Place[]> {
  const places = new Map<number, Place[]>();
  const box = findBox(bytes, start, end, 'iloc');
  if (!box) return places;
  const numbers = new Numbers(bytes.subarray(box.bodyStart, box.end));
  const version = numbers.next(1);
  numbers.next(3);
  const widths = widthsOf(numbers.next(2), version);
  const idBytes = version < 2 ? 2 : 4;
  const items = Math.min(MAX_PLACES, numbers.next(idBytes));
  let count = 0;
  for (let i = 0; i < items && !numbers.isOver; i++) {
    const id = numbers.next(idBytes);
    const found = itemPlaces(numbers, version, widths);
    count += found.length;
    // They may take no bytes at all.
    if (count > MAX_PLACES) throw tooComplex();
    places.set(id, found);
  }
  return places;
}

interface Widths {
  readonly offset: number;
  readonly length: number;
  readonly base: number;
  readonly index: number;
}

const widthsOf = (packed: number, version: number): Widths => ({
  offset: packed >> 12,
  length: (packed >> 8) & 15,
  base: (packed >> 4) & 15,
  index: version === 0 ? 0 : packed & 15,
});

function itemPlaces(numbers: Numbers, version: number, widths: Widths): Place[] {
  const method = version === 0 ? 0 : numbers.next(2) & 15;
  const source = numbers.next(2);
  const base = numbers.next(widths.base);
  const extents = numbers.next(2);
  const places: Place[] = [];
  for (let i = 0; i < extents && !numbers.isOver; i++) {
    numbers.next(widths.index);
    const offset = base + numbers.next(widths.offset);
    places.push({ isInMeta: method === 1, offset, length: numbers.next(widths.length) });
  }
  // Parts of other files or of other items are nothing that could be blanked here.
  return source === 0 && method < 2 && !numbers.isOver ? places : [];
}
