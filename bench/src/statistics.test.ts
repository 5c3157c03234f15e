import { describe, expect, test } from 'bun:test';
import { median, medianRatio, quantile } from './statistics';

describe('statistics', () => {
  test('a median is the middle, or between the two middles', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([])).toBeNaN();
  });

  test('a quantile is one of the values', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => i + 1);
    expect(quantile(hundred, 0.5)).toBe(50);
    expect(quantile(hundred, 0.99)).toBe(99);
    expect(quantile(hundred, 1)).toBe(100);
    expect(quantile([7], 0.01)).toBe(7);
  });

  test('a ratio is taken within each round before the median', () => {
    expect(medianRatio([10, 1, 8], [5, 1, 2])).toBe(2);
  });
});
