import { expect, test } from 'bun:test';
import { ManualClock } from './manual-clock';

test('timers run in order, each at its time', () => {
  const clock = new ManualClock(0);
  const ran: string[] = [];
  const note = (name: string) => () => ran.push(`${name}@${clock.now()}`);
  clock.after(30, note('late'));
  clock.after(10, note('early'));
  clock.after(10, () => clock.after(5, note('nested')));
  const stop = clock.every(20, note('beat'));
  clock.advance(40);
  expect(ran).toEqual(['early@10', 'nested@15', 'beat@20', 'late@30', 'beat@40']);
  stop();
  clock.advance(100);
  expect(ran).toHaveLength(5);
  expect(clock.now()).toBe(140);
});

test('a cancelled timer does not run', () => {
  const clock = new ManualClock(0);
  const cancel = clock.after(10, () => expect.unreachable());
  cancel();
  clock.advance(20);
});

test('over a leap what recurs runs once', () => {
  const clock = new ManualClock(0);
  let beats = 0;
  clock.every(1000, () => beats++);
  clock.leap(86_400_000);
  expect(beats).toBe(1);
  clock.advance(1000);
  expect(beats).toBe(2);
});
