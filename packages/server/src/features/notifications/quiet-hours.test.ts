import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { isQuiet, NO_QUIET_HOURS, presentQuietHours, readQuietHours } from './quiet-hours';

const at = (time: string) => Date.parse(`2026-07-01T${time}:00.000Z`);
const hours = (quiet_from: string | null, quiet_to: string | null, time_zone = 'UTC') => ({
  ...NO_QUIET_HOURS,
  ...readQuietHours({ quiet_from, quiet_to, time_zone }),
});

describe('quiet hours', () => {
  test.each([
    ['22:00', '07:00', '21:59', false],
    ['22:00', '07:00', '22:00', true],
    ['22:00', '07:00', '00:00', true],
    ['22:00', '07:00', '06:59', true],
    ['22:00', '07:00', '07:00', false],
    ['12:00', '13:30', '11:59', false],
    ['12:00', '13:30', '12:00', true],
    ['12:00', '13:30', '13:29', true],
    ['12:00', '13:30', '13:30', false],
    ['00:00', '00:00', '12:00', true],
    ['09:00', '09:00', '03:00', true],
  ])('from %s to %s, at %s: %p', (from, to, time, quiet) => {
    expect(isQuiet(hours(from, to), at(time))).toBe(quiet);
  });

  test('are none unless they are set', () => {
    expect(isQuiet(hours(null, null), at('00:00'))).toBe(false);
  });

  test('are of the user’s time zone, in summer and winter', () => {
    const berlin = hours('22:00', '07:00', 'Europe/Berlin');
    expect(isQuiet(berlin, at('20:00'))).toBe(true);
    expect(isQuiet(berlin, at('05:00'))).toBe(false);
    expect(isQuiet(berlin, Date.parse('2026-12-01T20:30:00.000Z'))).toBe(false);
    expect(isQuiet(berlin, Date.parse('2026-12-01T05:30:00.000Z'))).toBe(true);
    expect(isQuiet(hours('22:00', '07:00', 'Asia/Kathmandu'), at('16:14'))).toBe(false);
    expect(isQuiet(hours('22:00', '07:00', 'Asia/Kathmandu'), at('16:15'))).toBe(true);
  });

  test('are shown as they were set', () => {
    const two = (n: number) => String(n).padStart(2, '0');
    const time = fc
      .tuple(fc.nat({ max: 23 }), fc.nat({ max: 59 }))
      .map(([hour, minute]) => `${two(hour)}:${two(minute)}`);
    fc.assert(
      fc.property(time, time, (quiet_from, quiet_to) => {
        const settings = { quiet_from, quiet_to, time_zone: 'Europe/Berlin' };
        expect(presentQuietHours(hours(quiet_from, quiet_to, 'Europe/Berlin'))).toEqual(settings);
      }),
    );
  });
});
