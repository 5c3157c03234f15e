import { describe, expect, test } from 'bun:test';
import type { BusMessage } from '../../realtime/bus';
import { ManualClock } from '../../testing/manual-clock';
import { memberOf, stateOf } from '../../testing/states';
import { eventually } from '../../testing/waiting';
import { NotificationFollower } from './follower';
import { WORK } from './work-queue';

const sent = (chatId: number, mentions = false): BusMessage => ({
  kind: 'chat',
  chatId,
  rev: 2,
  frame: '',
  change: { kind: 'message', messageId: 1, seq: 1, senderId: 1, at: 0, mentions },
});

/** A follower whose visits only take note, and of which the test says how they end. */
function setUp(size = 2) {
  const clock = new ManualClock();
  const members = Array.from({ length: size }, (_, n) => memberOf(n + 1));
  const visits: [chatId: number, work: number][] = [];
  const errors: unknown[] = [];
  const world = {
    clock,
    visits,
    errors,
    lagging: [] as number[],
    end: async (_chatId: number): Promise<number> => 0,
    load: async (_chatId: number) => stateOf(members),
  };
  const follower = new NotificationFollower({
    clock,
    states: { load: (id: number) => world.load(id), peek: () => stateOf(members) } as never,
    visit: (chatId, work) => {
      visits.push([chatId, work]);
      return world.end(chatId);
    },
    lagging: async (limit) => world.lagging.splice(0, limit),
    onError: (error) => void errors.push(error),
  });
  const until = (done: () => boolean) =>
    eventually(() => {
      clock.advance(300);
      return done();
    }, 'the visits');
  return { ...world, world, follower, until };
}

describe('the follower', () => {
  test('gathers what happens, and goes through each chat once', async () => {
    const { follower, visits, until } = setUp();
    for (let n = 0; n < 5; n++) follower.follow(sent(1, n === 2));
    follower.follow({ kind: 'chat', chatId: 2, rev: 3, frame: '', change: { kind: 'content' } });
    follower.follow({ kind: 'membership', userId: 1, chatId: 3, rev: 1, joined: true });
    expect(visits).toEqual([]);
    await until(() => visits.length >= 2);
    expect(visits).toEqual([
      [1, WORK.messages | WORK.mentions],
      [3, WORK.untold],
    ]);
  });

  test('does many small chats at once, and large ones one by one', async () => {
    for (const [size, together] of [
      [2, 16],
      [50, 2],
      [5_000, 1],
    ] as const) {
      const { follower, visits, world, clock } = setUp(size);
      world.end = () => new Promise(() => {});
      for (let chatId = 1; chatId <= 30; chatId++) follower.follow(sent(chatId));
      clock.advance(10);
      await eventually(() => visits.length >= together, 'the first round');
      expect(visits).toHaveLength(together);
    }
  });

  test('rests after its work, longer while others have much to write', async () => {
    for (const busy of [false, true]) {
      const { follower, visits, world, clock } = setUp();
      world.end = async () => {
        clock.advance(20);
        for (let n = 0; busy && n < 30; n++) follower.follow(sent(1));
        return WORK.messages;
      };
      follower.follow(sent(1));
      clock.advance(10);
      await eventually(() => visits.length === 1, 'the first visit');
      await Promise.resolve();
      clock.advance(79);
      expect(visits).toHaveLength(1);
      clock.advance(2);
      await new Promise((resolve) => setImmediate(resolve));
      expect(visits).toHaveLength(busy ? 1 : 2);
      clock.advance(300);
      await eventually(() => visits.length > 1, 'the second visit');
    }
  });

  test('goes on with what is left', async () => {
    const { follower, visits, world, until } = setUp();
    const left = [WORK.messages, WORK.messages, 0];
    world.end = async () => left.shift() ?? 0;
    follower.follow(sent(1));
    await until(() => visits.length >= 3);
    expect(visits.map(([, work]) => work)).toEqual([1, 1, 1]);
  });

  test('tries again after a second what failed, and tells what may have been stored', async () => {
    const { follower, visits, world, errors, clock } = setUp();
    world.end = () => Promise.reject(new Error('The disk is full'));
    follower.follow(sent(1));
    clock.advance(10);
    await eventually(() => errors.length === 1, 'the failure');
    world.end = async () => 0;
    clock.advance(900);
    expect(visits).toHaveLength(1);
    clock.advance(200);
    await eventually(() => visits.length === 2, 'the second try');
    expect(visits[1]).toEqual([1, WORK.messages | WORK.untold]);
  });

  test('keeps calm while the database is away', async () => {
    const { follower, visits, world, errors, clock, until } = setUp();
    world.load = () => Promise.reject(new Error('No connection'));
    follower.follow(sent(1));
    clock.advance(10);
    await eventually(() => errors.length === 1, 'the failure');
    clock.advance(500);
    expect(errors).toHaveLength(1);
    world.load = async () => stateOf([memberOf(1)]);
    await until(() => visits.length === 1);
  });

  test('lets nobody wait longer than two seconds', async () => {
    const { follower, world, clock } = setUp();
    world.end = () => new Promise(() => {});
    follower.follow(sent(1));
    let settled = false;
    const waiting = follower.settle(1).then(() => {
      settled = true;
    });
    clock.advance(1_900);
    await Promise.resolve();
    expect(settled).toBe(false);
    clock.advance(100);
    await waiting;
  });

  test('lets nobody wait for a visit that another one has made needless', async () => {
    const { follower, visits, world, clock } = setUp();
    const first = Promise.withResolvers<number>();
    world.end = () => first.promise;
    follower.follow(sent(1));
    clock.advance(10);
    await eventually(() => visits.length === 1, 'the first visit');
    follower.follow(sent(1));
    let settled = false;
    const waiting = follower.settle(1).then(() => {
      settled = true;
    });
    world.end = async () => 0;
    first.resolve(WORK.messages);
    await eventually(() => visits.length === 2, 'the second visit');
    await new Promise((resolve) => setImmediate(resolve));
    expect(settled).toBe(true);
    await waiting;
  });

  test('does what somebody waits for first, and at once', async () => {
    const { follower, visits } = setUp(5_000);
    for (const chatId of [1, 2, 3]) follower.follow(sent(chatId));
    await follower.settle(4);
    expect(visits.map(([chatId]) => chatId)).toEqual([1, 2, 3]);
    await follower.settle(4);
    expect(visits).toHaveLength(3);
  });

  test('finds in the database what its memory has no room for', async () => {
    const { follower, visits, world, clock } = setUp();
    for (let chatId = 1; chatId <= 10_500; chatId++) follower.follow(sent(chatId));
    world.lagging = Array.from({ length: 500 }, (_, n) => 10_001 + n);
    while (visits.length < 10_500) {
      clock.advance(1_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(new Set(visits.map(([chatId]) => chatId)).size).toBe(10_500);
  });

  test('takes up nothing more once it is stopped', async () => {
    const { follower, visits, clock } = setUp();
    follower.follow(sent(1));
    await follower.stop();
    follower.follow(sent(2));
    clock.advance(5_000);
    expect(visits).toEqual([]);
    await follower.settle(1);
  });
});
