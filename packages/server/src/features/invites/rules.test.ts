import { describe, expect, test } from 'bun:test';
import { randomBytes } from 'node:crypto';
import { CODE_BYTES, hasExpired, isCode, isUsedUp, mustBeGood } from './rules';

const terms = (more: object = {}) => ({ expires_at: null, max_uses: null, uses: 0, ...more });

describe('an invitation', () => {
  test('without terms is good for ever', () => {
    expect(() =>
      mustBeGood(terms({ uses: 1_000_000 }), false, Number.MAX_SAFE_INTEGER),
    ).not.toThrow();
  });

  test('expires at its very millisecond', () => {
    expect(hasExpired(terms({ expires_at: 10 }), 9)).toBe(false);
    expect(hasExpired(terms({ expires_at: 10 }), 10)).toBe(true);
  });

  test('is used up after as many uses as it allows', () => {
    expect(isUsedUp(terms({ max_uses: 2, uses: 1 }))).toBe(false);
    expect(isUsedUp(terms({ max_uses: 2, uses: 2 }))).toBe(true);
  });

  test('that is used up is good for members alone, and an expired one for nobody', () => {
    const usedUp = terms({ max_uses: 1, uses: 1 });
    expect(() => mustBeGood(usedUp, true, 0)).not.toThrow();
    expect(() => mustBeGood(usedUp, false, 0)).toThrow('not good any more');
    expect(() => mustBeGood(terms({ expires_at: 1 }), true, 1)).toThrow('not good any more');
  });
});

test('a code has at least 128 bits, and anything else is none', () => {
  expect(CODE_BYTES * 8).toBeGreaterThanOrEqual(128);
  expect(isCode(randomBytes(CODE_BYTES).toString('base64url'))).toBe(true);
  for (const text of [
    '',
    'x',
    'a'.repeat(23),
    'a'.repeat(25),
    `${'a'.repeat(23)}\u0000`,
    `${'a'.repeat(23)}=`,
  ]) {
    expect(isCode(text)).toBe(false);
  }
});
