import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { DIALECTS } from '../../testing/databases';
import { NotificationWorld } from '../../testing/notification-world';
import type { Sent } from '../messages';
import { deleteMessage } from '../messages/change-writes';
import { advanceWatermarks } from '../messages/receipt-writes';
import { GATHER_MS, GATHER_PLACES } from './writes';

describe.each(DIALECTS)('reading notifications on %s', (dialect) => {
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

  const say = async (senderId: number, count: number, chatId = chat) => {
    const sent: Sent[] = [];
    for (let n = 0; n < count; n++) sent.push(await world.send(chatId, senderId, `by ${senderId}`));
    await world.settled();
    return sent;
  };
  const takeBack = (sent: readonly Sent[]) =>
    Promise.all(
      sent.map(({ id, chatId }) => {
        const input = { chatId, messageId: id, actorId: ann, at: world.clock.now() };
        return world.database.committer.submit(deleteMessage, input, chatId);
      }),
    );
  const page = (
    userId: number,
    more: { unread_only?: boolean; limit?: number; cursor?: string } = {},
  ) => world.parts.service.list(userId, { unread_only: false, limit: 50, ...more });
  const told = async (userId: number) =>
    (await page(userId)).items.map(({ body, data }) => `${body} (${data.count})`);
  const unread = async (userId: number) => (await world.parts.service.count(userId)).unread;
  const storedOf = async (userId: number) =>
    (await world.stored()).filter((row) => row.user_id === userId);
  /** Notifications that no message is left of. */
  const dead = async (count: number) => {
    const rows = [];
    for (let n = 0; n < count; n++) {
      const [sent] = await say(ann, 1);
      if (sent) rows.push(sent);
      world.clock.advance(GATHER_MS + 1);
    }
    await takeBack(rows);
  };

  test('nobody makes the notification of others’ messages vanish by sending and deleting', async () => {
    await say(ann, 1);
    const flood = await say(cid, GATHER_PLACES + 30);
    await takeBack(flood);
    expect(await told(bob)).toEqual([`by ${ann} (1)`]);
    expect(await unread(bob)).toBe(1);
  });

  test('a notification gathers in so many places of its chat, and then another one does', async () => {
    await say(cid, 60);
    await say(cid, GATHER_PLACES - 59);
    await say(cid, 1);
    const rows = (await storedOf(bob)).map((row) => [row.first_seq, row.seq, row.messages]);
    expect(rows).toEqual([
      [1, 60, 60],
      [61, GATHER_PLACES + 2, GATHER_PLACES - 58],
    ]);
  });

  test('counts the messages that are left', async () => {
    const [first, second] = await say(ann, 3);
    await takeBack([second as Sent]);
    expect(await told(bob)).toEqual([`by ${ann} (2)`]);
    await takeBack([first as Sent]);
    expect(await told(bob)).toEqual([`by ${ann} (1)`]);
  });

  test('takes what is over out of the way', async () => {
    world.connect(bob);
    await say(ann, 1);
    world.clock.advance(GATHER_MS + 1);
    await dead(20);
    expect(await storedOf(bob)).toHaveLength(21);
    expect(await told(bob)).toEqual([`by ${ann} (1)`]);
    expect(await storedOf(bob)).toHaveLength(1);
  });

  test('counting takes what is over out of the way as well', async () => {
    world.connect(bob);
    await dead(20);
    await say(ann, 1);
    expect(await unread(bob)).toBe(1);
    expect(await storedOf(bob)).toHaveLength(1);
  });

  test('pages end where the notifications do', async () => {
    for (let n = 0; n < 5; n++) {
      await say(ann, 1);
      world.clock.advance(GATHER_MS + 1);
    }
    const sizes: number[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const { items, next_cursor } = await page(bob, { limit: 2, ...(cursor ? { cursor } : {}) });
      sizes.push(items.length);
      cursor = next_cursor;
    }
    expect(sizes).toEqual([2, 2, 1]);
  });

  test('what its reader’s watermark passed is read, and need not be looked at again', async () => {
    const [sent] = await say(ann, 1);
    const seq = (sent as Sent).seq;
    const at = world.clock.now();
    const row = { chatId: chat, userId: bob, readSeq: seq, deliveredSeq: seq, at };
    await world.database.committer.submit(advanceWatermarks, { rows: [row] }, chat);
    expect((await page(bob, { unread_only: true })).items).toEqual([]);
    expect((await storedOf(bob)).map(({ is_read }) => is_read)).toEqual([1]);
    expect((await page(bob)).items.map(({ is_read }) => is_read)).toEqual([true]);
  });

  test('one that gathers anew while it is taken for over is kept', async () => {
    const [first] = await say(ann, 1);
    await takeBack([first as Sent]);
    world.meddle = async (write, _input, commit) => {
      if (write.name === 'notifications.tidy') {
        world.meddle = (_write, _in, go) => go();
        await say(ann, 1);
      }
      return commit();
    };
    expect((await page(bob)).items).toEqual([]);
    expect(await told(bob)).toEqual([`by ${ann} (1)`]);
  });

  test('a list that cannot be tidied now is read all the same', async () => {
    world.meddle = (write, _input, commit) =>
      write.name === 'notifications.tidy' ? Promise.reject(new Error('Broken')) : commit();
    for (const userId of [bob, cid]) world.connect(userId);
    await dead(1);
    await say(ann, 1);
    expect(await told(bob)).toEqual([`by ${ann} (1)`]);
    expect(world.errors.splice(0)).toHaveLength(1);
  });
});
