import { expect, test } from 'bun:test';
import { limitBy, tooMany } from './limit';

test('a limit says what is too much and how long to wait', () => {
  const limit = limitBy<number>({ rate: 20 / 3600, burst: 1 }, 'reports', () => 0, true);
  limit(1);
  limit(2);
  expect(() => limit(1)).toThrow('Too many reports. Try again in 3 minutes.');
});

test.each([
  [0.05, '1 second'],
  [1.2, '2 seconds'],
  [90, '90 seconds'],
  [91, '2 minutes'],
  [5400, '90 minutes'],
  [5401, '2 hours'],
])('%p seconds are said as %s', (seconds, words) => {
  expect(tooMany('messages', seconds).message).toEndWith(`Try again in ${words}.`);
});

test('a limit that is off refuses nothing', () => {
  const limit = limitBy<number>({ rate: 1, burst: 1 }, 'messages', () => 0, false);
  for (let n = 0; n < 5; n++) limit(1);
});
