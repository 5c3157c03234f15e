import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { wantedRange } from './range';

const part = (start: number, end: number) => ({ kind: 'part', range: { start, end } }) as const;
const WHOLE = { kind: 'whole' } as const;
const UNSATISFIABLE = { kind: 'unsatisfiable' } as const;

describe('a Range header', () => {
  test.each([
    [null, 10, WHOLE],
    ['bytes=0-0', 10, part(0, 0)],
    ['bytes=2-4', 10, part(2, 4)],
    ['bytes=2-', 10, part(2, 9)],
    ['bytes=-3', 10, part(7, 9)],
    ['bytes=-30', 10, part(0, 9)],
    ['bytes=2-99999999999999999999999', 10, part(2, 9)],
    ['BYTES=2-4', 10, part(2, 4)],
    [' bytes = 2 - 4 ', 10, part(2, 4)],
    ['bytes=9-9', 10, part(9, 9)],
    ['bytes=10-', 10, UNSATISFIABLE],
    ['bytes=99999999999999999999999-', 10, UNSATISFIABLE],
    ['bytes=-0', 10, UNSATISFIABLE],
    ['bytes=0-', 0, UNSATISFIABLE],
    ['bytes=-5', 0, WHOLE],
    ['bytes=4-2', 10, WHOLE],
    ['bytes=0-1,3-4', 10, WHOLE],
    ['bytes=0-1,', 10, WHOLE],
    ['bytes=-', 10, WHOLE],
    ['bytes=', 10, WHOLE],
    ['bytes=a-b', 10, WHOLE],
    ['bytes=1.5-2', 10, WHOLE],
    ['bytes=+1-2', 10, WHOLE],
    ['bytes=1-2-3', 10, WHOLE],
    ['bytes=--3', 10, WHOLE],
    ['lines=1-2', 10, WHOLE],
    ['1-2', 10, WHOLE],
    ['', 10, WHOLE],
  ])('%j of %i bytes', (header, size, expected) => {
    expect(wantedRange(header, size)).toEqual(expected);
  });

  test('never wants what is not in the file', () => {
    const piece = fc.oneof(fc.nat(2000).map(String), fc.constantFrom('', '-', ',', ' ', 'x'));
    const header = fc.array(piece, { maxLength: 4 }).map((pieces) => `bytes=${pieces.join('')}`);
    fc.assert(
      fc.property(fc.oneof(header, fc.string()), fc.nat(1500), (text, size) => {
        const wanted = wantedRange(text, size);
        if (wanted.kind !== 'part') return;
        const { start, end } = wanted.range;
        expect(start).toBeWithin(0, size);
        expect(end).toBeWithin(start, size);
      }),
      { numRuns: 2000 },
    );
  });

  test('wants what a slice of the file gives', () => {
    fc.assert(
      fc.property(fc.nat(300), fc.nat(300), fc.integer({ min: 1, max: 200 }), (a, b, size) => {
        const content = Array.from({ length: size }, (_, at) => at);
        const wanted = wantedRange(`bytes=${a}-${b}`, size);
        const given =
          wanted.kind === 'part' ? content.slice(wanted.range.start, wanted.range.end + 1) : [];
        if (a <= b) expect(given).toEqual(content.slice(a, b + 1));
        else expect(wanted.kind).toBe(a < size ? 'whole' : 'unsatisfiable');
      }),
    );
  });
});
