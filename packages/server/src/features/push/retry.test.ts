import { describe, expect, test } from 'bun:test';
import { RETRY, readRetryAfter, retryDelay } from './retry';

describe('the delay before the next attempt', () => {
  test('doubles, to a limit, with jitter from half to the whole', () => {
    expect(retryDelay(1, 0, 0, 1)).toBe(1000);
    expect(retryDelay(1, 0, 0, 0)).toBe(500);
    expect(retryDelay(4, 0, 0, 1)).toBe(8000);
    expect(retryDelay(9, 0, 0, 1)).toBe(256_000);
  });

  test('comes on top of what the provider asked for', () => {
    expect(retryDelay(1, 0, 60_000, 1)).toBe(61_000);
  });

  test('ends after so many attempts, and when it would be too late', () => {
    expect(retryDelay(RETRY.attempts, 0, 0, 1)).toBeUndefined();
    expect(retryDelay(1, RETRY.ageMs - 1001, 0, 1)).toBe(1000);
    expect(retryDelay(1, RETRY.ageMs - 999, 0, 1)).toBeUndefined();
    expect(retryDelay(1, 0, RETRY.ageMs, 0)).toBeUndefined();
  });
});

test('Retry-After is seconds or a date; nonsense is none', () => {
  const now = Date.parse('2026-11-20T12:00:00Z');
  expect(readRetryAfter('120', now)).toBe(120_000);
  expect(readRetryAfter('Fri, 20 Nov 2026 12:00:30 GMT', now)).toBe(30_000);
  expect(readRetryAfter('Fri, 20 Nov 2026 11:00:00 GMT', now)).toBe(0);
  for (const header of [null, '', 'soon', '-5']) {
    expect([header, readRetryAfter(header, now)]).toEqual([header, undefined]);
  }
});
