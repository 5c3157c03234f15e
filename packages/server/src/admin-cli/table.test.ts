import { expect, test } from 'bun:test';
import { details, table } from './table';

test('columns are as wide as they need to be', () => {
  const text = table(
    ['ID', 'NAME'],
    [
      [1, 'ann'],
      [200, null],
    ],
  );
  expect(text).toBe('ID   NAME\n1    ann\n200  -\n');
});

test('what would move a terminal’s cursor is not shown', () => {
  expect(table(['A'], [['x\u001b[2Jy\nz\u202e']])).toBe('A\nx [2Jy z\n');
});

test('long texts are cut', () => {
  const [, row = ''] = table(['A'], [['x'.repeat(100)]]).split('\n');
  expect(row).toBe(`${'x'.repeat(59)}…`);
});

test('details are a line each', () => {
  expect(details({ id: 1, name: 'ann' })).toBe('id    1\nname  ann\n');
});
