import { expect, test } from 'bun:test';
import { isShared, letsBeRead } from './rules';

const AUDIENCES = ['everyone', 'contacts', 'nobody'] as const;

test.each([
  ['everyone', 'everyone', true, true],
  ['everyone', 'contacts', false, true],
  ['everyone', 'nobody', false, false],
  ['contacts', 'contacts', false, true],
  ['contacts', 'nobody', false, false],
  ['nobody', 'nobody', false, false],
] as const)('%s and %s: strangers %p, contacts %p', (one, other, strangers, contacts) => {
  for (const [a, b] of [
    [one, other],
    [other, one],
  ] as const) {
    expect(isShared(a, b, () => false)).toBe(strangers);
    expect(isShared(a, b, () => true)).toBe(contacts);
  }
});

test('a group is read where all show it to everyone, a direct chat where neither hides it', () => {
  expect(AUDIENCES.map((audience) => letsBeRead('group', audience))).toEqual([true, false, false]);
  expect(AUDIENCES.map((audience) => letsBeRead('direct', audience))).toEqual([true, true, false]);
});
