/** A place in a file: from `start` up to, not including, `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * What a Range header (RFC 9110, section 14.2) wants of a file that is not empty. A header that is not
 * understood, and one with several ranges, wants all.
 * @returns null when nothing of it is in the file
 */
export function byteRangeOf(header: string, size: number): ByteRange | null {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/i.exec(header) ?? [];
  if (first === '' && last === '') return { start: 0, end: size };
  if (first === '') return lastOf(Number(last), size);
  const start = Number(first);
  const end = last === '' ? size : Math.min(Number(last) + 1, size);
  if (start >= size) return null;
  return start < end ? { start, end } : { start: 0, end: size };
}

const lastOf = (length: number, size: number): ByteRange | null =>
  length === 0 ? null : { start: Math.max(0, size - length), end: size };
