import { corruptFile } from './corrupt';
import { exifOf, isExif, isTurned, orientationOf, prefixed, withoutPrefix } from './exif';

const START = 0xd8;
const END = 0xd9;
const SCAN = 0xda;
const COMMENT = 0xfe;
const APP0 = 0xe0;
const APP1 = 0xe1;
const APP2 = 0xe2;
const APP14 = 0xee;
const APP15 = 0xef;
const JFIF_BYTES = 14;

interface Segment {
  readonly marker: number;
  /** Where its marker's 0xff stands. */
  readonly start: number;
  readonly end: number;
}

/**
 * A JPEG (ITU-T T.81) without what cameras and programs tell of it: EXIF, XMP, IPTC, comments, further images at its
 * end. Colour profiles stay, and how it lies.
 * @throws ConfabError `corrupt_media`
 */
export function cleanJpeg(bytes: Uint8Array): Uint8Array {
  const segments = [...segmentsOf(bytes)];
  if (!segments.some(({ marker }) => marker === SCAN)) throw corruptFile();
  const kept = segments.flatMap((segment) => keptPart(bytes, segment) ?? []);
  const orientation = orientationIn(bytes, segments);
  if (isTurned(orientation)) kept.splice(exifPlace(segments), 0, exifSegment(orientation));
  return Buffer.concat([bytes.subarray(0, 2), ...kept]);
}

/** From after the start marker up to the end marker. A scan's data belongs to its segment. */
function* segmentsOf(bytes: Uint8Array): Generator<Segment> {
  if (bytes[0] !== 0xff || bytes[1] !== START) throw corruptFile();
  let at = 2;
  for (;;) {
    const start = nextMarker(bytes, at);
    const marker = bytes[start + 1];
    if (marker === undefined) return;
    const end = endOf(bytes, start, marker);
    if (end === undefined) return;
    yield { marker, start, end };
    if (marker === END) return;
    at = end;
  }
}

/** Fill bytes and stray data before a marker are passed over, as decoders do. */
function nextMarker(bytes: Uint8Array, from: number): number {
  let at = bytes.indexOf(0xff, from);
  while (at >= 0 && isNoMarker(bytes[at + 1])) at = bytes.indexOf(0xff, at + 1);
  return at < 0 ? bytes.length : at;
}

const isNoMarker = (next: number | undefined): boolean => next === 0 || next === 0xff;
const isAlone = (marker: number): boolean =>
  marker === 0x01 || (marker >= 0xd0 && marker <= START) || marker === END;

/** Undefined when a segment does not end within the file, which leaves nothing to show of it. */
function endOf(bytes: Uint8Array, start: number, marker: number): number | undefined {
  if (isAlone(marker)) return start + 2;
  const length = ((bytes[start + 2] ?? 0) << 8) | (bytes[start + 3] ?? 0);
  const end = start + 2 + length;
  if (length < 2 || end > bytes.length) return undefined;
  return marker === SCAN ? endOfScan(bytes, end) : end;
}

/** Restart markers and stuffed zeros belong to the data. */
function endOfScan(bytes: Uint8Array, from: number): number {
  let at = bytes.indexOf(0xff, from);
  for (; at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1] ?? 0;
    if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at;
  }
  return bytes.length;
}

function keptPart(bytes: Uint8Array, { marker, start, end }: Segment): Uint8Array | undefined {
  const segment = bytes.subarray(start, end);
  if (marker === APP0) return saysAt(segment, 4, 'JFIF\0') ? withoutPreview(segment) : undefined;
  if (marker === APP2) return saysAt(segment, 4, 'ICC_PROFILE\0') ? segment : undefined;
  if (marker === APP14) return saysAt(segment, 4, 'Adobe') ? segment.subarray(0, 16) : undefined;
  return marker === COMMENT || (marker >= APP0 && marker <= APP15) ? undefined : segment;
}

const saysAt = (bytes: Uint8Array, at: number, text: string): boolean =>
  Buffer.from(bytes.subarray(at, at + text.length)).toString('latin1') === text;

/** JFIF may carry a small copy of the image, perhaps from before it was cropped. */
function withoutPreview(segment: Uint8Array): Uint8Array {
  if (segment.length <= 4 + JFIF_BYTES) return segment;
  const plain = segment.slice(0, 4 + JFIF_BYTES);
  plain.set([0, 2 + JFIF_BYTES], 2);
  plain.set([0, 0], 4 + JFIF_BYTES - 2);
  return plain;
}

function orientationIn(bytes: Uint8Array, segments: readonly Segment[]): number {
  for (const { marker, start, end } of segments) {
    const body = bytes.subarray(start + 4, end);
    if (marker === APP1 && isExif(body)) return orientationOf(withoutPrefix(body));
  }
  return 1;
}

/** After JFIF, which has to come first. */
const exifPlace = ([first]: readonly Segment[]): number => (first?.marker === APP0 ? 1 : 0);

function exifSegment(orientation: number): Uint8Array {
  const body = prefixed(exifOf(orientation));
  return new Uint8Array([0xff, APP1, 0, body.length + 2, ...body]);
}
