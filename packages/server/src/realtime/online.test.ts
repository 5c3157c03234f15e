import { expect, test } from 'bun:test';
import { ManualClock } from '../testing/manual-clock';
import { OnlineLeases } from './online';

function setUp() {
  const clock = new ManualClock(0);
  const online = new OnlineLeases(clock);
  const told: unknown[] = [];
  online.onChange((...change) => void told.push(change));
  return { clock, online, told };
}

test('a user is online from the first connection until ten seconds after the last', () => {
  const { clock, online, told } = setUp();
  online.connected(1);
  online.connected(1);
  expect(online.isOnline(1)).toBe(true);
  clock.advance(5_000);
  online.disconnected(1, clock.now());
  clock.advance(9_999);
  expect(online.isOnline(1)).toBe(true);
  clock.advance(1);
  expect(online.isOnline(1)).toBe(false);
  expect(told).toEqual([
    [1, true, null],
    [1, false, 5_000],
  ]);
});

test('coming back within that time is no change', () => {
  const { clock, online, told } = setUp();
  online.connected(1);
  online.disconnected(1, clock.now());
  clock.advance(9_000);
  online.connected(1);
  clock.advance(60_000);
  expect(told).toEqual([[1, true, null]]);
  expect([...online.everyone()]).toEqual([1]);
});

test('the time counts from the last of several departures', () => {
  const { clock, online, told } = setUp();
  online.connected(1);
  online.disconnected(1, clock.now());
  clock.advance(8_000);
  online.disconnected(1, clock.now());
  clock.advance(8_000);
  expect(online.isOnline(1)).toBe(true);
  clock.advance(2_000);
  expect(told.at(-1)).toEqual([1, false, 8_000]);
});

test('who is dropped is offline at once, and not once more when their sockets are closed', () => {
  const { clock, online, told } = setUp();
  online.connected(1);
  online.connected(2);
  online.disconnected(2, 0);
  clock.advance(1_000);
  for (const user of [1, 2, 3]) online.drop(user, clock.now());
  online.disconnected(1, clock.now());
  clock.advance(60_000);
  expect(told.slice(2)).toEqual([
    [1, false, 1_000],
    [2, false, 1_000],
  ]);
});
