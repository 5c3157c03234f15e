import type { FileHandle } from 'node:fs/promises';
import { ConfabError } from '@confab/protocol/failure';
import type { Box } from '../iso/boxes';
import type { Range } from './ranges';

/** Bytes of a file that are overwritten, so that nothing moves and every offset in it stays right. */
export interface Blank {
  readonly start: number;
  readonly end: number;
  /** What stands at the beginning; the rest is `fill`. */
  readonly head: Uint8Array;
  readonly fill: number;
}

/** More places than a day of film has, with measurements every second. */
const MAX_BLANKS = 100_000;
const CHUNK_BYTES = 256 * 1024;
/** Written in place of text, so that it stays as long as it was. */
export const SPACE = 0x20;
const FREE = new TextEncoder().encode('free');

/** What is to be blanked of a file. Whoever names places again and again would keep others waiting. */
export class BlankList {
  readonly #size: number;
  readonly #blanks: Blank[] = [];
  #bytes = 0;

  /** @param size bytes of the file */
  constructor(size: number) {
    this.#size = size;
  }

  /** @throws ConfabError `media_too_complex` when they are more than the whole file, or very many */
  add(blanks: Iterable<Blank>): void {
    for (const blank of blanks) {
      this.#bytes += blank.end - blank.start;
      if (this.#bytes > this.#size || this.#blanks.length >= MAX_BLANKS) throw tooComplex();
      this.#blanks.push(blank);
    }
  }

  get all(): Blank[] {
    return this.#blanks;
  }
}

export const tooComplex = () =>
  new ConfabError('media_too_complex', 'The file is too complex to be read');

/** @param fill what stands there afterwards */
export const emptied = ({ start, end }: Range, fill = 0): Blank => ({
  start,
  end,
  head: new Uint8Array(),
  fill,
});

/** A box that players pass over, with nothing in it. */
export function freed(box: Box): Blank[] {
  return [
    { start: box.start + 4, end: box.start + 8, head: FREE, fill: 0 },
    emptied({ start: box.bodyStart, end: box.end }),
  ];
}

/** What it puts there, piece by piece. */
function* piecesOf({
  start,
  end,
  head,
  fill,
}: Blank): Generator<{ at: number; bytes: Uint8Array }> {
  const shown = head.subarray(0, end - start);
  yield { at: start, bytes: shown };
  const filler = new Uint8Array(Math.min(CHUNK_BYTES, end - start - shown.length)).fill(fill);
  for (let at = start + shown.length; at < end; at += filler.length) {
    yield { at, bytes: filler.subarray(0, end - at) };
  }
}

export async function writeBlank(file: FileHandle, blank: Blank): Promise<void> {
  for (const { at, bytes } of piecesOf(blank)) await file.write(bytes, 0, bytes.length, at);
}

/** Whether anything has to be written. */
export async function isMissing(file: FileHandle, blank: Blank): Promise<boolean> {
  for (const { at, bytes } of piecesOf(blank)) {
    const present = Buffer.alloc(bytes.length);
    await file.read(present, 0, present.length, at);
    if (!present.equals(bytes)) return true;
  }
  return false;
}
