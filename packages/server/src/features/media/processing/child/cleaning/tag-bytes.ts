import type { FileHandle } from 'node:fs/promises';

/** These bytes of a file; fewer at its end. */
export async function read(file: FileHandle, start: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, start);
  return bytes.subarray(0, bytesRead);
}

/** A number of 32 bits, the highest first; what is not there counts as 0. */
export function fourBytes(bytes: Uint8Array, at: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = bytes.subarray(at, at + 4);
  return a * 0x1000000 + ((b << 16) | (c << 8) | d);
}

/** The same, the lowest first. */
export function fourBytesReversed(bytes: Uint8Array, at: number): number {
  return fourBytes(Uint8Array.from(bytes.subarray(at, at + 4)).reverse(), 0);
}

/** A number of 28 bits, seven in each byte; undefined when it is none. */
export function sevenBits(bytes: Uint8Array, at: number): number | undefined {
  const [a = 0, b = 0, c = 0, d = 0] = bytes.subarray(at, at + 4);
  return (a | b | c | d) > 0x7f ? undefined : (a << 21) | (b << 14) | (c << 7) | d;
}
