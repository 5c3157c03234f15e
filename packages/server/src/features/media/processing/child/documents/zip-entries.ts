/**
 * A few bytes out of a ZIP archive that may be an attack: nothing is unpacked but the entry asked for,
 * within fixed limits, whatever sizes the archive claims. Layout: PKWARE APPNOTE 6.3, section 4.3.7.
 */
import type { FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';
import { entriesIn, placeOfDirectory, type ZipEntry } from '../../../zip-directory';

const MAX_DIRECTORY_BYTES = 2 * 1024 * 1024;
const MAX_PACKED_BYTES = 4 * 1024 * 1024;
const MAX_UNPACKED_BYTES = 8 * 1024 * 1024;

const LOCAL_BYTES = 30;
const LOCAL_SIGNATURE = 0x04034b50;
const STORED = 0;
const DEFLATED = 8;

/** By name; undefined when there is no list of contents, or one beyond the limits. */
export async function listEntries(file: FileHandle): Promise<Map<string, ZipEntry> | undefined> {
  const { size } = await file.stat();
  const place = await placeOfDirectory((start, end) => bytesAt(file, start, end), size);
  if (!place || place.bytes > MAX_DIRECTORY_BYTES) return undefined;
  const entries = entriesIn(await bytesAt(file, place.start, place.start + place.bytes));
  return entries.size > 0 ? entries : undefined;
}

/** Null for an entry that is broken, beyond the limits, or packed in an unusual way. */
export async function entryContent(file: FileHandle, entry: ZipEntry): Promise<Uint8Array | null> {
  if (entry.packedBytes > MAX_PACKED_BYTES) return null;
  const header = await bytesAt(file, entry.offset, entry.offset + LOCAL_BYTES);
  if (header.length < LOCAL_BYTES || header.readUInt32LE(0) !== LOCAL_SIGNATURE) return null;
  const start = entry.offset + LOCAL_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
  return await unpacked(entry.method, await bytesAt(file, start, start + entry.packedBytes));
}

async function unpacked(method: number, packed: Buffer): Promise<Uint8Array | null> {
  if (method === STORED) return packed;
  if (method !== DEFLATED) return null;
  try {
    return await promisify(inflateRaw)(packed, { maxOutputLength: MAX_UNPACKED_BYTES });
  } catch {
    return null;
  }
}

/** Fewer where the file ends before. */
async function bytesAt(file: FileHandle, start: number, end: number): Promise<Buffer> {
  const buffer = Buffer.alloc(end - start);
  const { bytesRead } = await file.read(buffer, 0, buffer.length, start);
  return buffer.subarray(0, bytesRead);
}
