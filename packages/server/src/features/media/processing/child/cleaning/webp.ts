import { corruptFile } from './corrupt';

interface Chunk {
  readonly type: string;
  readonly bytes: Uint8Array;
}

const PICTURE = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ANIM', 'ANMF', 'ICCP']);
/** Flags of the extended header. */
const HAS_EXIF = 0x08;
const HAS_XMP = 0x04;
const HEADER_BYTES = 12;

/**
 * A WebP (RFC 9649) without EXIF, XMP and unknown chunks, and without what follows its end. Browsers show it as its
 * pixels lie, whatever EXIF says of that.
 * @throws ConfabError `corrupt_media`
 */
export function cleanWebp(bytes: Uint8Array): Uint8Array {
  if (bytes.length < HEADER_BYTES + 8) throw corruptFile();
  const chunks = [...chunksOf(bytes)];
  const kept = chunks.filter(({ type }) => PICTURE.has(type)).map(flagged);
  return chunkOf('RIFF', Buffer.concat([new TextEncoder().encode('WEBP'), ...kept]));
}

/** Each with its header and the padding after it. */
function* chunksOf(bytes: Uint8Array): Generator<Chunk> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = Math.min(bytes.length, 8 + view.getUint32(4, true));
  let at = HEADER_BYTES;
  while (at + 8 <= end) {
    const length = view.getUint32(at + 4, true);
    const next = Math.min(end, at + 8 + length + (length % 2));
    const type = Buffer.from(bytes.subarray(at, at + 4)).toString('latin1');
    yield { type, bytes: bytes.subarray(at, next) };
    at = next;
  }
}

/** The extended header must not promise what is gone. */
function flagged({ type, bytes }: Chunk): Uint8Array {
  if (type !== 'VP8X') return bytes;
  const header = bytes.slice();
  header[8] = (header[8] ?? 0) & ~(HAS_EXIF | HAS_XMP);
  return header;
}

function chunkOf(type: string, body: Uint8Array): Uint8Array {
  const chunk = Buffer.alloc(8 + body.length + (body.length % 2));
  chunk.write(type, 0, 'latin1');
  chunk.writeUInt32LE(body.length, 4);
  chunk.set(body, 8);
  return chunk;
}
