const ORIENTATION = 0x0112;
const ENTRY_BYTES = 12;
const MAX_ENTRIES = 512;
const UPRIGHT = 1;

/** How an image lies, 1 to 8, by its EXIF block in TIFF form; upright when that says nothing sensible. */
export function orientationOf(tiff: Uint8Array): number {
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.length);
  const order = byteOrder(tiff);
  if (order === undefined || tiff.length < 8) return UPRIGHT;
  const start = view.getUint32(4, order);
  if (start + 2 > tiff.length) return UPRIGHT;
  const entries = Math.min(MAX_ENTRIES, view.getUint16(start, order));
  for (let i = 0; i < entries; i++) {
    const at = start + 2 + i * ENTRY_BYTES;
    if (at + ENTRY_BYTES > tiff.length) return UPRIGHT;
    if (view.getUint16(at, order) === ORIENTATION) return sensible(view.getUint16(at + 8, order));
  }
  return UPRIGHT;
}

/** True for little endian, as DataView has it. */
function byteOrder([first, second]: Uint8Array): boolean | undefined {
  if (first === 0x49 && second === 0x49) return true;
  return first === 0x4d && second === 0x4d ? false : undefined;
}

const sensible = (value: number): number => (value >= 1 && value <= 8 ? value : UPRIGHT);

/** An EXIF block in TIFF form that says how the image lies, and nothing else. */
export function exifOf(orientation: number): Uint8Array {
  // Big endian, directory at 8, one entry: type 3 (short), one value. No further directory.
  return new Uint8Array([
    ...[0x4d, 0x4d, 0, 0x2a, 0, 0, 0, 8],
    ...[0, 1],
    ...[0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0],
    ...[0, 0, 0, 0],
  ]);
}

/** One without any entry. */
export const EMPTY_EXIF = new Uint8Array([0x4d, 0x4d, 0, 0x2a, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0]);

const PREFIX = [0x45, 0x78, 0x69, 0x66, 0, 0];

/** What follows `Exif\0\0`, which some programs write where others begin at once. */
export const withoutPrefix = (bytes: Uint8Array): Uint8Array =>
  PREFIX.every((byte, i) => bytes[i] === byte) ? bytes.subarray(PREFIX.length) : bytes;

export const isExif = (bytes: Uint8Array): boolean => withoutPrefix(bytes) !== bytes;
export const prefixed = (tiff: Uint8Array): Uint8Array => new Uint8Array([...PREFIX, ...tiff]);
export const isTurned = (orientation: number): boolean => orientation !== UPRIGHT;
