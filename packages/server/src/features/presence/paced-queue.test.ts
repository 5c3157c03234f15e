import { expect, test } from 'bun:test';
import { ManualClock } from '../../testing/manual-clock';
import { PacedQueue } from './paced-queue';

function setUp() {
  const clock = new ManualClock();
  const errors: unknown[] = [];
  const queue = new PacedQueue(clock, (error) => errors.push(error));
  const done: string[] = [];
  const work = (what: string) => async () => void done.push(what);
  const tick = async () => {
    clock.advance(50);
    await new Promise((resolve) => setImmediate(resolve));
    return done.splice(0);
  };
  return { queue, errors, work, tick };
}

test('a storm is done a little at a time, in order', async () => {
  const { queue, work, tick } = setUp();
  for (let n = 0; n < 7; n++) queue.put(`${n}`, work(`w${n}`));
  expect(await tick()).toEqual(['w0', 'w1', 'w2', 'w3', 'w4']);
  expect(await tick()).toEqual(['w5', 'w6']);
  expect(await tick()).toEqual([]);
});

test('put takes the place of what waits under its name, add leaves it', async () => {
  const { queue, work, tick } = setUp();
  queue.put('a', work('a1'));
  queue.put('b', work('b1'));
  queue.put('a', work('a2'));
  queue.add('b', work('b2'));
  expect(await tick()).toEqual(['b1', 'a2']);
  queue.add('b', work('b3'));
  expect(await tick()).toEqual(['b3']);
});

test('what fails is reported, and the rest is done', async () => {
  const { queue, errors, work, tick } = setUp();
  queue.put('a', () => Promise.reject(new Error('broken')));
  queue.put('b', work('b'));
  expect(await tick()).toEqual(['b']);
  expect(errors.map(String)).toEqual(['Error: broken']);
});
