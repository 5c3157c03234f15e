import { describe, expect, test } from 'bun:test';
import type { ChatId, Message, UserId } from '@confab/protocol';
import { FakeChat } from '../testing/fake-chat';
import {
  append,
  joinPage,
  type MessageWindow,
  messageAt,
  messageById,
  newestRun,
  replace,
} from './window';

const USER = { id: 1 as UserId, username: 'alice' };
const all: readonly Message[] = (() => {
  let ids = 100;
  const chat = new FakeChat(1 as ChatId, 'group', 'chat', [USER], () => ++ids);
  for (let n = 1; n <= 10; n++) chat.send(USER.id, `${n}`);
  return chat.messages;
})();

/** Messages `from` to `to`, by seq, both included. */
const run = (from: number, to: number) => all.slice(from - 1, to);
const seqs = (window: MessageWindow) => window.map((message) => message.seq);
const version = (seq: number, rev: number, content = 'changed'): Message => {
  const [message] = run(seq, seq);
  if (!message) throw new Error('unreachable');
  return { ...message, rev, content };
};

describe('a window of messages', () => {
  test('is searched by seq and by id', () => {
    expect(messageAt(run(4, 7), 5)?.content).toBe('5');
    expect(messageAt(run(4, 7), 3)).toBeUndefined();
    expect(messageAt(run(4, 7), 8)).toBeUndefined();
    expect(messageById(run(4, 7), 105)?.content).toBe('5');
    expect(messageById(run(4, 7), 1)).toBeUndefined();
  });

  test('grows at the end, and lets the oldest go in bulk', () => {
    let window: MessageWindow = [];
    for (const message of run(1, 6)) window = append(window, message, 3);
    expect(seqs(window)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(seqs(append(window, version(7, 8), 3))).toEqual([5, 6, 7]);
  });

  test('takes a newer version of a message, never an older one', () => {
    const window = replace(run(1, 3), version(2, 50));
    expect(window?.[1]?.content).toBe('changed');
    expect(replace(window ?? [], version(2, 40, 'stale'))?.[1]?.content).toBe('changed');
    expect(replace(run(4, 7), version(2, 50))).toBeNull();
  });

  test('is joined by a page that touches or overlaps it', () => {
    expect(seqs(joinPage(run(5, 7), run(2, 4), 7))).toEqual([2, 3, 4, 5, 6, 7]);
    expect(seqs(joinPage(run(5, 7), run(3, 6), 7))).toEqual([3, 4, 5, 6, 7]);
    expect(seqs(joinPage([], run(3, 7), 7))).toEqual([3, 4, 5, 6, 7]);
  });

  test('is not joined by a page beyond a hole, nor by what is still to come', () => {
    expect(seqs(joinPage(run(5, 7), run(1, 3), 7))).toEqual([5, 6, 7]);
    expect(seqs(joinPage([], run(1, 3), 7))).toEqual([]);
    expect(seqs(joinPage(run(5, 7), run(4, 10), 7))).toEqual([4, 5, 6, 7]);
    expect(seqs(joinPage(run(5, 7), [], 7))).toEqual([5, 6, 7]);
  });

  test('keeps the newer of two versions when a page overlaps it', () => {
    const held = [version(5, 90, 'held')];
    expect(joinPage(held, [version(5, 80, 'page')], 5)[0]?.content).toBe('held');
    expect(joinPage(held, [version(5, 95, 'page')], 5)[0]?.content).toBe('page');
  });

  test('ends where a hole is', () => {
    expect(seqs(newestRun([...run(1, 3), ...run(6, 8)]))).toEqual([6, 7, 8]);
    expect(newestRun([])).toEqual([]);
  });
});
