import type { FileHandle } from 'node:fs/promises';
import { fourBytes, read } from './tag-bytes';

/** A part of a packet; a packet that is not over at the end of a page goes on in the next one. */
interface Segment {
  readonly start: number;
  readonly end: number;
  readonly isEnd: boolean;
}

/** A page of an Ogg file (RFC 3533, section 6). */
export interface OggPage {
  /** Where it lies in the file. */
  readonly start: number;
  readonly bytes: Buffer;
  /** Whose stream it belongs to. */
  readonly serial: number;
  /** Its stream begins here. */
  readonly isFirst: boolean;
  /** By their places in the page. */
  readonly segments: readonly Segment[];
}

const HEADER_BYTES = 27;
const MOST_BYTES = HEADER_BYTES + 255 + 255 * 255;
const CHECKSUM = 22;

/** The pages from the start of a file on, up to what is none. */
export async function* pagesOf(file: FileHandle, size: number): AsyncGenerator<OggPage> {
  for (let at = 0; at < size; ) {
    const page = pageIn(await read(file, at, Math.min(MOST_BYTES, size - at)), at);
    if (!page) return;
    yield page;
    at += page.bytes.length;
  }
}

function pageIn(bytes: Buffer, start: number): OggPage | undefined {
  if (bytes.toString('latin1', 0, 4) !== 'OggS') return undefined;
  const bodyStart = HEADER_BYTES + (bytes[HEADER_BYTES - 1] ?? 0);
  const lengths = [...bytes.subarray(HEADER_BYTES, bodyStart)];
  const end = lengths.reduce((sum, length) => sum + length, bodyStart);
  if (end > bytes.length) return undefined;
  return {
    start,
    bytes: Buffer.from(bytes.subarray(0, end)),
    serial: fourBytes(bytes, 14),
    isFirst: ((bytes[5] ?? 0) & 2) !== 0,
    segments: segmentsOf(lengths, bodyStart),
  };
}

function segmentsOf(lengths: readonly number[], bodyStart: number): Segment[] {
  let at = bodyStart;
  return lengths.map((length) => {
    const start = at;
    at += length;
    return { start, end: at, isEnd: length < 255 };
  });
}

/** The page with the checksum that it has to have by now. */
export function withChecksum(page: Buffer): Buffer {
  const result = Buffer.from(page);
  result.writeUInt32LE(0, CHECKSUM);
  result.writeUInt32LE(checksum(result), CHECKSUM);
  return result;
}

/** CRC-32 with the usual polynomial, but from the highest bit on and from zero. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 24;
  for (let bit = 0; bit < 8; bit++) value = (value << 1) ^ (value < 0 ? 0x04c11db7 : 0);
  return value >>> 0;
});

function checksum(bytes: Uint8Array): number {
  let value = 0;
  for (const byte of bytes) value = (value << 8) ^ (TABLE[((value >>> 24) ^ byte) & 0xff] ?? 0);
  return value >>> 0;
}
