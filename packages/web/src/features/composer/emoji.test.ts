import { expect, test } from 'bun:test';
import { EMOJI_GROUPS, findEmoji } from './emoji-data';
import { inTone } from './emoji-tone';

test('emoji are found by the beginnings of words of their names', () => {
  expect(findEmoji('thumbs up')[0]?.[0]).toBe('👍');
  expect(findEmoji('rocket')[0]?.[0]).toBe('🚀');
  expect(findEmoji('smil', 5)).toHaveLength(5);
  expect(findEmoji('no such thing')).toEqual([]);
});

test('all groups are there, and no emoji twice', () => {
  const all = EMOJI_GROUPS.flatMap(({ emojis }) => emojis.map(([emoji]) => emoji));
  expect(EMOJI_GROUPS).toHaveLength(9);
  expect(all.length).toBeGreaterThan(1_800);
  expect(new Set(all).size).toBe(all.length);
});

test('a tone of skin goes to people, not to what they hold', () => {
  expect(inTone('👋', '🏽')).toBe('👋🏽');
  expect(inTone('✌️', '🏽')).toBe('✌🏽');
  expect(inTone('👩‍🚀', '🏿')).toBe('👩🏿‍🚀');
  expect(inTone('🤝', '🏽')).toBe('🤝🏽');
  expect(inTone('🧑‍🤝‍🧑', '🏽')).toBe('🧑🏽‍🤝‍🧑🏽');
  expect(inTone('👋', '')).toBe('👋');
});
