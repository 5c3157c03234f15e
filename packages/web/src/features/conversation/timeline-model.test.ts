import { describe, expect, test } from 'bun:test';
import type { ChatId, Message, MessageId } from '../../state/types';
import {
  KEPT,
  MOST,
  newest,
  startingAt,
  type Timeline,
  trimmed,
  withLive,
  withMessage,
  withNewer,
  withOlder,
} from './timeline-model';

const message = (seq: number, rev = seq): Message =>
  ({ id: (1_000 + seq) as MessageId, chat_id: 1 as ChatId, seq, rev, reply_to: null }) as Message;

/** Messages `from` to `to` by seq, both included. */
const run = (from: number, to: number): Message[] =>
  Array.from({ length: to - from + 1 }, (_, index) => message(from + index));

const page = (from: number, to: number, last: number) => ({
  items: run(from, to),
  next_before: from > 1 ? message(from).id : null,
  next_after: to < last ? message(to).id : null,
});

const ends = ({ messages }: Timeline) => [messages[0]?.seq, messages.at(-1)?.seq];

function expectWhole({ messages }: Timeline): void {
  for (const [index, { seq }] of messages.entries()) {
    expect(seq).toBe((messages[0]?.seq ?? 0) + index);
  }
}

describe('a timeline', () => {
  test('begins with the newest messages and goes back to the first, without a hole', () => {
    let timeline = newest(run(951, 1_000), 1_000);
    expect(timeline).toMatchObject({ hasOlder: true, isLive: true });
    for (let first = 951; first > 1; first -= 50) {
      timeline = withOlder(timeline, page(first - 50, first - 1, 1_000));
      expectWhole(timeline);
    }
    expect(ends(timeline)).toEqual([1, 1_000]);
    expect(timeline.hasOlder).toBe(false);
  });

  test('starts anywhere and comes to the newest, which then go on', () => {
    let timeline = startingAt(page(401, 450, 500));
    expect(timeline).toMatchObject({ hasOlder: true, isLive: false });
    timeline = withLive(timeline, run(491, 501));
    expect(ends(timeline)).toEqual([401, 450]);
    timeline = withNewer(timeline, page(451, 490, 501));
    expect(timeline.isLive).toBe(false);
    timeline = withLive(timeline, run(491, 501));
    expect(timeline.isLive).toBe(true);
    timeline = withLive(timeline, run(491, 502));
    expect(ends(timeline)).toEqual([401, 502]);
    expectWhole(timeline);
  });

  test('keeps what the SDK no longer holds', () => {
    const timeline = withLive(newest(run(1, 100), 100), run(81, 101));
    expect(ends(timeline)).toEqual([1, 101]);
    expectWhole(timeline);
  });

  test('starts afresh at its end where the SDK did, and else stays where somebody reads', () => {
    expect(ends(withLive(newest(run(1, 100), 100), run(700, 750)))).toEqual([700, 750]);
    expect(ends(withLive(startingAt(page(1, 50, 100)), run(700, 750)))).toEqual([1, 50]);
  });

  test('takes the newer version of a message, wherever that comes from', () => {
    const timeline = withMessage(newest(run(1, 10), 10), message(3, 20));
    expect(timeline.messages[2]?.rev).toBe(20);
    expect(withMessage(timeline, message(3, 19)).messages[2]?.rev).toBe(20);
    expect(withMessage(timeline, message(30, 40))).toBe(timeline);
    expect(withLive(timeline, [message(10, 21)]).messages[9]?.rev).toBe(21);
  });

  test('does not grow without end, and forgets what lies far away', () => {
    const long = { ...newest(run(1, MOST + 1), MOST + 1), hasOlder: false };
    const old = trimmed(long, 'oldest');
    expect([ends(old), old.isLive, old.hasOlder]).toEqual([[1, KEPT], false, false]);
    const late = trimmed(long, 'newest');
    expect([ends(late), late.isLive, late.hasOlder]).toEqual([
      [MOST + 2 - KEPT, MOST + 1],
      true,
      true,
    ]);
    const short = newest(run(1, MOST), MOST);
    expect(trimmed(short, 'newest')).toBe(short);
  });
});
