import { crc32 } from 'node:zlib';

export interface Chunk {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

export const SIGNATURE = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
export const SIGNATURE_BYTES = SIGNATURE.length;
const FRAME_BYTES = 12;
const HEADER_CHUNK_BYTES = 25;

export const isPng = (bytes: Uint8Array): boolean =>
  SIGNATURE.every((byte, i) => bytes[i] === byte);

/** Up to the end chunk. The last one may be cut short by the end of the bytes. */
export function* chunksOf(bytes: Uint8Array): Generator<Chunk> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = SIGNATURE_BYTES;
  while (at + 8 <= bytes.length) {
    const type = Buffer.from(bytes.subarray(at + 4, at + 8)).toString('latin1');
    const end = Math.min(bytes.length, at + FRAME_BYTES + view.getUint32(at));
    yield { type, start: at, end };
    if (type === 'IEND') return;
    at = end;
  }
}

export function encodedChunk(type: string, body: Uint8Array): Uint8Array {
  const chunk = Buffer.alloc(FRAME_BYTES + body.length);
  chunk.writeUInt32BE(body.length, 0);
  chunk.write(type, 4, 'latin1');
  chunk.set(body, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + body.length)), 8 + body.length);
  return chunk;
}

/** Puts a chunk where it goes before all that it speaks of. */
export function insertAfterHeader(png: Uint8Array, chunk: Uint8Array): Buffer {
  const place = SIGNATURE_BYTES + HEADER_CHUNK_BYTES;
  return Buffer.concat([png.subarray(0, place), chunk, png.subarray(place)]);
}
