import { entriesIn, placeOfDirectory } from '../zip-directory';
import { latin1, says } from './bytes';
import { WINDOW_BYTES } from './file-window';

const PLAIN_ZIP = 'application/zip';
const OFFICE = 'application/vnd.openxmlformats-officedocument';
const OFFICE_FOLDERS: readonly (readonly [folder: string, mimeType: string])[] = [
  ['word/', `${OFFICE}.wordprocessingml.document`],
  ['xl/', `${OFFICE}.spreadsheetml.sheet`],
  ['ppt/', `${OFFICE}.presentationml.presentation`],
];
const STATED_TYPES: ReadonlyMap<string, string> = new Map([
  ['application/vnd.oasis.opendocument.text', 'application/vnd.oasis.opendocument.text'],
  ['application/vnd.oasis.opendocument.text-template', 'application/vnd.oasis.opendocument.text'],
  [
    'application/vnd.oasis.opendocument.spreadsheet',
    'application/vnd.oasis.opendocument.spreadsheet',
  ],
  [
    'application/vnd.oasis.opendocument.presentation',
    'application/vnd.oasis.opendocument.presentation',
  ],
  ['application/epub+zip', 'application/epub+zip'],
]);

export const isZip = (head: Uint8Array): boolean =>
  says(head, 0, 'PK\x03\x04') || says(head, 0, 'PK\x05\x06');

/** What an archive is, by names alone: nothing in it is unpacked. */
export async function zipType(path: string, size: number, head: Uint8Array): Promise<string> {
  const stated = statedType(head);
  if (stated) return STATED_TYPES.get(stated) ?? PLAIN_ZIP;
  const names = await entryNames(path, size);
  if (!names.includes('[Content_Types].xml')) return PLAIN_ZIP;
  const folder = OFFICE_FOLDERS.find(([prefix]) => names.some((name) => name.startsWith(prefix)));
  return folder ? folder[1] : PLAIN_ZIP;
}

/** OpenDocument and EPUB begin with an uncompressed entry `mimetype` that holds their type. */
function statedType(head: Uint8Array): string | undefined {
  if (!says(head, 30, 'mimetype')) return undefined;
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const start = 30 + view.getUint16(26, true) + view.getUint16(28, true);
  const text = latin1(head.subarray(start, start + 80));
  return /^application\/[a-z.+-]+(?=PK|$)/.exec(text)?.[0];
}

/** As far as one window of the list holds. */
async function entryNames(path: string, size: number): Promise<string[]> {
  const file = Bun.file(path);
  const read = async (start: number, end: number) =>
    Buffer.from(await file.slice(start, end).arrayBuffer());
  const place = await placeOfDirectory(read, size);
  if (!place) return [];
  const end = place.start + Math.min(place.bytes, WINDOW_BYTES);
  return [...entriesIn(await read(place.start, end)).keys()];
}
