import { beforeEach, describe, expect, test } from 'bun:test';
import { ManualClock } from '../testing/manual-clock';
import { DueTimer } from './due-timer';

describe('a timer for what falls due', () => {
  let clock: ManualClock;
  let due: number[];
  let ran: number[];
  let faults: unknown[];
  let timer: DueTimer;
  let start: number;
  let fails: boolean;

  beforeEach(() => {
    clock = new ManualClock();
    [due, ran, faults, start, fails] = [[], [], [], clock.now(), false];
    timer = new DueTimer({ clock, run, onError: (error) => faults.push(error) });
  });

  async function run() {
    const now = clock.now();
    ran.push(now - start);
    await Promise.resolve();
    if (fails) throw new Error('no database');
    due = due.filter((at) => at > now);
    return due.length > 0 ? Math.min(...due) : null;
  }
  /** Time passes, and whatever runs then comes to its end. */
  async function pass(ms: number) {
    clock.advance(ms);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const falls = (inMs: number) => {
    due.push(clock.now() + inMs);
    timer.heed(clock.now() + inMs);
  };

  test('does at its start what fell due before, and then waits for the next', async () => {
    due = [start - 5, start + 700];
    await timer.run();
    await pass(699);
    expect(ran).toEqual([0]);
    await pass(1);
    expect(ran).toEqual([0, 700]);
  });

  test('wakes earlier for what is new, and only once for what is later', async () => {
    await timer.run();
    falls(5000);
    falls(1000);
    falls(3000);
    await pass(1000);
    expect(ran).toEqual([0, 1000]);
    await pass(2000);
    await pass(2000);
    expect(ran).toEqual([0, 1000, 3000, 5000]);
  });

  test('hears of what is new while it runs', async () => {
    const running = timer.run();
    falls(40);
    await running;
    await pass(40);
    expect(ran).toEqual([0, 40]);
  });

  test('does at once what falls due while it runs', async () => {
    const running = timer.run();
    due.push(start + 20);
    clock.advance(20);
    await running;
    expect(ran).toEqual([0, 20]);
  });

  test('looks now and then though nothing is known to be due', async () => {
    await timer.run();
    await pass(29_999);
    expect(ran).toEqual([0]);
    await pass(1);
    expect(ran).toEqual([0, 30_000]);
  });

  test('tells of a failure and tries again', async () => {
    fails = true;
    due = [start];
    await timer.run();
    expect(faults).toHaveLength(1);
    fails = false;
    await pass(30_000);
    expect(ran).toEqual([0, 30_000]);
    expect(due).toEqual([]);
  });

  test('that is stopped finishes what it does, and does nothing more', async () => {
    falls(10);
    const running = timer.run();
    await timer.stop();
    await running;
    falls(20);
    await pass(60_000);
    expect(ran).toEqual([0]);
  });
});
