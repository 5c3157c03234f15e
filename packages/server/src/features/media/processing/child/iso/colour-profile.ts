import { type Box, boxesIn, findBox, metaBodyStart } from './boxes';

/** The ICC profile of a HEIF image. Images of one file share theirs, so the first is taken. */
export function colourProfileOf(bytes: Uint8Array): Uint8Array | undefined {
  const meta = findBox(bytes, 0, bytes.length, 'meta');
  const properties = meta && findBox(bytes, metaBodyStart(bytes, meta), meta.end, 'iprp');
  const list = properties && findBox(bytes, properties.bodyStart, properties.end, 'ipco');
  if (!list) return undefined;
  for (const box of boxesIn(bytes, list.bodyStart, list.end)) {
    if (isProfile(bytes, box)) return bytes.slice(box.bodyStart + 4, box.end);
  }
  return undefined;
}

function isProfile(bytes: Uint8Array, box: Box): boolean {
  if (box.type !== 'colr') return false;
  const kind = Buffer.from(bytes.subarray(box.bodyStart, box.bodyStart + 4)).toString('latin1');
  return kind === 'prof' || kind === 'rICC';
}
