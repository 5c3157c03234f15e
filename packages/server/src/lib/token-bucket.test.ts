import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { ManualClock } from '../testing/manual-clock';
import { TokenBuckets } from './token-bucket';

describe('a token bucket', () => {
  test('allows its burst at once, then its rate, and says how long to wait', () => {
    const clock = new ManualClock();
    const buckets = new TokenBuckets<string>({ rate: 20, burst: 60 }, clock.now);
    for (let i = 0; i < 60; i++) expect(buckets.take('ann')).toBe(0);
    expect(buckets.take('ann')).toBeCloseTo(0.05);
    clock.advance(49);
    expect(buckets.take('ann')).toBeGreaterThan(0);
    clock.advance(1);
    expect(buckets.take('ann')).toBe(0);
    expect(buckets.take('ann')).toBeGreaterThan(0);
    expect(buckets.take('bob')).toBe(0);
  });

  test('does not save up more than its burst', () => {
    const clock = new ManualClock();
    const buckets = new TokenBuckets<string>({ rate: 1, burst: 3 }, clock.now);
    clock.leap(86_400_000);
    expect([1, 2, 3, 4].map(() => buckets.take('ann') === 0)).toEqual([true, true, true, false]);
  });

  test('in any time allows at most burst plus rate times that time', () => {
    const steps = fc.array(fc.nat(200), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(
        steps,
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 20 }),
        (waits, rate, burst) => {
          const clock = new ManualClock(0);
          const buckets = new TokenBuckets<number>({ rate, burst }, clock.now);
          let allowed = 0;
          for (const wait of waits) {
            clock.advance(wait);
            if (buckets.take(1) === 0) allowed++;
          }
          expect(allowed).toBeLessThanOrEqual(burst + (clock.now() / 1000) * rate + 1e-6);
        },
      ),
    );
  });

  test('whoever waits as long as was said is let through', () => {
    const clock = new ManualClock();
    const buckets = new TokenBuckets<number>({ rate: 7, burst: 2 }, clock.now);
    let wait = 0;
    for (let i = 0; i < 10; i++) wait = buckets.take(1);
    clock.advance(Math.ceil(wait * 1000));
    expect(buckets.take(1)).toBe(0);
  });
});
