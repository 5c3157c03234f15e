import { expect, test } from 'bun:test';
import { comingTimeOf, regional } from './dates';

const now = new Date(2026, 10, 20, 12);
const words = (...at: [number, number, number, number, number]) =>
  // Between a time and AM or PM stands a narrow space.
  comingTimeOf(new Date(...at).toISOString(), now).replace(/\s/g, ' ');

test('a time to come is told as shortly as it can be understood', () => {
  expect(words(2026, 10, 20, 17, 30)).toBe('5:30 PM');
  expect(words(2026, 10, 21, 8, 0)).toBe('tomorrow, 8:00 AM');
  expect(words(2026, 10, 23, 8, 0)).toStartWith('Monday');
  expect(words(2026, 10, 27, 12, 0)).toMatch(/^November 27 at 12:00 PM$/);
  expect(words(2027, 0, 2, 12, 0)).toMatch(/^January 2, 2027 at 12:00 PM$/);
});

test.each([
  ['en', ['en-GB', 'en'], 'en-GB'],
  ['en', ['de-AT', 'en-US'], 'en-US'],
  ['de', ['en-US'], 'de'],
  ['zh', ['zh-TW', 'zh-CN'], 'zh-CN'],
  ['zh', ['zh-TW'], 'zh'],
])('dates in %j of a browser that speaks %j are written as in %j', (code, spoken, tag) => {
  expect(regional(code, spoken)).toBe(tag);
});
