import { says } from './bytes';
import { readWindow } from './file-window';

const STREAMS: readonly (readonly [name: string, mimeType: string])[] = [
  ['WordDocument', 'application/msword'],
  ['Workbook', 'application/vnd.ms-excel'],
  ['Book', 'application/vnd.ms-excel'],
  ['PowerPoint Document', 'application/vnd.ms-powerpoint'],
];
const ENDINGS: Readonly<Record<string, string>> = {
  doc: 'application/msword',
  xls: 'application/vnd.ms-excel',
  ppt: 'application/vnd.ms-powerpoint',
};
const ENTRY_BYTES = 128;
/** The directory's sectors mostly lie behind each other; if they don't, some names are found all the same. */
const DIRECTORY_BYTES = 8192;

export const isOle = (head: Uint8Array): boolean =>
  says(head, 0, '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1');

/**
 * [MS-CFB]: Office files until 2003 are told by the names of streams in the first part of their directory. Where none
 * of these is found, the file's name is believed.
 */
export async function oleType(path: string, head: Uint8Array, ending: string): Promise<string> {
  const names = head.length < 512 ? [] : await streamNames(path, head);
  const stream = STREAMS.find(([name]) => names.includes(name));
  return stream?.[1] ?? ENDINGS[ending] ?? 'application/x-ole-storage';
}

async function streamNames(path: string, head: Uint8Array): Promise<string[]> {
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const sectorBytes = view.getUint16(30, true) === 12 ? 4096 : 512;
  const start = (view.getUint32(48, true) + 1) * sectorBytes;
  const directory = await readWindow(path, start, DIRECTORY_BYTES);
  const count = Math.floor(directory.length / ENTRY_BYTES);
  return Array.from({ length: count }, (_, i) => entryName(directory.subarray(i * ENTRY_BYTES)));
}

/** UTF-16 with a zero at its end, and its length in bytes after 64 bytes. */
function entryName(entry: Uint8Array): string {
  const length = Math.min(64, entry[64] ?? 0);
  return new TextDecoder('utf-16le').decode(entry.subarray(0, Math.max(0, length - 2)));
}
