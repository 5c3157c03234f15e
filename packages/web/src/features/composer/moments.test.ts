import { expect, test } from 'bun:test';
import { atHour, localText, nextMonday } from './moments';

test('moments are written by the clock here', () => {
  expect(localText(new Date(2026, 0, 5, 9, 7))).toBe('2026-01-05T09:07');
  expect(localText(atHour(new Date(2026, 11, 31, 23), 1, 9))).toBe('2027-01-01T09:00');
});

test('next Monday is never today', () => {
  // 2026-11-23 is a Monday.
  for (const [day, monday] of [
    [22, 23],
    [23, 30],
    [24, 30],
    [28, 30],
  ] as const) {
    expect(localText(nextMonday(new Date(2026, 10, day, 12)))).toBe(`2026-11-${monday}T09:00`);
  }
});
