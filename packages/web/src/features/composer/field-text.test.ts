import { expect, test } from 'bun:test';
import { type Change, toggleMark, tokenAt } from './field-text';

const apply = (text: string, { from, to, insert }: Change) =>
  text.slice(0, from) + insert + text.slice(to);

test('marks go around what is selected, and away again', () => {
  const bold = toggleMark({ text: 'all is well', start: 4, end: 6 }, '**');
  expect(apply('all is well', bold)).toBe('all **is** well');
  expect(bold.select).toEqual([6, 8]);
  const plain = toggleMark({ text: 'all **is** well', start: 6, end: 8 }, '**');
  expect(apply('all **is** well', plain)).toBe('all is well');
  expect(plain.select).toEqual([4, 6]);
});

test('with nothing selected the caret stands between the marks', () => {
  const code = toggleMark({ text: 'say ', start: 4, end: 4 }, '`');
  expect(apply('say ', code)).toBe('say ``');
  expect(code.select).toEqual([5, 5]);
});

test('what is bold is not taken for italic', () => {
  const text = '**is**';
  expect(apply(text, toggleMark({ text, start: 2, end: 4 }, '*'))).toBe('***is***');
});

test('a mark at the very start or end is no pair', () => {
  for (const [text, start, end] of [
    ['*is', 1, 3],
    ['is*', 0, 2],
    ['*', 1, 1],
  ] as const) {
    expect(toggleMark({ text, start, end }, '*').insert.startsWith('*')).toBe(true);
  }
});

test('names are completed where a word begins', () => {
  expect(tokenAt('hello @an', 9)).toEqual({ kind: 'mention', from: 6, word: 'an' });
  expect(tokenAt('@', 1)).toEqual({ kind: 'mention', from: 0, word: '' });
  expect(tokenAt('(@Ben.x and', 7)).toEqual({ kind: 'mention', from: 1, word: 'ben.x' });
  expect(tokenAt('ann@example', 11)).toBeNull();
  expect(tokenAt('@ann is', 7)).toBeNull();
});

test('emoji are completed from their second letter on, and times of day are not', () => {
  expect(tokenAt('oh :smi', 7)).toEqual({ kind: 'emoji', from: 3, word: 'smi' });
  expect(tokenAt('oh :s', 5)).toBeNull();
  expect(tokenAt('at 10:30', 8)).toBeNull();
  expect(tokenAt('https://x', 9)).toBeNull();
});
