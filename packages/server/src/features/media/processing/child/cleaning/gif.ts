import { corruptFile } from './corrupt';

const EXTENSION = 0x21;
const IMAGE = 0x2c;
const TRAILER = 0x3b;
const COMMENT = 0xfe;
const APPLICATION = 0xff;
/** Extensions that change what is shown: how often to repeat, and the colour profile. */
const SHOWN_APPLICATIONS = new Set(['NETSCAPE2.0', 'ANIMEXTS1.0', 'ICCRGBG1012']);

interface Block {
  readonly isKept: boolean;
  readonly end: number;
}

/**
 * A GIF (89a) without comments, XMP and other programs' extensions, and without what follows its end.
 * @throws ConfabError `corrupt_media`
 */
export function cleanGif(bytes: Uint8Array): Uint8Array {
  if (bytes.length < 13) throw corruptFile();
  let at = 13 + colourTableBytes(bytes[10] ?? 0);
  const kept = [bytes.subarray(0, at)];
  for (let block = blockAt(bytes, at); block; block = blockAt(bytes, at)) {
    if (block.isKept) kept.push(bytes.subarray(at, block.end));
    at = block.end;
  }
  return Buffer.concat([...kept, new Uint8Array([TRAILER])]);
}

const colourTableBytes = (flags: number): number => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);

/** Undefined at the end, and for what is no block: decoders end there as well. */
function blockAt(bytes: Uint8Array, at: number): Block | undefined {
  if (bytes[at] === IMAGE && at + 10 < bytes.length) {
    const data = at + 10 + colourTableBytes(bytes[at + 9] ?? 0) + 1;
    return { isKept: true, end: endOfSubBlocks(bytes, data) };
  }
  if (bytes[at] !== EXTENSION || at + 2 >= bytes.length) return undefined;
  return { isKept: isShown(bytes, at), end: endOfSubBlocks(bytes, at + 2) };
}

function endOfSubBlocks(bytes: Uint8Array, start: number): number {
  let at = start;
  while (at < bytes.length) {
    const length = bytes[at] ?? 0;
    at += 1 + length;
    if (length === 0) return at;
  }
  return bytes.length;
}

function isShown(bytes: Uint8Array, at: number): boolean {
  if (bytes[at + 1] !== APPLICATION) return bytes[at + 1] !== COMMENT;
  return SHOWN_APPLICATIONS.has(Buffer.from(bytes.subarray(at + 3, at + 14)).toString('latin1'));
}
