import { expect, test } from 'bun:test';
import { muteTimes } from './mute-times';

const HOUR_MS = 3_600_000;

test('a chat is muted by the clock here, or for good', () => {
  const now = new Date(2026, 11, 31, 22, 30);
  const [hour, hours, morning, week, good] = muteTimes(now).map(({ until }) => until);
  expect(hour?.getTime()).toBe(now.getTime() + HOUR_MS);
  expect(hours?.getTime()).toBe(now.getTime() + 8 * HOUR_MS);
  expect(morning).toEqual(new Date(2027, 0, 1, 8));
  expect(week?.getTime()).toBe(now.getTime() + 7 * 24 * HOUR_MS);
  expect(good).toBeNull();
});

test('the next morning is that of the next day, also after midnight', () => {
  const [, , morning] = muteTimes(new Date(2026, 10, 20, 0, 5));
  expect(morning?.until).toEqual(new Date(2026, 10, 21, 8));
});
