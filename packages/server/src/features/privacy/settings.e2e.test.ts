import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { Privacy } from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { ManualClock } from '../../testing/manual-clock';
import { presenceProbe } from '../../testing/presence-probe';
import { TestServer } from '../../testing/server';
import type { TestSocket } from '../../testing/socket';
import type { TestUser } from '../../testing/user';
import { eventually } from '../../testing/waiting';

const PATH = '/api/auth/me/privacy';

/** The longer a test waits, the more time it lets go by. */
const ENV = { RATE_LIMITS: 'off', ACCESS_TOKEN_TTL_S: '86400' };

describe.each(DIALECTS)('privacy settings on %s', (dialect) => {
  const clock = new ManualClock();
  let server: TestServer;
  /** Waits until everything that is to be told was told. */
  let quiet: Awaited<ReturnType<typeof presenceProbe>>;
  beforeAll(async () => {
    server = await TestServer.start({ dialect, clock, env: ENV });
    quiet = await presenceProbe(server, clock);
  });
  afterAll(() => server.stop());

  async function people(): Promise<[TestUser, TestUser, TestUser]> {
    const [a, b, c] = await Promise.all(['ann', 'bob', 'cid'].map((name) => server.user(name)));
    if (!a || !b || !c) throw new Error('Nobody came');
    return [a, b, c];
  }
  const set = (user: TestUser, body: object) => user.must<Privacy>('PUT', PATH, body);
  const statuses = (socket: TestSocket, of: TestUser) =>
    socket.all('user_status').filter((frame) => frame.user_id === (of.id as never));
  /** The last thing that a connection was told of somebody, once it fits. */
  const shown = (socket: TestSocket, of: TestUser, status: string, what: string) =>
    eventually(() => {
      clock.advance(50);
      const last = statuses(socket, of).at(-1);
      return last?.status === status && last;
    }, what);

  test('show everything to everyone, until they are changed, one by one', async () => {
    const [user] = await people();
    const open = { last_seen: 'everyone', read_receipts: 'everyone' };
    const first = await user.must<Privacy>('GET', PATH);
    expect(Privacy.parse(first)).toEqual(first);
    expect(first).toEqual(open as Privacy);
    expect(await set(user, { last_seen: 'contacts' })).toMatchObject({
      last_seen: 'contacts',
      read_receipts: 'everyone',
    });
    expect(await set(user, { read_receipts: 'nobody', extra: 1 })).toEqual({
      last_seen: 'contacts',
      read_receipts: 'nobody',
    });
    expect(await set(user, {})).toEqual({ last_seen: 'contacts', read_receipts: 'nobody' });
    expect(await user.must<Privacy>('GET', PATH)).toEqual(await set(user, {}));
    expect(await set(user, open)).toEqual(open as Privacy);
  });

  test.each([
    [{ last_seen: 'friends' }],
    [{ last_seen: 'Everyone' }],
    [{ last_seen: null }],
    [{ read_receipts: true }],
    [{ read_receipts: '' }],
    [{ last_seen: 'nobody', read_receipts: 'x' }],
    [[]],
    ['nobody'],
    [null],
  ])('%j is refused, and changes nothing', async (body) => {
    const user = await server.user('wrong');
    const before = await set(user, { last_seen: 'contacts' });
    expect((await user.call('PUT', PATH, JSON.stringify(body))).status).toBe(422);
    expect(await user.must<Privacy>('GET', PATH)).toEqual(before);
  });

  test('are everybody’s own, and need a token', async () => {
    const [user, other] = await people();
    await set(user, { last_seen: 'nobody' });
    expect((await other.must<Privacy>('GET', PATH)).last_seen).toBe('everyone');
    const { status } = await fetch(`${server.url}${PATH}`);
    expect(status).toBe(401);
  });

  test('many changes at once end as the last one says', async () => {
    const [user] = await people();
    const words = ['nobody', 'contacts', 'everyone', 'contacts', 'nobody'] as const;
    await Promise.all(words.map((last_seen) => set(user, { last_seen })));
    const parts = [{ last_seen: 'contacts' }, { read_receipts: 'nobody' }];
    await Promise.all(parts.map((part) => set(user, part)));
    expect(await user.must<Privacy>('GET', PATH)).toEqual({
      last_seen: 'contacts',
      read_receipts: 'nobody',
    });
  });

  test('hide from the connected at once, both ways, and show again', async () => {
    const [a, b] = await people();
    await a.direct(b);
    const [toA, toB] = [await a.connect(), await b.connect()];
    await shown(toA, b, 'online', 'bob’s coming');
    await set(a, { last_seen: 'nobody' });
    expect(await shown(toB, a, 'offline', 'ann’s hiding')).toMatchObject({ last_seen: null });
    expect(await shown(toA, b, 'offline', 'that ann sees nobody')).toMatchObject({
      last_seen: null,
    });
    await set(a, { last_seen: 'everyone' });
    await shown(toB, a, 'online', 'ann’s showing');
    await shown(toA, b, 'online', 'that ann sees bob');
  });

  test('to contacts hide from those with whom one shares a group alone', async () => {
    const [a, b, c] = await people();
    await a.direct(b);
    await a.group('Small', b, c);
    const [toA, toB, toC] = [await a.connect(), await b.connect(), await c.connect()];
    await shown(toC, a, 'online', 'ann’s coming').catch(() => undefined);
    await set(a, { last_seen: 'contacts' });
    await shown(toC, a, 'offline', 'ann’s hiding');
    await quiet(toA, toB, toC);
    expect(statuses(toB, a).map((frame) => frame.status)).not.toContain('offline');
    expect(statuses(toA, c).at(-1)?.status).toBe('offline');
    expect(statuses(toA, b).map((frame) => frame.status)).not.toContain('offline');
    // Whoever opens a direct chat is a contact from then on.
    await c.direct(a);
    expect(await c.must('GET', `/api/users/${a.id}`)).toMatchObject({ is_online: true } as never);
  });

  test('hide from those who look at a large group', async () => {
    const [a, b] = await people();
    const others = await Promise.all(Array.from({ length: 20 }, () => server.user('many')));
    const chat = await a.group('Large', b, ...others);
    const [toA, toB] = [await a.connect(), await b.connect()];
    const idle = await (others[0] as TestUser).connect();
    await toA.request('join_chat', { chat_id: chat.id });
    await toB.request('join_chat', { chat_id: chat.id });
    await set(a, { last_seen: 'nobody' });
    await shown(toB, a, 'offline', 'ann’s hiding');
    await shown(toA, b, 'offline', 'that ann sees nobody');
    await quiet(idle);
    expect(statuses(idle, a)).toEqual([]);
    const again = await toB.request('join_chat', { chat_id: chat.id });
    const { presence } = again as unknown as { presence: { user_id: number; status: string }[] };
    expect(presence.find((each) => each.user_id === a.id)?.status).toBe('offline');
    expect(presence.at(0)?.user_id).not.toBe(a.id);
  });

  test('changed back before anybody was told tell nobody', async () => {
    const [a, b] = await people();
    await a.direct(b);
    const [toA, toB] = [await a.connect(), await b.connect()];
    await shown(toA, b, 'online', 'bob’s coming');
    await quiet(toA, toB);
    const before = statuses(toB, a).length;
    await set(a, { last_seen: 'nobody' });
    await set(a, { last_seen: 'everyone' });
    await quiet(toA, toB);
    expect(statuses(toB, a)).toHaveLength(before);
  });

  test('of read receipts hide no presence, and the other way round', async () => {
    const [a, b] = await people();
    const chat = await a.direct(b);
    const toA = await a.connect();
    await b.connect();
    await shown(toA, b, 'online', 'bob’s coming');
    await set(b, { read_receipts: 'nobody' });
    const message = await a.send(chat.id, 'hello');
    await b.must('POST', `/api/messages/${message.id}/read`);
    await quiet(toA);
    expect(statuses(toA, b).at(-1)?.status).toBe('online');
    await set(b, { read_receipts: 'everyone', last_seen: 'nobody' });
    const receipts = await a.must<{ read: unknown[] }>(
      'GET',
      `/api/messages/${message.id}/receipts`,
    );
    expect(receipts.read).toHaveLength(1);
  });

  test('survive a restart', async () => {
    const [user, other] = await people();
    await user.connect();
    await set(user, { last_seen: 'nobody', read_receipts: 'contacts' });
    await server.restart();
    expect(await user.must<Privacy>('GET', PATH)).toEqual({
      last_seen: 'nobody',
      read_receipts: 'contacts',
    });
    await user.connect();
    expect(await other.must('GET', `/api/users/${user.id}`)).toMatchObject({
      is_online: false,
      last_seen: null,
    } as never);
  });
});
