import { describe, expect, test } from 'bun:test';
import { release } from './release';

describe('a piece of a body', () => {
  test('takes no memory once it is released', () => {
    const piece = new Uint8Array(1_000);
    release(piece);
    expect(piece.buffer.byteLength).toBe(0);
  });

  test.each([
    ['beginning', 0, 500],
    ['middle', 250, 750],
    ['end', 500, 1_000],
  ])('that is the %s of something larger leaves the rest as it is', (_, from, to) => {
    const whole = new Uint8Array(1_000).fill(7);
    release(whole.subarray(from, to));
    expect(whole).toEqual(new Uint8Array(1_000).fill(7));
  });
});
