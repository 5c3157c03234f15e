import { expect, test } from 'bun:test';
import { rowsInView } from './use-row-window';

const at = (scrolled: number, count = 1_000) =>
  rowsInView({ count, rowHeight: 68, scrolled, height: 680 });

test('only the rows in view and some beside them are made', () => {
  expect(at(0)).toEqual({ first: 0, end: 20 });
  expect(at(68 * 500)).toEqual({ first: 490, end: 520 });
  expect(at(68 * 990)).toEqual({ first: 980, end: 1_000 });
});

test('a list that became shorter than it is scrolled has rows still', () => {
  expect(at(68 * 500, 30)).toEqual({ first: 30, end: 30 });
  expect(at(68 * 20, 30)).toEqual({ first: 10, end: 30 });
  expect(at(0, 0)).toEqual({ first: 0, end: 0 });
});
