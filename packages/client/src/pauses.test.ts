import { expect, test } from 'bun:test';
import { pauseMs } from './pauses';

test('each failure waits twice as long, up to half a minute', () => {
  const waited = [1, 2, 3, 5, 6, 40].map((failures) => pauseMs({}, failures, 1));
  expect(waited).toEqual([1_000, 2_000, 4_000, 16_000, 30_000, 30_000]);
});

test('nobody waits less than half of it', () => {
  expect([1, 3].map((failures) => pauseMs({}, failures, 0))).toEqual([500, 2_000]);
});

test('what the server asks for is waited, and a little more', () => {
  expect([0, 1].map((random) => pauseMs({ retryAfter: 5 }, 1, random))).toEqual([5_000, 6_000]);
});
