import { type Chunk, chunksOf, encodedChunk, isPng, SIGNATURE } from '../cleaning/png-chunks';

/** One frame of a moving PNG (PNG, third edition, 11.3.6), as an image of its own. */
export interface PngFrame {
  /** Made when it is asked for, as there may be more frames than anybody plays. */
  png(): Buffer;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly delayMs: number;
  /** What becomes of its place before the next one: it stays, is cleared, or shows what was there before. */
  readonly disposal: 'keep' | 'clear' | 'restore';
  readonly isBlended: boolean;
}

export interface AnimatedPng {
  /** 0 is for ever. */
  readonly loop: number;
  readonly frames: readonly PngFrame[];
}

const END = encodedChunk('IEND', new Uint8Array());
const DISPOSALS = ['keep', 'clear', 'restore'] as const;
/** Chunks that every frame needs to look right. */
const SHARED = new Set(['PLTE', 'tRNS', 'gAMA', 'cHRM', 'sRGB', 'iCCP', 'sBIT', 'cICP']);

/** Undefined when it does not move. */
export function readAnimatedPng(bytes: Uint8Array): AnimatedPng | undefined {
  if (!isPng(bytes)) return undefined;
  const chunks = [...chunksOf(bytes)];
  const control = chunks.find(({ type }) => type === 'acTL');
  const header = chunks.find(({ type }) => type === 'IHDR');
  if (!control || !header || control.end - control.start < 20) return undefined;
  const loop = viewOf(bytes, control).getUint32(12);
  const shared = chunks.filter(({ type }) => SHARED.has(type)).map((chunk) => whole(bytes, chunk));
  return { loop, frames: framesIn(bytes, chunks, whole(bytes, header), shared) };
}

const whole = (bytes: Uint8Array, { start, end }: Chunk): Uint8Array => bytes.subarray(start, end);
const viewOf = (bytes: Uint8Array, { start, end }: Chunk): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset + start, end - start);

/** Each control chunk is followed by its data: `IDAT` for the first frame, in most files, and `fdAT` for others. */
function framesIn(
  bytes: Uint8Array,
  chunks: readonly Chunk[],
  header: Uint8Array,
  shared: readonly Uint8Array[],
): PngFrame[] {
  const frames: PngFrame[] = [];
  for (const [at, chunk] of chunks.entries()) {
    if (chunk.type !== 'fcTL' || chunk.end - chunk.start < 38) continue;
    const parts = () => [...shared, ...frameData(bytes, chunks, at + 1)];
    frames.push(frameOf(viewOf(bytes, chunk), header, parts));
  }
  return frames;
}

function frameData(bytes: Uint8Array, chunks: readonly Chunk[], from: number): Uint8Array[] {
  const data: Uint8Array[] = [];
  for (let at = from; at < chunks.length; at++) {
    const chunk = chunks[at];
    if (chunk?.type === 'IDAT') data.push(whole(bytes, chunk));
    // Like IDAT after a number of four bytes.
    else if (chunk?.type === 'fdAT')
      data.push(encodedChunk('IDAT', bytes.subarray(chunk.start + 12, chunk.end - 4)));
    else if (chunk?.type === 'fcTL') break;
  }
  return data;
}

function frameOf(
  control: DataView,
  header: Uint8Array,
  parts: () => readonly Uint8Array[],
): PngFrame {
  const [width = 0, height = 0, left = 0, top = 0] = [12, 16, 20, 24].map((at) =>
    control.getUint32(at),
  );
  const size = Buffer.from(header.subarray(8, -4));
  size.writeUInt32BE(width, 0);
  size.writeUInt32BE(height, 4);
  return {
    png: () => Buffer.concat([SIGNATURE, encodedChunk('IHDR', size), ...parts(), END]),
    ...{ left, top, width, height },
    delayMs: Math.round((control.getUint16(28) * 1000) / (control.getUint16(30) || 100)),
    disposal: DISPOSALS[control.getUint8(32)] ?? 'keep',
    isBlended: control.getUint8(33) === 1,
  };
}
