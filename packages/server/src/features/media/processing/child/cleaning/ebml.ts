import type { FileHandle } from 'node:fs/promises';

/** An element of EBML (RFC 8794). */
export interface Element {
  /** With the bits that say how long it is. */
  readonly id: number;
  readonly start: number;
  readonly bodyStart: number;
  /** Undefined: it ends where something begins that is none of its kind. */
  readonly end: number | undefined;
}

/** An id of four bytes, a size of eight. */
const MAX_HEAD = 12;
const WINDOW = 64 * 1024;

/** What begins at this place of `bytes`, which is `by` of the file; undefined when that is no element. */
export function elementAt(bytes: Uint8Array, at: number, by = 0): Element | undefined {
  const idBytes = lengthOf(bytes[at]);
  const sizeBytes = lengthOf(bytes[at + idBytes]);
  if (idBytes > 4 || sizeBytes > 8 || at + idBytes + sizeBytes > bytes.length) return undefined;
  const id = numberOf(bytes.subarray(at, at + idBytes));
  const bodyStart = at + idBytes + sizeBytes;
  const size = bytes.subarray(at + idBytes, bodyStart);
  const end = isUnknown(size) ? undefined : by + bodyStart + sizeOf(size);
  return { id, start: by + at, bodyStart: by + bodyStart, end };
}

/** Bytes of a number whose first byte this is; 9: none. */
const lengthOf = (first = 0): number => (first === 0 ? 9 : Math.clz32(first) - 23);
const numberOf = (bytes: Uint8Array): number => bytes.reduce((sum, byte) => sum * 256 + byte, 0);
const sizeOf = ([first = 0, ...rest]: Uint8Array): number =>
  numberOf(Uint8Array.of(first & (0x7f >> rest.length), ...rest));
/** All ones. */
const isUnknown = (size: Uint8Array): boolean =>
  size.every((byte, i) => byte === (i === 0 ? 2 ** (9 - size.length) - 1 : 255));

/** Reads heads of elements from a file, which may be many and small. */
export class ElementReader {
  readonly #file: FileHandle;
  #start = 0;
  #bytes: Uint8Array = new Uint8Array();

  constructor(file: FileHandle) {
    this.#file = file;
  }

  async at(place: number): Promise<Element | undefined> {
    const isInWindow = place >= this.#start && place + MAX_HEAD <= this.#start + this.#bytes.length;
    if (!isInWindow) await this.#move(place);
    return elementAt(this.#bytes, place - this.#start, this.#start);
  }

  async #move(place: number): Promise<void> {
    const bytes = new Uint8Array(WINDOW);
    const { bytesRead } = await this.#file.read(bytes, 0, WINDOW, place);
    this.#bytes = bytes.subarray(0, bytesRead);
    this.#start = place;
  }
}
