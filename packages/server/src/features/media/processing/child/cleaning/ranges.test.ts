import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { gaps } from './ranges';

const RANGES = fc.array(
  fc.tuple(fc.nat(30), fc.nat(10)).map(([start, length]) => ({ start, end: start + length })),
);

test('what is named once or more, and nothing that is to be left, comes once and in order', () => {
  const places = (ranges: readonly { start: number; end: number }[]) =>
    ranges.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, i) => start + i));
  fc.assert(
    fc.property(RANGES, RANGES, (from, without) => {
      const left = new Set(places(without));
      const wanted = [...new Set(places(from))].filter((place) => !left.has(place));
      expect(places(gaps(from, without))).toEqual(wanted.sort((a, b) => a - b));
    }),
    { seed: 20_261_126 },
  );
});
