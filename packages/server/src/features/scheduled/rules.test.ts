import { expect, test } from 'bun:test';
import { timeOf } from './rules';

const NOW = Date.parse('2026-11-20T12:00:00.000Z');

test.each([
  ['2026-11-20T12:00:00.000Z', 0],
  ['2026-11-20T11:59:00Z', -60_000],
  ['2026-11-20T14:00:00+02:00', 0],
  ['2027-11-20T12:00:00.000Z', 365 * 86_400_000],
])('%s is a time to send at', (text, ahead) => expect(timeOf(text, NOW) - NOW).toBe(ahead));

test.each([
  ['2026-11-20T11:58:59.999Z', 'past'],
  ['2027-11-20T12:00:00.001Z', 'a year ahead'],
])('%s is not', (text, why) => expect(() => timeOf(text, NOW)).toThrow(why));
