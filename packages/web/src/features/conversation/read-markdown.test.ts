import { expect, test } from 'bun:test';
import { partsOf } from './parts';
import { tokensOf } from './read-markdown';

/** As long as a text may be. */
const LENGTH = 10_000;
const full = (text: string) => text.repeat(Math.ceil(LENGTH / text.length)).slice(0, LENGTH);

test.each([
  ['quotes', full('>')],
  ['quotes with spaces', full('> ')],
  ['lists', full('- ')],
  ['numbered lists', full('1. ')],
  ['lists of all kinds', full('+ - * ')],
  ['lists in quotes', full('> - ')],
  ['lists that go in line by line', indented(40)],
  ['emphases', `${'*'.repeat(LENGTH / 2 - 1)}a${'*'.repeat(LENGTH / 2)}`],
  ['emphases in a cell', `|a|\n|-|\n|${'*'.repeat(300)}a${'*'.repeat(300)}|`],
  ['emphases in a head', `|${'*'.repeat(300)}a${'*'.repeat(300)}|\n|-|\n|a|`],
])('%s without end are shown as they were typed', (_, text) => {
  expect(tokensOf(text)).toBeNull();
});

function indented(depth: number): string {
  return Array.from({ length: depth }, (_, level) => `${'  '.repeat(level)}- a`).join('\n');
}

test('what people nest is formatted', () => {
  expect(tokensOf(indented(8))).not.toBeNull();
  expect(tokensOf('|a|b|\n|-|-|\n|**c**|d|')?.map(({ type }) => type)).toEqual(['table']);
  expect(tokensOf('> > > - a\n> > >   - **b _c ~~d~~_**')).not.toBeNull();
  expect(tokensOf(`${'-'.repeat(60)}\n${'>'.repeat(6)} a\n${'* '.repeat(20)}`)).not.toBeNull();
});

test('a paragraph of very many emphases has none, and others in the same text have', () => {
  const [first, , second] = tokensOf(`${full('_*a')}\n\n**b**`) ?? [];
  const typesOf = (token: unknown) =>
    new Set((token as { tokens: { type: string }[] }).tokens.map(({ type }) => type));
  expect(typesOf(first)).toEqual(new Set(['text']));
  expect(typesOf(second)).toEqual(new Set(['strong']));
});

test('an address with punctuation without end is trimmed at once', () => {
  for (const end of [')', ']', '.', '!?', '*_']) {
    const [part] = partsOf(`https://a.example/x${full(end)}`, () => false);
    expect(part).toMatchObject({ kind: 'link', text: 'https://a.example/x' });
  }
});

/**
 * Milliseconds of the processor for all: a text that takes the square of its length takes seconds. By the
 * clock it may be long on a busy machine.
 */
const PATIENCE_MS = 2_000;

test('no text takes long to be read', () => {
  const hostile = [
    '_*a',
    '*a_',
    '*a.*',
    '__a',
    '*a ',
    '[a](',
    '![',
    '[a](<b',
    '`a``',
    '~~a',
    '|a',
    '<a@',
  ];
  const texts = [...hostile.map(full), `${full('a')}@`, `https://a${full(')')}`];
  const start = process.cpuUsage();
  for (const text of texts) {
    tokensOf(text);
    partsOf(text, () => false);
  }
  const { user, system } = process.cpuUsage(start);
  expect((user + system) / 1000).toBeLessThan(PATIENCE_MS);
});
