import type { FileHandle } from 'node:fs/promises';

/** A box of ISO/IEC 14496-12, by its place in the bytes or the file that it was found in. */
export interface Box {
  /** Four characters, one for each byte. */
  readonly type: string;
  readonly start: number;
  readonly bodyStart: number;
  readonly end: number;
}

/** More boxes beside each other than any recorder writes. */
const MAX_BOXES = 200_000;
const HEADER_BYTES = 16;

/**
 * The header at the start of `bytes`. Its size is believed only within `limit`, as it comes from a stranger.
 * @param start where these bytes lie
 */
function boxAt(bytes: Uint8Array, start: number, limit: number): Box | undefined {
  if (bytes.length < 8) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const type = Buffer.from(bytes.buffer, bytes.byteOffset + 4, 4).toString('latin1');
  const short = view.getUint32(0);
  if (short === 0) return { type, start, bodyStart: start + 8, end: limit };
  if (short !== 1) return within({ type, start, bodyStart: start + 8, end: start + short }, limit);
  if (bytes.length < HEADER_BYTES) return undefined;
  const end = start + Number(view.getBigUint64(8));
  return within({ type, start, bodyStart: start + HEADER_BYTES, end }, limit);
}

const within = (box: Box, limit: number): Box | undefined =>
  box.end >= box.bodyStart && box.end <= limit ? box : undefined;

/** Boxes that lie beside each other, up to the first one that makes no sense. */
export function* boxesIn(bytes: Uint8Array, start: number, end: number): Generator<Box> {
  let at = start;
  for (let count = 0; count < MAX_BOXES && at < end; count++) {
    const box = boxAt(bytes.subarray(at, Math.min(end, at + HEADER_BYTES)), at, end);
    if (!box) return;
    yield box;
    at = box.end;
  }
}

export function findBox(
  bytes: Uint8Array,
  start: number,
  end: number,
  type: string,
): Box | undefined {
  for (const box of boxesIn(bytes, start, end)) if (box.type === type) return box;
  return undefined;
}

/** The same for a file's top level, of which only headers are read. */
export async function* boxesOfFile(file: FileHandle, size: number): AsyncGenerator<Box> {
  const header = new Uint8Array(HEADER_BYTES);
  let at = 0;
  for (let count = 0; count < MAX_BOXES && at < size; count++) {
    const { bytesRead } = await file.read(header, 0, HEADER_BYTES, at);
    const box = boxAt(header.subarray(0, bytesRead), at, size);
    if (!box) return;
    yield box;
    at = box.end;
  }
}

/** Where the boxes in a `meta` box begin: QuickTime leaves out the version that MP4 has. */
export function metaBodyStart(bytes: Uint8Array, meta: Box): number {
  const isFull = findBox(bytes, meta.bodyStart, meta.end, 'hdlr') === undefined;
  return isFull ? Math.min(meta.end, meta.bodyStart + 4) : meta.bodyStart;
}
