import { LIMITS } from '@confab/protocol';
import { UNSEEN } from '../unseen';

/** Longer ones tell no type any more. */
const MAX_EXTENSION = 32;

/** A file's name as it may be kept and shown: no path, nothing unseen, at most 255 bytes. */
export function cleanFileName(name: string): string {
  const last = name.toWellFormed().split(/[/\\]/).at(-1) ?? '';
  const seen = last.replace(UNSEEN, '').normalize('NFC').trim();
  if (seen === '' || seen === '.' || seen === '..') return 'file';
  return shortened(seen);
}

function shortened(name: string): string {
  if (Buffer.byteLength(name) <= LIMITS.filenameBytes) return name;
  const dot = name.lastIndexOf('.');
  const extension = dot > 0 && name.length - dot <= MAX_EXTENSION ? name.slice(dot) : '';
  const room = LIMITS.filenameBytes - Buffer.byteLength(extension);
  let stem = '';
  let bytes = 0;
  for (const char of name.slice(0, name.length - extension.length)) {
    bytes += Buffer.byteLength(char);
    if (bytes > room) break;
    stem += char;
  }
  return stem + extension;
}
