import { expect, test } from 'bun:test';
import { plainLine } from './plain-line';

test.each([
  ['a\n\n  b', 'a b'],
  ['**bold** and ~~gone~~ and `code`', 'bold and gone and code'],
  ['> quoted\n- one\n- two', 'quoted one two'],
  ['# Heading', 'Heading'],
  ['```ts\nconst a = 1;\n```', 'const a = 1;'],
  ['see [the plan](https://example.org/a)', 'see the plan'],
  ['*quiet light* and _soft_', 'quiet light and soft'],
  ['2*3*4 and * and *', '2*3*4 and * and *'],
  ['2 ** 3 ** 4 = x', '2 ** 3 ** 4 = x'],
  ['snake_case_name and __init__', 'snake_case_name and init'],
  ['#tag', '#tag'],
])('%j is shown as %j', (text, shown) => {
  expect(plainLine(text)).toBe(shown);
});

test('a long text costs no more than a short one', () => {
  expect(plainLine('x'.repeat(100_000))).toHaveLength(200);
});
