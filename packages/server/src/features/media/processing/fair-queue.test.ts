import { expect, test } from 'bun:test';
import { FairQueue } from './fair-queue';

const queueOf = (waiting: number, held = Number.POSITIVE_INFINITY) =>
  new FairQueue<string>({ waiting, held });

function given(queue: FairQueue<string>) {
  const turns = [];
  for (let turn = queue.shift(); turn; turn = queue.shift()) turns.push(turn);
  return turns;
}
const emptied = (queue: FairQueue<string>) => given(queue).map(({ item }) => item);

test('owners take turns, each with their own in order', () => {
  const queue = queueOf(10);
  for (const item of ['a1', 'a2', 'a3']) queue.push(1, item);
  queue.push(2, 'b1');
  queue.push(3, 'c1');
  queue.push(2, 'b2');
  expect(emptied(queue)).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
});

test('takes no more than its limit, and has room again afterwards', () => {
  const queue = queueOf(2);
  expect([queue.push(1, 'a'), queue.push(1, 'b'), queue.push(2, 'c')]).toEqual([true, true, false]);
  queue.shift();
  expect(queue.push(2, 'c')).toBe(true);
  expect(queue.clear()).toEqual(['b', 'c']);
  expect([queue.size, queue.shift()]).toEqual([0, undefined]);
});

test('an owner holds no more than the limit, until some of it is done', () => {
  const queue = queueOf(10, 2);
  for (const item of ['a1', 'a2', 'a3']) queue.push(1, item);
  queue.push(2, 'b1');
  const turns = given(queue);
  expect(turns.map(({ item }) => item)).toEqual(['a1', 'b1', 'a2']);
  turns[0]?.end();
  expect(emptied(queue)).toEqual(['a3']);
  queue.push(1, 'a4');
  turns[1]?.end();
  expect(emptied(queue)).toEqual([]);
});
