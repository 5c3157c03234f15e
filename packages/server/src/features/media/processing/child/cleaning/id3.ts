import type { FileHandle } from 'node:fs/promises';
import type { Blank } from './blanks';
import { corruptFile, tooMuchTold } from './corrupt';
import { fourBytes, read, sevenBits } from './tag-bytes';

/** Frames that describe a piece of music rather than who recorded it, where and with what. */
const MUSIC = new Set([
  ...['TIT1', 'TIT2', 'TIT3', 'TPE1', 'TPE2', 'TPE3', 'TPE4', 'TALB', 'TCOM', 'TCON', 'TCMP'],
  ...['TYER', 'TDRC', 'TDRL', 'TDOR', 'TORY', 'TRCK', 'TPOS', 'TBPM', 'TKEY', 'TLAN', 'TLEN'],
  ...['TSOA', 'TSOP', 'TSOT', 'TSO2', 'TSOC', 'APIC', 'RVA2', 'RVAD', 'MLLT'],
  // Version 2.2.
  ...['TT1', 'TT2', 'TT3', 'TP1', 'TP2', 'TP3', 'TP4', 'TAL', 'TCM', 'TCO', 'TCP', 'TYE', 'TOR'],
  ...['TRK', 'TPA', 'TBP', 'TKE', 'TLA', 'TLE', 'PIC', 'RVA', 'MLL'],
]);
const HEADER_BYTES = 10;
/** More than any cover. */
const MAX_TAG_BYTES = 64 * 1024 * 1024;
const MAX_TAGS = 16;

const UNSYNCHRONISED = 0x80;
const EXTENDED = 0x40;
const FOOTER = 0x10;

/**
 * What has to be blanked of the ID3 tags at the start of a file (id3.org, versions 2.2 to 2.4), each of which
 * stays as long as it was.
 * @returns also where the recording begins
 */
export async function leadingTags(
  file: FileHandle,
  size: number,
): Promise<{ blanks: Blank[]; end: number }> {
  const blanks: Blank[] = [];
  let start = 0;
  for (;;) {
    const end = start + tagLength(await read(file, start, HEADER_BYTES));
    if (end === start) return { blanks, end };
    if (end > size) throw corruptFile();
    if (end - start > MAX_TAG_BYTES || blanks.length === MAX_TAGS) throw tooMuchTold();
    const head = withoutSecrets(await read(file, start, end - start));
    blanks.push({ start, end, head, fill: 0 });
    start = end;
  }
}

/** Bytes of the tag that begins so; 0 when it is none. */
function tagLength(header: Uint8Array): number {
  const isTag = Buffer.from(header.subarray(0, 3)).toString('latin1') === 'ID3';
  if (!isTag || header.length < HEADER_BYTES) return 0;
  const size = sevenBits(header, 6);
  return size === undefined ? 0 : HEADER_BYTES + size + (hasFooter(header) ? HEADER_BYTES : 0);
}

const hasFooter = (tag: Uint8Array) => tag[3] === 4 && ((tag[5] ?? 0) & FOOTER) !== 0;

/** What stands at the start of a tag afterwards; the rest of it is padding. */
function withoutSecrets(tag: Uint8Array): Uint8Array {
  const [, , , version = 0, revision = 0, flags = 0] = tag;
  const kept = [...framesOf(tag)].filter(({ id }) => MUSIC.has(id)).map(({ bytes }) => bytes);
  const size = tag.length - HEADER_BYTES;
  const sizes = [21, 14, 7, 0].map((shift) => (size >> shift) & 0x7f);
  // Frames of version 2.4 say of themselves how they are written.
  const kind = version === 4 ? flags & UNSYNCHRONISED : 0;
  return Buffer.concat(
    [Buffer.from(['I', 'D', '3'].map(code)), [version, revision, kind], sizes, ...kept].map(
      bytesOf,
    ),
  );
}

const code = (letter: string) => letter.charCodeAt(0);
const bytesOf = (part: Uint8Array | number[]) => Uint8Array.from(part);

interface Frame {
  readonly id: string;
  /** With its header. */
  readonly bytes: Uint8Array;
}

function framesOf(tag: Uint8Array): Iterable<Frame> {
  const [, , , version = 0, , flags = 0] = tag;
  const end = tag.length - (hasFooter(tag) ? HEADER_BYTES : 0);
  const written = tag.subarray(HEADER_BYTES, end);
  const body = version < 4 && flags & UNSYNCHRONISED ? synchronised(written) : written;
  const isExtended = (flags & EXTENDED) !== 0;
  if (version === 2) return isExtended ? [] : frames(body, 0, 2);
  if (version !== 3 && version !== 4) return [];
  return frames(body, isExtended ? extensionLength(body, version) : 0, version);
}

const extensionLength = (body: Uint8Array, version: number): number =>
  version === 3 ? 4 + fourBytes(body, 0) : (sevenBits(body, 0) ?? body.length);

/** Up to the padding, or what makes no sense. */
function* frames(body: Uint8Array, from: number, version: number): Generator<Frame> {
  const [idLength, headerLength] = version === 2 ? [3, 6] : [4, HEADER_BYTES];
  for (let at = from; at + headerLength <= body.length; ) {
    const id = idAt(body, at, idLength);
    const sizes = id === undefined ? [] : sizesAt(body, at + idLength, version);
    const ends = sizes.map((size) => at + headerLength + size);
    const end = ends.find((end) => isBoundary(body, end, idLength));
    if (id === undefined || end === undefined) return;
    yield { id, bytes: body.subarray(at, end) };
    at = end;
  }
}

function idAt(body: Uint8Array, at: number, length: number): string | undefined {
  const id = Buffer.from(body.subarray(at, at + length)).toString('latin1');
  return /^[A-Z0-9]{3,4}$/.test(id) && id.length === length ? id : undefined;
}

/** iTunes wrote sizes of version 2.4 as those of 2.3 are. */
function sizesAt(body: Uint8Array, at: number, version: number): number[] {
  if (version === 2) return [fourBytes(body, at - 1) & 0xffffff];
  const plain = fourBytes(body, at);
  if (version === 3) return [plain];
  const size = sevenBits(body, at);
  return size === undefined ? [plain] : [size, plain];
}

const isBoundary = (body: Uint8Array, at: number, idLength: number): boolean =>
  at === body.length || body[at] === 0 || idAt(body, at, idLength) !== undefined;

/** Takes out the zeros that keep a tag from looking like sound (section 5 of version 2.3). */
function synchronised(written: Uint8Array): Uint8Array {
  return written.filter((byte, i) => byte !== 0 || i === 0 || written[i - 1] !== 0xff);
}
