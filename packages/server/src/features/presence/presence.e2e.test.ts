import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Presence, User } from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { ManualClock } from '../../testing/manual-clock';
import { TestServer } from '../../testing/server';
import type { TestSocket } from '../../testing/socket';
import { PASSWORD, type TestUser } from '../../testing/user';
import { eventually } from '../../testing/waiting';

describe.each(DIALECTS)('presence on %s', (dialect) => {
  const clock = new ManualClock();
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ dialect, clock, crowd: 30 });
  });
  afterAll(() => server.stop());

  /** Changes of presence wait for their turn, and the turn for what the database answers. */
  const tick = () => clock.advance(50);
  const told = (socket: TestSocket, of: TestUser) =>
    eventually(() => {
      tick();
      return socket.all('user_status').find((frame) => frame.user_id === of.id);
    }, `the status of ${of.username}`);
  const connections = () => server.services.hub.connectionCount;
  async function hangUp(socket: TestSocket) {
    const before = connections();
    socket.close();
    await eventually(() => connections() < before, 'the server’s notice');
  }
  const statuses = (socket: TestSocket, of: TestUser) =>
    socket
      .all('user_status')
      .filter((frame) => frame.user_id === of.id)
      .map((frame) => frame.status);
  const view = (by: TestUser, of: TestUser) => by.must<User>('GET', `/api/users/${of.id}`);

  test('is told to people one has a direct chat with, online and offline', async () => {
    const [ann, bob] = [await server.user('ann'), await server.user('bob')];
    await ann.direct(bob);
    const b = await bob.connect();
    const a = await ann.connect();
    expect(await told(b, ann)).toMatchObject({
      username: ann.username,
      status: 'online',
    });
    expect(await view(bob, ann)).toMatchObject({ is_online: true });
    await hangUp(a);
    const at = new Date(clock.now()).toISOString();
    clock.advance(9_000);
    await b.settled();
    expect(statuses(b, ann)).toEqual(['online']);
    expect(await view(bob, ann)).toMatchObject({ is_online: true });
    clock.advance(6_000);
    const gone = await b.event('user_status', (frame) => frame.status === 'offline');
    expect(gone).toMatchObject({ user_id: ann.id, last_seen: at });
    await eventually(async () => (await view(bob, ann)).last_seen === at, 'last_seen');
    expect(await view(bob, ann)).toMatchObject({ is_online: false });
  });

  test('does not flicker when a connection is replaced, nor while another one is open', async () => {
    const [ann, bob] = [await server.user('ann'), await server.user('bob')];
    await ann.direct(bob);
    const b = await bob.connect();
    const [first, second] = [await ann.connect(), await ann.connect()];
    await told(b, ann);
    await hangUp(first);
    clock.advance(20_000);
    await hangUp(second);
    clock.advance(5_000);
    await ann.connect();
    clock.advance(30_000);
    await b.settled();
    expect(statuses(b, ann)).toEqual(['online']);
  });

  test('of members of a large group is told to those alone who look at it', async () => {
    const [ann, bob] = [await server.user('ann'), await server.user('bob')];
    const group = await ann.group('Large', bob, ...server.crowd);
    const [b, c] = [await bob.connect(), await (server.crowd[0] as TestUser).connect()];
    const joined = await b.request('join_chat', { chat_id: group.id });
    const { presence } = joined as unknown as { presence: Presence[] };
    expect(presence).toHaveLength(31);
    expect(presence.find((each) => each.user_id === (ann.id as never))).toEqual({
      user_id: ann.id as never,
      username: ann.username,
      status: 'offline',
      last_seen: null,
    });
    expect(presence[0]).toMatchObject({ status: 'online', username: 'crowd0000' });
    await ann.connect();
    await told(b, ann);
    await c.settled();
    expect(statuses(c, ann)).toEqual([]);
  });

  test('is not told any more after leave_chat, nor after being removed', async () => {
    const [ann, bob, cid] = await Promise.all(['ann', 'bob', 'cid'].map((n) => server.user(n)));
    if (!ann || !bob || !cid) throw new Error();
    const group = await ann.group('Large', bob, cid, ...server.crowd.slice(0, 25));
    const [b, c] = [await bob.connect(), await cid.connect()];
    for (const socket of [b, c]) await socket.request('join_chat', { chat_id: group.id });
    expect((await b.request('leave_chat', { chat_id: group.id })).type).toBe('ack');
    await ann.must('DELETE', `/api/chats/${group.id}/members/${cid.id}`);
    await ann.connect();
    tick();
    await new Promise((resolve) => setImmediate(resolve));
    await Promise.all([b.settled(), c.settled()]);
    expect([...statuses(b, ann), ...statuses(c, ann)]).toEqual([]);
  });

  test('after a stop everybody is offline, seen when it stopped', async () => {
    const [ann, bob] = [await server.user('ann'), await server.user('bob')];
    await ann.direct(bob);
    await ann.connect();
    clock.advance(60_000);
    const at = new Date(clock.now()).toISOString();
    await server.restart();
    expect(await view(bob, ann)).toMatchObject({ is_online: false, last_seen: at });
  });

  test('of who makes requests alone is seen to the minute, and never online', async () => {
    const [ann, bob] = [await server.user('ann'), await server.user('bob')];
    await ann.direct(bob);
    await bob.connect();
    const began = clock.now();
    await ann.must('GET', '/api/auth/me');
    clock.advance(60_000);
    const seen = await eventually(
      async () => (await view(bob, ann)).last_seen ?? false,
      'last_seen',
    );
    expect(Date.parse(seen)).toBeGreaterThanOrEqual(began);
    expect(Date.parse(seen)).toBeLessThanOrEqual(began + 60_000);
    expect(await view(bob, ann)).toMatchObject({ is_online: false });
    await ann.must('PUT', '/api/auth/me/privacy', { last_seen: 'nobody' });
    clock.advance(60_000);
    expect(await view(bob, ann)).toMatchObject({ is_online: false, last_seen: null });
  });

  test('of an account that is deactivated or erased ends at once', async () => {
    const root = await server.admin('root');
    for (const end of ['deactivate', 'erase'] as const) {
      const [ann, bob] = [await server.user('ann'), await server.user('bob')];
      const chat = await ann.direct(bob);
      const b = await bob.connect();
      await b.request('join_chat', { chat_id: chat.id });
      await ann.connect();
      await told(b, ann);
      if (end === 'deactivate') await root.must('POST', `/api/admin/users/${ann.id}/deactivate`);
      else await ann.must('DELETE', '/api/auth/me', { password: PASSWORD });
      await eventually(() => {
        tick();
        return statuses(b, ann).length === 2;
      }, 'the news');
      const gone = b.all('user_status').filter((frame) => frame.user_id === (ann.id as never));
      expect(gone.at(-1)).toMatchObject({ status: 'offline', last_seen: null });
      const hidden = { is_online: false, last_seen: null };
      expect(await view(bob, ann)).toMatchObject(hidden);
      const { presence } = (await b.request('join_chat', { chat_id: chat.id })) as unknown as {
        presence: Presence[];
      };
      expect(presence).toMatchObject([{ status: 'offline', last_seen: null }]);
      clock.advance(30_000);
      await b.settled();
      expect(statuses(b, ann)).toEqual(['online', 'offline']);
    }
  });
});
