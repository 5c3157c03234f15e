import { expect, test } from 'bun:test';
import { matches } from './matches';

test('words are marked where they begin alike, whatever their case, each once', () => {
  expect(matches('The Mountain, the mountains!', 'mount the')).toEqual([
    [0, 3],
    [4, 5],
    [14, 3],
    [18, 5],
  ]);
});

test('nothing is marked within a word, nor for signs alone', () => {
  expect(matches('fountain', 'mount')).toEqual([]);
  expect(matches('a + b', '+ .')).toEqual([]);
});

test('where a script does not part words, characters are found by themselves', () => {
  expect(matches('明天去爬山', '爬山')).toEqual([
    [3, 1],
    [4, 1],
  ]);
});

test('places are of the text as it is, though small letters may be longer', () => {
  const text = 'İİ tea';
  const [[start, length] = [0, 0]] = matches(text, 'tea');
  expect(text.slice(start, start + length)).toBe('tea');
});
