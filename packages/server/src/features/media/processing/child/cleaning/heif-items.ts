import { type Box, boxesIn, findBox } from '../iso/boxes';

/** An item that tells of the image instead of being it. */
export interface TellingItem {
  readonly id: number;
  readonly kind: 'exif' | 'text';
}

/** EXIF, XMP and other texts in the list of items (`iinf`). */
export function itemsTelling(bytes: Uint8Array, start: number, end: number): TellingItem[] {
  const list = findBox(bytes, start, end, 'iinf');
  if (!list) return [];
  const entriesStart = list.bodyStart + 4 + (bytes[list.bodyStart] === 0 ? 2 : 4);
  return [...boxesIn(bytes, entriesStart, list.end)].flatMap(
    (box) => tellingItem(bytes, box) ?? [],
  );
}

/** `infe` of version 2 has short ids, of version 3 long ones; older ones are not used for images. */
function tellingItem(bytes: Uint8Array, box: Box): TellingItem | undefined {
  const version = bytes[box.bodyStart] ?? 0;
  if (box.type !== 'infe' || version < 2) return undefined;
  const idBytes = version === 2 ? 2 : 4;
  const body = Buffer.from(bytes.subarray(box.bodyStart + 4, box.end));
  if (body.length < idBytes + 6) return undefined;
  const id = body.readUIntBE(0, idBytes);
  const type = body.toString('latin1', idBytes + 2, idBytes + 6);
  if (type === 'Exif') return { id, kind: 'exif' };
  return type === 'mime' || type === 'uri ' ? { id, kind: 'text' } : undefined;
}
