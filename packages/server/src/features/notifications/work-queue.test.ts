import { describe, expect, test } from 'bun:test';
import { WORK, WorkQueue } from './work-queue';

const NONE: ReadonlySet<number> = new Set();

describe('a queue of chats', () => {
  test('gives the oldest first, each once, with all that is to do', () => {
    const queue = new WorkQueue();
    queue.add(1, WORK.messages);
    queue.add(2, WORK.messages);
    queue.add(1, WORK.mentions);
    expect(queue.next(NONE, NONE)).toBe(1);
    expect(queue.take(1)).toBe(WORK.messages | WORK.mentions);
    expect(queue.next(NONE, NONE)).toBe(2);
    expect(queue.next(NONE, new Set([2]))).toBeUndefined();
  });

  test('gives preferred ones before', () => {
    const queue = new WorkQueue();
    for (const chatId of [1, 2, 3]) queue.add(chatId, WORK.messages);
    expect(queue.next(new Set([9, 3]), NONE)).toBe(3);
    expect(queue.next(new Set([3]), new Set([3]))).toBe(1);
  });

  test('takes back what was left over', () => {
    const queue = new WorkQueue();
    queue.add(1, WORK.everything);
    queue.take(1);
    queue.finish(1, WORK.mentions);
    expect(queue.take(1)).toBe(WORK.mentions);
    queue.finish(1, 0);
    expect(queue.size).toBe(0);
  });

  test('knows how often to go through a chat to have seen all up to now', () => {
    const queue = new WorkQueue();
    for (const chatId of [1, 2, 3]) queue.add(chatId, WORK.messages);
    queue.take(1);
    queue.take(2);
    queue.add(2, WORK.messages);
    expect(new Map(queue.outstanding())).toEqual(
      new Map([
        [1, 1],
        [2, 2],
        [3, 1],
      ]),
    );
  });

  test('is bounded, and knows when it turned something away', () => {
    const queue = new WorkQueue(2);
    for (const chatId of [1, 2, 1]) queue.add(chatId, WORK.messages);
    expect(queue.overflown).toBe(false);
    queue.add(3, WORK.messages);
    expect([queue.size, queue.overflown]).toEqual([2, true]);
  });
});
