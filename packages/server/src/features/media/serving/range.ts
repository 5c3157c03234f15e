import type { ByteRange } from '../../../storage/blobs/blob-store';

export type Wanted =
  | { readonly kind: 'whole' }
  | { readonly kind: 'part'; readonly range: ByteRange }
  | { readonly kind: 'unsatisfiable' };

/** Spaces stand nowhere in the grammar; Bun, which reads the header of whole files too, allows them. */
const BYTES = /^[ \t]*bytes[ \t]*=[ \t]*(\d*)[ \t]*-[ \t]*(\d*)[ \t]*$/i;
const WHOLE: Wanted = { kind: 'whole' };
const UNSATISFIABLE: Wanted = { kind: 'unsatisfiable' };

/**
 * What a Range header wants of a file (RFC 9110, section 14.2). A header that is not valid, and one
 * with several ranges, is answered by the whole file, as the RFC allows.
 */
export function wantedRange(header: string | null, size: number): Wanted {
  const match = BYTES.exec(header ?? '');
  const [first, last] = [match?.[1] ?? '', match?.[2] ?? ''];
  if (first === '') return last === '' ? WHOLE : suffix(Number(last), size);
  const [start, end] = [Number(first), last === '' ? Number.POSITIVE_INFINITY : Number(last)];
  if (start >= size) return UNSATISFIABLE;
  if (end < start) return WHOLE;
  return { kind: 'part', range: { start, end: Math.min(end, size - 1) } };
}

/** The last bytes. Nothing of an empty file could be told as a part. */
function suffix(length: number, size: number): Wanted {
  if (length === 0) return UNSATISFIABLE;
  if (size === 0) return WHOLE;
  return { kind: 'part', range: { start: Math.max(0, size - length), end: size - 1 } };
}
