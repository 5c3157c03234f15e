import { expect, test } from 'bun:test';
import { disappearingWords, inWords } from './telling';

test.each([
  [1, '1 second'],
  [5, '5 seconds'],
  [60, '1 minute'],
  [90, '90 seconds'],
  [3600, '1 hour'],
  [86_400, '1 day'],
  [604_800, '1 week'],
  [31_536_000, '365 days'],
])('%d seconds are %s', (seconds, words) => expect(inWords(seconds)).toBe(words));

test('never is not after 0 weeks', () => {
  expect(disappearingWords(0)).toBe('turned disappearing messages off');
  expect(disappearingWords(3600)).toBe('made new messages disappear after 1 hour');
});
