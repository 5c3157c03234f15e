import { corruptFile } from './corrupt';
import { exifOf, isTurned, orientationOf, withoutPrefix } from './exif';
import { type Chunk, chunksOf, encodedChunk, isPng, SIGNATURE_BYTES } from './png-chunks';

/** Chunks that a picture is made of (PNG, third edition). All others tell something about it. */
const PICTURE = new Set([
  ...['IHDR', 'PLTE', 'IDAT', 'IEND', 'acTL', 'fcTL', 'fdAT', 'tRNS', 'bKGD', 'hIST', 'pHYs'],
  ...['cHRM', 'cICP', 'gAMA', 'iCCP', 'mDCV', 'cLLI', 'sBIT', 'sRGB', 'sPLT'],
]);
/** An upper-case letter says that a picture cannot be shown without the chunk. */
const isCritical = (type: string): boolean => /^[A-Z]/.test(type);

/**
 * A PNG or APNG without EXIF, texts, times, and whatever follows its end.
 * @throws ConfabError `corrupt_media`
 */
export function cleanPng(bytes: Uint8Array): Uint8Array {
  if (!isPng(bytes)) throw corruptFile();
  const kept = [...chunksOf(bytes)].flatMap((chunk) => keptPart(bytes, chunk) ?? []);
  return Buffer.concat([bytes.subarray(0, SIGNATURE_BYTES), ...kept]);
}

function keptPart(bytes: Uint8Array, { type, start, end }: Chunk): Uint8Array | undefined {
  if (PICTURE.has(type) || isCritical(type)) return bytes.subarray(start, end);
  if (type !== 'eXIf') return undefined;
  const orientation = orientationOf(withoutPrefix(bytes.subarray(start + 8, end - 4)));
  return isTurned(orientation) ? encodedChunk('eXIf', exifOf(orientation)) : undefined;
}
