import { describe, expect, test } from 'bun:test';
import { isMutedAt, presentMute, wantedMute, withWanted } from './mute';

const NOW = Date.parse('2026-11-20T12:00:00.000Z');
const YEAR_MS = 365 * 24 * 3600 * 1000;
const in1h = NOW + 3_600_000;
const text = (ms: number) => new Date(ms).toISOString();

const unmuted = { isMuted: false, mutedUntil: null };
const forGood = { isMuted: true, mutedUntil: null };
const forAnHour = { isMuted: true, mutedUntil: in1h };

describe('a mute', () => {
  test('lasts up to its end, and not at that very moment', () => {
    expect(isMutedAt(forAnHour, in1h - 1)).toBe(true);
    expect(isMutedAt(forAnHour, in1h)).toBe(false);
    expect(isMutedAt(forAnHour, in1h + 1)).toBe(false);
  });

  test('without an end lasts', () => {
    expect(isMutedAt(forGood, Number.MAX_SAFE_INTEGER)).toBe(true);
    expect(isMutedAt(unmuted, NOW)).toBe(false);
  });

  test('that has ended shows as none', () => {
    expect(presentMute(forAnHour, in1h - 1)).toEqual({ is_muted: true, muted_until: text(in1h) });
    expect(presentMute(forAnHour, in1h)).toEqual({ is_muted: false, muted_until: null });
    expect(presentMute(forGood, NOW)).toEqual({ is_muted: true, muted_until: null });
  });
});

describe('what a request asks for', () => {
  const ended = { isMuted: true, mutedUntil: NOW };
  test.each([
    [{}, undefined, [unmuted, forGood, forAnHour, ended]],
    [{ is_muted: true }, forGood, [forGood, forGood, forGood, forGood]],
    [{ is_muted: false }, unmuted, [unmuted, unmuted, unmuted, unmuted]],
    [{ is_muted: true, muted_until: null }, forGood, [forGood, forGood, forGood, forGood]],
    [{ is_muted: false, muted_until: null }, unmuted, [unmuted, unmuted, unmuted, unmuted]],
    [{ muted_until: null }, { mutedUntil: null }, [unmuted, forGood, forGood, unmuted]],
    [{ muted_until: text(in1h) }, forAnHour, [forAnHour, forAnHour, forAnHour, forAnHour]],
    [{ is_muted: true, muted_until: text(in1h) }, forAnHour, [forAnHour]],
    [{ muted_until: '2026-11-20T14:00:00+01:00' }, forAnHour, [forAnHour]],
  ])('%j', (body, wanted, [ofUnmuted, ...others]) => {
    const asked = wantedMute(body, NOW);
    expect(asked).toEqual(wanted);
    expect(withWanted(unmuted, asked, NOW)).toEqual(ofUnmuted as never);
    const befores = [forGood, forAnHour, ended];
    others.forEach((other, i) => {
      expect(withWanted(befores[i] as typeof forGood, asked, NOW)).toEqual(other);
    });
  });

  test.each([
    [{ muted_until: text(NOW) }, 'past'],
    [{ muted_until: text(NOW - 1) }, 'past'],
    [{ muted_until: text(NOW + YEAR_MS + 1) }, 'a year ahead'],
    [{ is_muted: false, muted_until: text(in1h) }, 'where is_muted is false'],
  ])('is refused: %j', (body, why) => {
    expect(() => wantedMute(body, NOW)).toThrow(why);
  });

  test('may be almost over, or a whole year', () => {
    expect(wantedMute({ muted_until: text(NOW + 1) }, NOW)?.mutedUntil).toBe(NOW + 1);
    expect(wantedMute({ muted_until: text(NOW + YEAR_MS) }, NOW)?.mutedUntil).toBe(NOW + YEAR_MS);
  });
});
