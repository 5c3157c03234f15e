import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { DIALECTS } from '../../testing/databases';
import { NotificationWorld } from '../../testing/notification-world';
import { eventually } from '../../testing/waiting';
import { addMember, updateMember } from '../chats/change-writes';
import { advanceWatermarks } from '../messages/receipt-writes';
import { KEEP_MS } from './expiry';
import { changeQuietHours } from './setting-writes';
import { GATHER_MS } from './writes';

const HOUR = 3_600_000;

describe.each(DIALECTS)('following messages on %s', (dialect) => {
  let world: NotificationWorld;
  let [ann, bob, cid]: [number, number, number] = [0, 0, 0];
  let chat = 0;
  beforeEach(async () => {
    world = await NotificationWorld.open(dialect);
    [ann, bob, cid] = (await world.users(3)) as [number, number, number];
    chat = await world.group(ann, bob, cid);
  });
  afterEach(async () => {
    expect(world.errors).toEqual([]);
    await world.drop();
  });

  const read = (userId: number, seq: number) =>
    world.database.committer.submit(
      advanceWatermarks,
      { rows: [{ chatId: chat, userId, readSeq: seq, deliveredSeq: seq, at: world.clock.now() }] },
      chat,
    );
  const muteForAnHour = (userId: number) => {
    const at = world.clock.now();
    const mute = { isMuted: true, mutedUntil: at + HOUR };
    const input = { chatId: chat, actorId: userId, userId, mute, at };
    return world.database.committer.submit(updateMember, input, chat);
  };
  /** Who has which messages, as `user: newest (count)`. */
  const stored = async () =>
    (await world.stored()).map((row) => `${row.user_id}: ${row.seq} (${row.messages})`);

  test('notifies all but the sender, once', async () => {
    await world.send(chat, ann);
    await world.settled();
    expect(await stored()).toEqual([`${bob}: 1 (1)`, `${cid}: 1 (1)`]);
    expect(world.pushed.map(({ userId }) => userId).toSorted()).toEqual([bob, cid]);
    expect(world.pushed[0]?.notification).toMatchObject({
      type: 'message',
      title: 'user1 in Group',
      body: 'hello',
      chatId: chat,
      badge: 1,
    });
  });

  test('tells connections live and wakes the others', async () => {
    world.connect(bob);
    await world.send(chat, ann);
    await world.settled();
    expect(world.told.map(({ userId, frame }) => [userId, frame.type])).toEqual([
      [bob, 'notification'],
    ]);
    expect(world.pushed.map(({ userId }) => userId)).toEqual([cid]);
  });

  test('wakes nobody in their night', async () => {
    const hours = { quiet_from: 11 * 60, quiet_to: 13 * 60, time_zone: 'UTC' };
    await world.database.committer.submit(changeQuietHours, { userId: bob, changes: hours }, bob);
    await world.send(chat, ann);
    await world.settled();
    expect(await stored()).toHaveLength(2);
    expect(world.pushed.map(({ userId }) => userId)).toEqual([cid]);
  });

  test('keeps silent of what is said up to the end of a mute', async () => {
    await muteForAnHour(bob);
    world.clock.advance(HOUR - 1);
    await world.send(chat, ann, 'the last moment');
    // It is told later than it was said, when the mute is over.
    await world.settled();
    expect(await stored()).toEqual([`${cid}: 1 (1)`]);
    expect(world.pushed.map(({ userId }) => userId)).toEqual([cid]);
  });

  test('is heard from the very end of a mute on', async () => {
    await muteForAnHour(bob);
    world.clock.advance(HOUR);
    await world.send(chat, ann);
    await world.settled();
    expect(await stored()).toEqual([`${bob}: 1 (1)`, `${cid}: 1 (1)`]);
    expect(world.pushed.map(({ userId }) => userId)).toContain(bob);
  });

  test('leaves out those who do not talk with the sender, either way', async () => {
    world.apart.set(ann, new Set([bob, cid])).set(bob, new Set([ann]));
    await world.send(chat, ann, '@user2 hello');
    await world.send(chat, bob);
    await world.settled();
    expect(await stored()).toEqual([`${cid}: 2 (1)`]);
  });

  test('tells of one’s mention although the next is by somebody blocked', async () => {
    await world.sendUnheard(chat, ann, '@user3');
    await world.sendUnheard(chat, bob, '@user3');
    world.apart.set(bob, new Set([cid]));
    await world.restart();
    await world.settled();
    const mentions = world.pushed.filter(({ notification }) => notification.type === 'mention');
    expect(mentions.map(({ notification }) => notification.title)).toEqual(['Mentioned by user1']);
  });

  test('gathers for a minute, as long as it is unread', async () => {
    for (let n = 0; n < 3; n++) {
      await world.send(chat, ann);
      await world.settled();
    }
    expect(await stored()).toEqual([`${bob}: 3 (3)`, `${cid}: 3 (3)`]);
    await read(bob, 3);
    await world.send(chat, ann);
    await world.settled();
    expect(await stored()).toEqual([`${bob}: 3 (3)`, `${cid}: 4 (4)`, `${bob}: 4 (1)`]);
    world.clock.advance(GATHER_MS);
    await world.send(chat, ann);
    await world.settled();
    expect(await stored()).toHaveLength(5);
  });

  test('tells again of what it gathered', async () => {
    world.connect(bob);
    await world.send(chat, ann, 'one');
    await world.settled();
    await world.send(chat, ann, 'two');
    await world.settled();
    const bodies = world.told.map(({ frame }) => frame.type === 'notification' && frame.body);
    expect(bodies).toEqual(['one', 'two']);
    const ids = world.pushed.map(({ notification }) => notification.notificationId);
    expect(new Set(ids).size).toBe(1);
  });

  test('says nothing of what was read before it came to it', async () => {
    await world.sendUnheard(chat, ann, '@user2');
    await read(bob, 1);
    await world.restart();
    await world.settled();
    const rows = await world.stored();
    expect(rows.map((row) => [row.user_id, row.type, row.is_read])).toEqual([
      [cid, 'message', 0],
      [bob, 'mention', 1],
    ]);
    expect(world.pushed.map(({ userId }) => userId)).toEqual([cid]);
  });

  test('tidies up after those who read by sending', async () => {
    await world.send(chat, ann);
    await world.settled();
    await world.send(chat, bob);
    await world.settled();
    const own = (await world.stored()).filter((row) => row.user_id === bob);
    expect(own.map((row) => row.is_read)).toEqual([1]);
  });

  test('keeps an invitation until it has heard of the joining, and tells it then', async () => {
    await world.send(chat, ann);
    await world.settled();
    const dan = await world.user();
    const at = world.clock.now();
    const joining = { chatId: chat, actorId: ann, userId: dan, role: 'member', at } as const;
    await world.database.committer.submit(addMember, { ...joining, maxMembers: 9 }, chat);
    // What set this off was another joining.
    const { follower, stop } = world.parts;
    follower.follow({ kind: 'membership', userId: cid, chatId: chat, rev: 1, joined: true });
    await follower.settle(ann);
    await stop();
    await world.restart();
    await world.settled();
    const invited = world.pushed.filter(({ notification }) => notification.type === 'group_invite');
    expect(invited.map(({ userId }) => userId)).toEqual([dan]);
  });

  describe('after a crash', () => {
    test('before it began: takes it up', async () => {
      await world.sendUnheard(chat, ann, 'one');
      await world.sendUnheard(chat, ann, '@user2');
      expect(await stored()).toEqual([]);
      await world.restart();
      await world.settled();
      expect((await world.stored()).map((row) => `${row.user_id} ${row.type}`).toSorted()).toEqual([
        `${bob} mention`,
        `${bob} message`,
        `${cid} message`,
      ]);
    });

    test('before the commit: does it again, once', async () => {
      const reached = Promise.withResolvers<void>();
      world.meddle = (_write, _input) => {
        reached.resolve();
        return new Promise(() => {});
      };
      await world.send(chat, ann, 'hello @user3');
      world.clock.advance(1_000);
      await reached.promise;
      await world.restart();
      await world.settled();
      expect(await stored()).toHaveLength(2);
      expect(world.pushed).toHaveLength(2);
    });

    test('after the commit: does not do it again, but tells', async () => {
      const done = Promise.withResolvers<void>();
      world.meddle = async (write, _input, commit) => {
        const result = await commit();
        if (write.name !== 'notifications.messages') return result;
        done.resolve();
        return new Promise(() => {});
      };
      await world.send(chat, ann);
      world.clock.advance(1_000);
      await done.promise;
      expect(world.pushed).toEqual([]);
      await world.restart();
      await world.settled();
      expect(await stored()).toEqual([`${bob}: 1 (1)`, `${cid}: 1 (1)`]);
      expect(world.pushed.map(({ userId }) => userId).toSorted()).toEqual([bob, cid]);
    });

    test('while it told: tells once more', async () => {
      world.meddle = (write, _input, commit) =>
        write.name === 'notifications.told' ? new Promise(() => {}) : commit();
      await world.send(chat, ann);
      world.clock.advance(1_000);
      while (world.pushed.length < 2) await new Promise((resolve) => setImmediate(resolve));
      await world.restart();
      await world.settled();
      expect(world.pushed).toHaveLength(4);
      expect(await stored()).toHaveLength(2);
      await world.restart();
      await world.settled();
      expect(world.pushed).toHaveLength(4);
    });

    test('of more than an hour: keeps silent', async () => {
      world.meddle = async (write, _input, commit) => {
        const result = await commit();
        return write.name === 'notifications.messages' ? new Promise(() => {}) : result;
      };
      await world.send(chat, ann);
      world.clock.advance(1_000);
      while ((await stored()).length < 2) await new Promise((resolve) => setImmediate(resolve));
      world.clock.advance(HOUR + 60_000);
      await world.restart();
      await world.settled();
      expect(await stored()).toHaveLength(2);
      expect(world.pushed).toEqual([]);
    });
  });

  test('survives a database that fails for a while', async () => {
    let failures = 3;
    world.meddle = (write, _input, commit) =>
      write.name.startsWith('notifications.m') && failures-- > 0
        ? Promise.reject(new Error('The disk is full'))
        : commit();
    await world.send(chat, ann, '@user2');
    await world.settled();
    expect(await stored()).toHaveLength(2);
    expect(world.errors.splice(0)).toHaveLength(3);
  });

  test('is not held up by a push that fails or never ends', async () => {
    world.pushing = () => Promise.reject(new Error('No network'));
    await world.send(chat, ann);
    await world.settled();
    expect(world.errors.splice(0)).toHaveLength(2);
    world.pushing = () => new Promise(() => {});
    await world.send(chat, ann);
    await world.parts.follower.settle(bob);
    expect(await stored()).toEqual([`${bob}: 2 (2)`, `${cid}: 2 (2)`]);
    await world.settled();
  });

  test('lets two nodes follow at once', async () => {
    const first = world.parts;
    for (let n = 0; n < 10; n++) await world.sendUnheard(chat, ann, n % 2 ? '@user2' : 'hello');
    await world.restart();
    await first.follower.resume();
    await Promise.all([first.follower.settle(bob), world.parts.follower.settle(bob)]);
    await world.settled();
    await first.stop();
    const rows = await world.stored();
    const of = (userId: number, type: string) =>
      rows.filter((row) => row.user_id === userId && row.type === type);
    expect(of(bob, 'mention')).toHaveLength(5);
    expect(of(bob, 'message').map((row) => row.messages)).toEqual([5]);
    expect(of(cid, 'message').map((row) => row.messages)).toEqual([10]);
  });

  test('does a large group in pieces, whatever breaks in between', async () => {
    const crowd = await world.users(950);
    const large = await world.group(ann, ...crowd);
    const written: number[] = [];
    world.meddle = async (write, input, commit) => {
      if (write.name !== 'notifications.messages') return commit();
      written.push((input as unknown as { rows: unknown[] }).rows.length);
      if (written.length === 3) throw new Error('Broken before');
      const result = await commit();
      if (written.length === 5) throw new Error('Broken after');
      return result;
    };
    await world.send(large, ann);
    await world.settled();
    expect(Math.max(...written)).toBeLessThanOrEqual(100);
    expect(written.length).toBeGreaterThanOrEqual(11);
    const rows = await world.stored();
    expect(rows.map((row) => row.user_id)).toEqual(crowd.toSorted((a, b) => a - b));
    expect(new Set(world.pushed.map(({ userId }) => userId)).size).toBe(950);
    expect(world.errors.splice(0)).toHaveLength(2);
  });

  test('counts an @all of a large group for those who are there', async () => {
    const crowd = await world.users(150);
    const large = await world.group(ann, ...crowd);
    const [first = 0] = crowd;
    world.connect(first);
    const sent = await world.send(large, ann, '@all');
    expect(sent.mentions).toEqual([]);
    await world.settled();
    const rows = await world.stored();
    expect(rows.filter((row) => row.type === 'mention')).toHaveLength(150);
    expect(rows).toHaveLength(150);
    expect(world.recounted).toEqual([{ chatId: large, userIds: [first] }]);
  });

  test('forgets notifications after three months, and no earlier', async () => {
    await world.send(chat, ann);
    await world.settled();
    world.clock.advance(KEEP_MS - 2 * HOUR);
    expect(await stored()).toHaveLength(2);
    await world.send(chat, bob);
    await world.settled();
    world.clock.advance(3 * HOUR);
    const left = () => [`${ann}: 2 (1)`, `${cid}: 2 (1)`].join();
    await eventually(async () => (await stored()).join() === left(), 'the end of the old ones');
  });
});
