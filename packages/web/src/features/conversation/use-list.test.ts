import { describe, expect, test } from 'bun:test';
import type { Row } from './rows';
import { stepTo } from './use-list';

const rowsOf = (text: string): Row[] => [...text].map((key) => ({ key }) as Row);
const keys = (rows: readonly Row[]) => rows.map((row) => row.key).join('');

/** What the list is given on the way from one to the other, with a mark where its start moves. */
function steps(from: string, to: string): string[] {
  const rows = rowsOf(to);
  let shown = stepTo({ list: 1, rows: rowsOf(from), shift: false }, 1, rows);
  const seen = [];
  for (;;) {
    seen.push(`${shown.shift ? '<' : ''}${keys(shown.rows)}`);
    if (shown.rows === rows) return seen;
    shown = stepTo(shown, 1, rows);
  }
}

describe('the list', () => {
  test('learns of older rows as such', () => {
    expect(steps('cd', 'abcd')).toEqual(['<abcd']);
    expect(steps('abcd', 'cd')).toEqual(['<cd']);
  });

  test('learns of newer rows as such', () => {
    expect(steps('ab', 'abcd')).toEqual(['abcd']);
    expect(steps('abcd', 'ab')).toEqual(['ab']);
    expect(steps('', 'ab')).toEqual(['ab']);
  });

  test('learns of both one after the other', () => {
    expect(steps('cd', 'abcde')).toEqual(['<abcd', 'abcde']);
  });

  test('starts anew where nothing is the same', () => {
    expect(steps('ab', 'xy')).toEqual(['xy']);
    const other = stepTo({ list: 1, rows: rowsOf('cd'), shift: false }, 2, rowsOf('abcd'));
    expect(other.shift).toBe(false);
  });
});
