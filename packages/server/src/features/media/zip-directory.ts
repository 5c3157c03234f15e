/**
 * What a ZIP archive lists at its end, which may be an attack: no size that it claims is believed.
 * Layout: PKWARE APPNOTE 6.3, sections 4.3.12 and 4.3.16.
 */

export interface ZipEntry {
  readonly method: number;
  readonly packedBytes: number;
  /** Of its local header. */
  readonly offset: number;
}

/** Bytes of a file; fewer where it ends before. */
type ReadBytes = (start: number, end: number) => Promise<Buffer>;

const END_BYTES = 22;
const MAX_COMMENT_BYTES = 0xffff;
const ENTRY_BYTES = 46;
const END_SIGNATURE = 0x06054b50;
const ENTRY_SIGNATURE = 0x02014b50;

/** Where the list stands, as the archive says; undefined when it has none. */
export async function placeOfDirectory(
  read: ReadBytes,
  size: number,
): Promise<{ start: number; bytes: number } | undefined> {
  const tail = await read(Math.max(0, size - END_BYTES - MAX_COMMENT_BYTES), size);
  for (let at = tail.length - END_BYTES; at >= 0; at -= 1) {
    if (tail.readUInt32LE(at) === END_SIGNATURE) {
      return { bytes: tail.readUInt32LE(at + 12), start: tail.readUInt32LE(at + 16) };
    }
  }
  return undefined;
}

/** By name, as far as these bytes of the list go. */
export function entriesIn(directory: Buffer): Map<string, ZipEntry> {
  const entries = new Map<string, ZipEntry>();
  let at = 0;
  while (at + ENTRY_BYTES <= directory.length) {
    if (directory.readUInt32LE(at) !== ENTRY_SIGNATURE) break;
    const nameEnd = at + ENTRY_BYTES + directory.readUInt16LE(at + 28);
    entries.set(directory.toString('utf8', at + ENTRY_BYTES, nameEnd), {
      method: directory.readUInt16LE(at + 10),
      packedBytes: directory.readUInt32LE(at + 20),
      offset: directory.readUInt32LE(at + 42),
    });
    at = nameEnd + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}
