import type { Fail } from './publishing';

/** Fails at the first difference between two lists, naming it. */
export function sameList(
  fail: Fail,
  promise: string,
  what: string,
  got: readonly unknown[],
  expected: readonly unknown[],
) {
  const length = Math.max(got.length, expected.length);
  for (let i = 0; i < length; i++) {
    const [is, should] = [text(got[i]), text(expected[i])];
    if (is === should) continue;
    return fail(promise, `${what}, item ${i} of ${got.length}: ${is}, expected ${should}`);
  }
}

const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
