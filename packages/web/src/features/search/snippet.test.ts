import { expect, test } from 'bun:test';
import { partsOf } from './snippet';

const marked = (text: string, ranges: [number, number][]) =>
  partsOf(text, ranges)
    .map((part) => (part.isMatch ? `[${part.text}]` : part.text))
    .join('');

test.each([
  ['Who is in for Saturday?', [[14, 8]], 'Who is in for [Saturday]?'],
  [
    'tea and tea',
    [
      [0, 3],
      [8, 3],
    ],
    '[tea] and [tea]',
  ],
  ['whole', [[0, 5]], '[whole]'],
  ['<b>none</b>', [], '<b>none</b>'],
  ['👍🏽 yes', [[0, 4]], '[👍🏽] yes'],
  ['', [], ''],
] as [string, [number, number][], string][])('%j with %j is %j', (text, ranges, expected) => {
  expect(marked(text, ranges)).toBe(expected);
});
