import { ConfabError } from '@confab/protocol';

/** A list's position as an opaque word. Clients hand it back; only the list that made it reads it. */
export function encodeCursor(...parts: (string | number)[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** @throws ConfabError `invalid` when the text is not a cursor of these types */
export function decodeCursor<const T extends readonly ('string' | 'number')[]>(
  cursor: string,
  ...types: T
): { [K in keyof T]: T[K] extends 'string' ? string : number } {
  const parts = parse(cursor);
  const fits =
    Array.isArray(parts) &&
    parts.length === types.length &&
    parts.every(
      (part, i) =>
        typeof part === types[i] &&
        (typeof part === 'string' ? isPlain(part) : Number.isSafeInteger(part)),
    );
  if (!fits) {
    throw new ConfabError('invalid', 'The cursor is not one that this list gave out', {
      errors: [{ path: 'cursor', message: 'must be a next_cursor of this list' }],
    });
  }
  return parts as never;
}

/** Text that a database can hold. */
const isPlain = (text: string) => !text.includes('\u0000') && text.isWellFormed();

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Makes a page of rows that were asked for one more than `limit`. */
export function pageOf<Row, Item>(
  rows: Row[],
  limit: number,
  cursorOf: (row: Row) => string,
  present: (row: Row) => Item,
): { items: Item[]; next_cursor: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(present),
    next_cursor: rows.length > limit && last !== undefined ? cursorOf(last) : null,
  };
}
