import { expect, test } from 'bun:test';
import type { EventBody } from '@confab/protocol';
import type { Watermark } from '../../realtime/bus';
import { Hub } from '../../realtime/hub';
import { ManualClock } from '../../testing/manual-clock';
import { memberOf, stateOf } from '../../testing/states';
import type { ChatStates } from '../chats';
import type { Sees, Visibility } from '../privacy';
import type { MessageRepository } from './repository';
import { StatusBroadcaster } from './status-broadcaster';

const SENDER = 1;

/** A chat whose first member sent `messages` messages; the frames that they are told. */
function setUp({
  members,
  messages,
  sees = () => true,
  seesDelivered = () => true,
  letsBeRead = true,
  sendersBetween,
}: {
  members: number;
  messages: number;
  /** Whose reading the sender may know of. */
  sees?: Sees;
  /** Of whom the sender may know what reached them. */
  seesDelivered?: Sees;
  letsBeRead?: boolean;
  /** Of messages that are in the database alone. */
  sendersBetween?: () => Promise<number[]>;
}) {
  const clock = new ManualClock();
  const state = stateOf(Array.from({ length: members }, (_, i) => memberOf(i + 1)));
  for (let seq = 1; seq <= messages; seq++) {
    const change = { kind: 'message', messageId: 100 + seq, seq, senderId: SENDER, at: 0 } as const;
    state.apply(state.rev + 1, change);
  }
  if (sendersBetween) state.recentAt = () => undefined;
  const hub = new Hub();
  const told: { at: number; status: EventBody<'message_status'> }[] = [];
  hub.user = () => ({}) as never;
  hub.sendSoonToUser = (userId, frame) => {
    expect(userId).toBe(SENDER);
    told.push({ at: clock.now(), status: JSON.parse(String(frame)) });
  };
  const broadcaster = new StatusBroadcaster({
    clock,
    hub,
    states: { peek: () => state } as unknown as ChatStates,
    messages: { sendersBetween } as unknown as MessageRepository,
    visibility: {
      reads: async (readerId: number) => () => sees(readerId),
      deliveries: async (userId: number) => () => seesDelivered(userId),
      letsBeRead: () => letsBeRead,
      loadBlocks: async () => {},
      letsBeDelivered: (_members: unknown, senderId: number) => seesDelivered(senderId),
    } as unknown as Visibility,
    onError: (error) => expect.unreachable(String(error)),
  });
  /** Advances watermarks as the bus would, then lets time pass. */
  const advance = async (ms: number, ...marks: Omit<Watermark, 'at'>[]) => {
    const timed = marks.map((mark) => ({ ...mark, at: clock.now() }));
    broadcaster.follow({ kind: 'watermarks', chatId: state.id, marks: timed });
    for (const mark of timed) state.advance(mark);
    clock.advance(ms);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { broadcaster, clock, state, told, advance };
}

test('a chat’s statuses come at most five times a second, and the last one is right', async () => {
  const { told, advance, clock } = setUp({ members: 2, messages: 100 });
  const start = clock.now();
  for (let seq = 1; seq <= 100; seq++) {
    await advance(20, { userId: 2, readSeq: seq, deliveredSeq: seq });
  }
  for (let i = 0; i < 10; i++) await advance(100);
  for (let from = start; from < start + 2000; from += 100) {
    const inThatSecond = told.filter(({ at }) => at >= from && at < from + 1000);
    expect(inThatSecond.length).toBeLessThanOrEqual(5);
  }
  expect(told.length).toBeGreaterThan(2);
  expect(told.at(-1)?.status).toMatchObject({ user_id: 2, read_message_id: 200 } as never);
});

test('each member of a small group has a frame of their own', async () => {
  const { told, advance } = setUp({ members: 4, messages: 3 });
  await advance(
    1000,
    { userId: 2, readSeq: 0, deliveredSeq: 2 },
    { userId: 3, readSeq: 3, deliveredSeq: 3 },
  );
  expect(told.map(({ status }) => status)).toMatchObject([
    { user_id: 2, delivered_message_id: 102, read_message_id: null },
    { user_id: 3, delivered_message_id: 103, read_message_id: 103 },
  ] as never);
});

test('a group of more than fifty has one aggregate: up to where all have it', async () => {
  const { told, advance } = setUp({ members: 51, messages: 3 });
  const all = (readSeq: number, deliveredSeq: number, count: number) =>
    Array.from({ length: count }, (_, i) => ({ userId: i + 2, readSeq, deliveredSeq }));
  await advance(1000, ...all(0, 3, 49));
  expect(told).toEqual([]);
  await advance(1000, ...all(0, 2, 50));
  await advance(1000, ...all(1, 3, 50));
  expect(told.map(({ status }) => status)).toMatchObject([
    { user_id: null, delivered_message_id: 102, read_message_id: null },
    { user_id: null, delivered_message_id: 103, read_message_id: 101 },
  ] as never);
});

test('across a block an aggregate calls delivered only what it calls read', async () => {
  const { told, advance } = setUp({ members: 51, messages: 3, seesDelivered: () => false });
  const all = (readSeq: number, deliveredSeq: number) =>
    Array.from({ length: 50 }, (_, i) => ({ userId: i + 2, readSeq, deliveredSeq }));
  await advance(1000, ...all(0, 2));
  expect(told).toEqual([]);
  await advance(1000, ...all(1, 3));
  expect(told.map(({ status }) => status)).toMatchObject([
    { user_id: null, delivered_message_id: 101, read_message_id: 101 },
  ] as never);
});

test('a mark that moves nothing forward tells nothing', async () => {
  const { told, advance } = setUp({ members: 2, messages: 3 });
  await advance(1000, { userId: 2, readSeq: 2, deliveredSeq: 2 });
  await advance(1000, { userId: 2, readSeq: 1, deliveredSeq: 2 });
  await advance(1000, { userId: 9, readSeq: 3, deliveredSeq: 3 });
  expect(told).toHaveLength(1);
});

test('of a member who hides what they read only deliveries are told', async () => {
  const sees = (readerId: number) => readerId !== 2;
  const { told, advance } = setUp({ members: 3, messages: 3, sees });
  await advance(1000, { userId: 2, readSeq: 0, deliveredSeq: 2 });
  await advance(1000, { userId: 2, readSeq: 2, deliveredSeq: 2 });
  await advance(1000, { userId: 3, readSeq: 3, deliveredSeq: 3 });
  await advance(1000, { userId: 2, readSeq: 3, deliveredSeq: 3 });
  expect(told.map(({ status }) => status)).toMatchObject([
    { user_id: 2, delivered_message_id: 102, read_message_id: null },
    { user_id: 3, delivered_message_id: 103, read_message_id: 103 },
    { user_id: 2, delivered_message_id: 103, read_message_id: null },
  ] as never);
});

test('a large group in which somebody hides it is told of deliveries alone', async () => {
  const { told, advance } = setUp({ members: 51, messages: 3, letsBeRead: false });
  const all = (readSeq: number, deliveredSeq: number) =>
    Array.from({ length: 50 }, (_, i) => ({ userId: i + 2, readSeq, deliveredSeq }));
  await advance(1000, ...all(0, 2));
  await advance(1000, ...all(2, 2));
  await advance(1000, ...all(3, 3));
  expect(told.map(({ status }) => status)).toMatchObject([
    { user_id: null, delivered_message_id: 102, read_message_id: null },
    { user_id: null, delivered_message_id: 103, read_message_id: null },
  ] as never);
});

test('a stop waits for what is being read, and nothing is read after it', async () => {
  const reads: ((senders: number[]) => void)[] = [];
  const sendersBetween = () => new Promise<number[]>((resolve) => reads.push(resolve));
  const { broadcaster, told, advance } = setUp({ members: 3, messages: 3, sendersBetween });
  await advance(
    1000,
    { userId: 2, readSeq: 2, deliveredSeq: 2 },
    { userId: 3, readSeq: 2, deliveredSeq: 2 },
  );
  expect(reads).toHaveLength(1);
  await advance(0, { userId: 2, readSeq: 3, deliveredSeq: 3 });
  let isStopped = false;
  const stopped = broadcaster.stop().then(() => {
    isStopped = true;
  });
  await advance(1000, { userId: 3, readSeq: 3, deliveredSeq: 3 });
  expect([isStopped, reads.length]).toEqual([false, 1]);
  for (let i = 0; i < 2; i++) {
    reads[i]?.([]);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await stopped;
  await advance(10_000);
  expect([reads.length, told]).toEqual([2, []]);
});

test('of a member across a block only what they read is told', async () => {
  const { told, advance } = setUp({ members: 3, messages: 3, seesDelivered: (id) => id !== 2 });
  await advance(400, { userId: 2, readSeq: 0, deliveredSeq: 3 });
  expect(told).toEqual([]);
  await advance(400, { userId: 2, readSeq: 2, deliveredSeq: 3 });
  expect(told.map(({ status }) => status)).toMatchObject([
    { user_id: 2, delivered_message_id: 102, read_message_id: 102 },
  ] as never);
});
