import { expect, test } from 'bun:test';
import { localDay, readMoment, readSpan, spanWords } from './times';

/** Some noon, on the clock of whatever machine runs this. */
const NOON = new Date(2026, 10, 20, 12, 0).getTime();
const at = (...parts: [number, number, number, number, number]) => new Date(...parts);

test('a span is a number and a unit', () => {
  expect(['90s', '10m', '2h', '7d', '4w'].map(readSpan)).toEqual([
    90, 600, 7_200, 604_800, 2_419_200,
  ]);
  for (const text of ['', '10', 'm', '1.5h', '-1h', '10 m', '1h30m', '9999999999s']) {
    expect(readSpan(text)).toBeNull();
  }
});

test('a day is one of the local calendar', () => {
  expect(localDay(at(2026, 0, 5, 0, 1).toISOString())).toBe('2026-01-05');
  expect(localDay(at(2026, 11, 24, 23, 59).toISOString())).toBe('2026-12-24');
});

test('a span is said in its largest whole unit', () => {
  const spans = [90, 600, 7_200, 86_400, 604_800, 5_400].map(spanWords);
  expect(spans).toEqual(['90s', '10m', '2h', '1d', '1w', '90m']);
});

test('a moment is a span from now, a time of day, or that of a day', () => {
  expect(readMoment('10m', NOON)).toEqual(at(2026, 10, 20, 12, 10));
  expect(readMoment('18:30', NOON)).toEqual(at(2026, 10, 20, 18, 30));
  expect(readMoment('9:05', NOON)).toEqual(at(2026, 10, 21, 9, 5));
  expect(readMoment('12:00', NOON)).toEqual(at(2026, 10, 21, 12, 0));
  expect(readMoment('2026-12-24T18:30', NOON)).toEqual(at(2026, 11, 24, 18, 30));
  for (const text of ['', 'soon', '24:00', '12:60', '2026-13-01T10:00', '2026-12-24']) {
    expect(readMoment(text, NOON)).toBeNull();
  }
});
