import { describe, expect, test } from 'bun:test';
import type { CursorPage } from '@confab/protocol';
import fc from 'fast-check';
import { decodeCursor, encodeCursor, pageOf } from './cursor';

const integer = fc.integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });

describe('cursors', () => {
  test('give back what they were made of, of every kind', () => {
    fc.assert(
      fc.property(integer, fc.string({ unit: 'grapheme' }), integer, (a, text, b) => {
        expect(decodeCursor(encodeCursor(a, text, b), 'number', 'string', 'number')).toEqual([
          a,
          text,
          b,
        ]);
      }),
    );
  });

  test('need no escaping in a URL', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), integer, (text, n) => {
        expect(encodeCursor(text, n)).toMatch(/^[A-Za-z0-9_-]+$/);
      }),
    );
  });

  test('that nobody gave out are refused, whatever they are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(() => decodeCursor(text, 'number', 'string')).toThrow('The cursor is not one');
      }),
    );
  });

  test.each([
    encodeCursor('1'),
    encodeCursor(1, 2),
    encodeCursor(),
    encodeCursor(1.5),
    encodeCursor(2 ** 53),
    Buffer.from('{"0":1,"length":1}').toString('base64url'),
    Buffer.from('[null]').toString('base64url'),
    Buffer.from('[[1]]').toString('base64url'),
  ])('of another shape are refused: %s', (cursor) => {
    expect(() => decodeCursor(cursor, 'number')).toThrow('The cursor is not one');
  });
});

describe('pages', () => {
  test('visit every row once, in order, whatever the limit', () => {
    const rows = fc.uniqueArray(fc.nat(500), { maxLength: 60 });
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 20 }), (ids, limit) => {
        const sorted = [...ids].sort((a, b) => a - b);
        const query = (after: number) => sorted.filter((id) => id > after).slice(0, limit + 1);
        const seen: number[] = [];
        for (let cursor: string | null = encodeCursor(-1); cursor !== null; ) {
          const [after]: readonly [number] = decodeCursor(cursor, 'number');
          const page: CursorPage<number> = pageOf(query(after), limit, encodeCursor, (id) => id);
          expect(page.items.length).toBeLessThanOrEqual(limit);
          expect(page.items.length === limit || page.next_cursor === null).toBe(true);
          seen.push(...page.items);
          cursor = page.next_cursor;
        }
        expect(seen).toEqual(sorted);
      }),
    );
  });
});
