import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Chat } from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { ManualClock } from '../../testing/manual-clock';
import { presenceProbe } from '../../testing/presence-probe';
import { TestServer } from '../../testing/server';
import type { TestSocket } from '../../testing/socket';
import type { TestUser } from '../../testing/user';
import { eventually } from '../../testing/waiting';

/** The longer a test waits, the more time it lets go by. */
const ENV = { RATE_LIMITS: 'off', ACCESS_TOKEN_TTL_S: '86400' };

describe.each(DIALECTS)('what a block hides, on %s', (dialect) => {
  const clock = new ManualClock();
  let server: TestServer;
  /** Waits until everything that is to be told was told. */
  let quiet: Awaited<ReturnType<typeof presenceProbe>>;
  beforeAll(async () => {
    server = await TestServer.start({ dialect, clock, env: ENV });
    quiet = await presenceProbe(server, clock);
  });
  afterAll(() => server.stop());

  const block = (by: TestUser, other: TestUser) => by.must('PUT', `/api/users/${other.id}/block`);
  const unblock = (by: TestUser, other: TestUser) =>
    by.must('DELETE', `/api/users/${other.id}/block`);
  const statuses = (socket: TestSocket, of: TestUser) =>
    socket.all('user_status').filter((frame) => frame.user_id === (of.id as never));
  const typing = (socket: TestSocket, chat: Chat) =>
    socket.frames.flatMap((frame) =>
      (frame.type === 'typing_start' || frame.type === 'typing_stop') && frame.chat_id === chat.id
        ? [`${frame.type} ${frame.user_id}`]
        : [],
    );
  const until = (socket: TestSocket, of: TestUser, status: string, count: number) =>
    eventually(() => {
      clock.advance(50);
      const told = statuses(socket, of);
      return told.length === count && told.at(-1)?.status === status && told.at(-1);
    }, `${of.username}’s being ${status}`);
  async function people(...names: string[]): Promise<TestUser[]> {
    return Promise.all(names.map((name) => server.user(name)));
  }
  async function pair() {
    const [ann, bob] = (await people('ann', 'bob')) as [TestUser, TestUser];
    const chat = await ann.direct(bob);
    const [toAnn, toBob] = [await ann.connect(), await bob.connect()];
    await until(toAnn, bob, 'online', 1);
    return { ann, bob, chat, toAnn, toBob };
  }

  test('presence is withdrawn from both at once, and comes back to both', async () => {
    const { ann, bob, toAnn, toBob } = await pair();
    await quiet(toBob);
    const before = statuses(toBob, ann).length;
    await block(ann, bob);
    expect(await until(toBob, ann, 'offline', before + 1)).toMatchObject({ last_seen: null });
    expect(await until(toAnn, bob, 'offline', 2)).toMatchObject({ last_seen: null });
    await unblock(ann, bob);
    await until(toBob, ann, 'online', before + 2);
    await until(toAnn, bob, 'online', 3);
  });

  test('nothing is told while the other one blocks too, nor by blocking twice', async () => {
    const { ann, bob, toAnn, toBob } = await pair();
    await quiet(toBob);
    const before = statuses(toBob, ann).length;
    await block(ann, bob);
    await block(ann, bob);
    await until(toBob, ann, 'offline', before + 1);
    await block(bob, ann);
    await unblock(ann, bob);
    await quiet(toAnn, toBob);
    expect(statuses(toBob, ann)).toHaveLength(before + 1);
    await unblock(bob, ann);
    await until(toBob, ann, 'online', before + 2);
    await until(toAnn, bob, 'online', 3);
  });

  test('who had nothing to do with each other is told nothing', async () => {
    const [ann, bob] = (await people('ann', 'bob')) as [TestUser, TestUser];
    const [toAnn, toBob] = [await ann.connect(), await bob.connect()];
    await block(ann, bob);
    await unblock(ann, bob);
    await quiet(toAnn, toBob);
    for (const socket of [toAnn, toBob]) {
      expect(socket.frames.filter((frame) => frame.type !== 'ack')).toMatchObject([
        { type: 'ready' },
      ]);
    }
  });

  test('what was hidden already is not withdrawn again', async () => {
    const { ann, bob, toBob } = await pair();
    await ann.must('PUT', '/api/auth/me/privacy', { last_seen: 'nobody' });
    await eventually(() => {
      clock.advance(50);
      return statuses(toBob, ann).at(-1)?.status === 'offline';
    }, 'ann’s hiding');
    await quiet(toBob);
    const before = statuses(toBob, ann).length;
    await block(ann, bob);
    await unblock(ann, bob);
    await quiet(toBob);
    expect(statuses(toBob, ann)).toHaveLength(before);
  });

  test('coming and going are not told across it', async () => {
    const { ann, bob, toAnn, toBob } = await pair();
    await block(ann, bob);
    await until(toAnn, bob, 'offline', 2);
    await quiet(toBob);
    const before = statuses(toBob, ann).length;
    const witness = await server.user('witness');
    await witness.direct(ann);
    const toWitness = await witness.connect();
    toAnn.close();
    await eventually(() => {
      clock.advance(1000);
      return statuses(toWitness, ann).at(-1)?.status === 'offline';
    }, 'ann’s going');
    await ann.connect();
    await eventually(() => {
      clock.advance(50);
      return statuses(toWitness, ann).at(-1)?.status === 'online';
    }, 'ann’s coming');
    await toBob.settled();
    expect(statuses(toBob, ann)).toHaveLength(before);
  });

  test('typing in the direct chat is told to neither, and both are answered as ever', async () => {
    const { ann, bob, chat, toAnn, toBob } = await pair();
    await block(ann, bob);
    for (const socket of [toAnn, toBob]) {
      for (const type of ['typing_start', 'typing_stop', 'typing_start']) {
        expect((await socket.request(type, { chat_id: chat.id })).type).toBe('ack');
      }
    }
    clock.advance(7_000);
    await Promise.all([toAnn.settled(), toBob.settled()]);
    expect([...typing(toAnn, chat), ...typing(toBob, chat)]).toEqual([]);
  });

  test('typing is withdrawn at once, and shown again when the block is lifted', async () => {
    const { ann, bob, chat, toAnn, toBob } = await pair();
    await toAnn.request('typing_start', { chat_id: chat.id });
    await toBob.event('typing_start');
    await block(bob, ann);
    await toBob.event('typing_stop');
    await unblock(bob, ann);
    await toBob.until(() => toBob.all('typing_start').length === 2, 'the typing');
    clock.advance(7_000);
    await toBob.until(() => toBob.all('typing_stop').length === 2, 'its end');
    expect(typing(toAnn, chat)).toEqual([]);
    expect(typing(toBob, chat)).toHaveLength(4);
  });

  test('in a group the others see who types, the two do not see each other', async () => {
    const [ann, bob, cid] = (await people('ann', 'bob', 'cid')) as [TestUser, TestUser, TestUser];
    const chat = await cid.group('Three', ann, bob);
    const [toAnn, toBob, toCid] = [await ann.connect(), await bob.connect(), await cid.connect()];
    await toAnn.request('typing_start', { chat_id: chat.id });
    await toBob.event('typing_start');
    await block(ann, bob);
    await toBob.event('typing_stop');
    await toBob.request('typing_start', { chat_id: chat.id });
    await toAnn.request('typing_stop', { chat_id: chat.id });
    await toCid.event('typing_stop', (frame) => frame.user_id === (ann.id as never));
    await Promise.all([toAnn.settled(), toBob.settled()]);
    expect(typing(toCid, chat)).toEqual([
      `typing_start ${ann.id}`,
      `typing_start ${bob.id}`,
      `typing_stop ${ann.id}`,
    ]);
    expect(typing(toBob, chat)).toEqual([`typing_start ${ann.id}`, `typing_stop ${ann.id}`]);
    expect(typing(toAnn, chat)).toEqual([]);
  });

  test('the messages of a group go on between them, and are received and read', async () => {
    const [ann, bob] = (await people('ann', 'bob')) as [TestUser, TestUser];
    const chat = await ann.group('Two', bob);
    const [toAnn, toBob] = [await ann.connect(), await bob.connect()];
    await block(ann, bob);
    const message = await ann.send(chat.id, 'still here');
    await toBob.event('new_message');
    await bob.must('POST', `/api/messages/${message.id}/read`);
    const told = await eventually(() => {
      clock.advance(50);
      return toAnn.all('message_status').find((frame) => frame.read_message_id !== null);
    }, 'the receipt');
    expect(told.user_id as unknown).toBe(bob.id);
  });
});
