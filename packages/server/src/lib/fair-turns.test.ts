import { expect, test } from 'bun:test';
import { FairTurns } from './fair-turns';

/** Turns of one at a time, of which three may wait; work ends when it is told to. */
function setUp(mayWait = 3) {
  const turns = new FairTurns(1, mayWait, () => new Error('full'));
  const order: string[] = [];
  const running: (() => void)[] = [];
  const ask = (who: string, name = who) =>
    turns.take(who, () => {
      order.push(name);
      return new Promise<void>((resolve) => running.push(resolve));
    });
  const finishAll = async () => {
    while (running.length > 0) {
      running.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { ask, order, finishAll };
}

test('whoever asks for much waits for themselves alone', async () => {
  const { ask, order, finishAll } = setUp(10);
  const asked = ['a1', 'a2', 'a3', 'a4', 'b1', 'c1', 'b2'].map((name) =>
    ask(name.slice(0, 1), name),
  );
  await finishAll();
  await Promise.all(asked);
  expect(order).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4']);
});

test('a full queue drops the newest of whoever waits for most', async () => {
  const { ask, order, finishAll } = setUp();
  const asked = ['a1', 'a2', 'a3', 'a4'].map((name) => ask('a', name));
  await expect(ask('a', 'a5')).rejects.toThrow('full');
  const others = [ask('b'), ask('c')];
  const dropped = Promise.allSettled(asked);
  await expect(ask('d')).rejects.toThrow('full');
  await finishAll();
  expect((await dropped).map((each) => each.status)).toEqual([
    'fulfilled',
    'fulfilled',
    'rejected',
    'rejected',
  ]);
  await Promise.all(others);
  expect(order).toEqual(['a1', 'a2', 'b', 'c']);
});

test('work that fails passes its place on', async () => {
  const turns = new FairTurns(1, 1, () => new Error('full'));
  const failing = turns.take('a', () => Promise.reject(new Error('broken')));
  const next = turns.take('b', () => Promise.resolve('done'));
  await expect(failing).rejects.toThrow('broken');
  expect(await next).toBe('done');
  expect(await turns.take('c', () => Promise.resolve('free'))).toBe('free');
});
