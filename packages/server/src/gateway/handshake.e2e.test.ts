import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { RawSocket } from '../testing/raw-socket';
import { TestServer } from '../testing/server';
import type { TestUser } from '../testing/user';
import { eventually } from '../testing/waiting';

describe('opening a WebSocket', () => {
  let server: TestServer;
  let ann: TestUser;
  beforeAll(async () => {
    server = await TestServer.start({ env: { CORS_ORIGINS: 'https://chat.example.org' } });
    ann = await server.user('ann');
  });
  afterAll(() => server.stop());

  const dial = async (path: string, headers: Record<string, string> = {}) => {
    const socket = await RawSocket.dial(server.url, path, headers);
    socket.destroy();
    return socket;
  };
  const status = async (path: string, headers: Record<string, string> = {}) =>
    (await dial(path, headers)).status;

  test('takes the token in the path, with or without a slash behind it', async () => {
    expect(await status(`/ws/${ann.token}`)).toBe(101);
    expect(await status(`/ws/${ann.token}/`)).toBe(101);
    expect(await status(`/ws/${ann.token}?client=x`)).toBe(101);
  });

  test('takes the token in the Authorization header', async () => {
    for (const path of ['/ws', '/ws/']) {
      expect(await status(path, { Authorization: `Bearer ${ann.token}` })).toBe(101);
    }
  });

  test('takes the token in the pair of subprotocols, and echoes confab.v1 alone', async () => {
    const pair = { 'Sec-WebSocket-Protocol': `confab.v1, bearer.${ann.token}` };
    const socket = await dial('/ws', pair);
    expect(socket.status).toBe(101);
    expect(socket.header('sec-websocket-protocol')).toBe('confab.v1');
    expect(socket.head).not.toContain(ann.token);
  });

  test('echoes no subprotocol that nobody offers', async () => {
    for (const offer of ['soap', 'confab.v2', `bearer.${ann.token}`]) {
      const socket = await dial(`/ws/${ann.token}`, { 'Sec-WebSocket-Protocol': offer });
      expect(socket.header('sec-websocket-protocol')).toBeUndefined();
    }
    expect((await dial(`/ws/${ann.token}`)).header('sec-websocket-protocol')).toBeUndefined();
  });

  test.each([
    ['nothing', '/ws'],
    ['an empty token', '/ws/'],
    ['something', '/ws/not-a-token'],
    ['more than a token', '/ws/a/b/c'],
    ['odd bytes', '/ws/%00%ff%e2%98%83'],
  ])('with %s is refused with 401 before the upgrade', async (_, path) => {
    const socket = await dial(path);
    expect(socket.status).toBe(401);
    expect(socket.header('content-type')).toBe('application/problem+json');
  });

  test('of a session that has ended is refused with 401', async () => {
    const other = await ann.signIn();
    await other.call('POST', '/api/auth/logout');
    expect(await status(`/ws/${other.token}`)).toBe(401);
  });

  test.each([
    ['the configured origin', 'https://chat.example.org', 101],
    ['another origin', 'https://evil.example', 403],
    ['the configured one without TLS', 'http://chat.example.org', 403],
    ['one that begins like it', 'https://chat.example.org.evil.example', 403],
    ['no origin to speak of', 'null', 403],
  ])('from a page of %s: %s gets %d', async (_, origin, expected) => {
    expect(await status(`/ws/${ann.token}`, { Origin: origin })).toBe(expected);
  });

  test('from a page of this host is let in', async () => {
    expect(await status(`/ws/${ann.token}`, { Origin: server.url })).toBe(101);
  });

  test('a bad origin is refused whatever the token', async () => {
    expect(await status('/ws/bad', { Origin: 'https://evil.example' })).toBe(403);
  });

  test('without asking for an upgrade is refused', async () => {
    const answer = await fetch(`${server.url}/ws/${ann.token}`);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 'bad_request' });
  });

  test('over twenty of one user is refused with 429 until one closes', async () => {
    const bob = await server.user('bob');
    const path = `/ws/${bob.token}`;
    const dials = Array.from({ length: 25 }, () => RawSocket.dial(server.url, path));
    const sockets = await Promise.all(dials);
    const open = sockets.filter((socket) => socket.status === 101);
    expect(open).toHaveLength(20);
    const refused = sockets.find((socket) => socket.status === 429);
    expect(refused?.header('retry-after')).toBe('5');
    expect(await status(`/ws/${ann.token}`)).toBe(101);
    open[0]?.destroy();
    await eventually(async () => (await status(path)) === 101, 'room for another one');
    for (const socket of sockets) socket.destroy();
  });

  test('that was refused counts for nothing', async () => {
    const cid = await server.user('cid');
    for (let i = 0; i < 30; i++) await fetch(`${server.url}/ws/${cid.token}`);
    expect(await status(`/ws/${cid.token}`)).toBe(101);
  });

  test('is greeted by ready before anything else', async () => {
    const [dan, eve] = [await server.user('dan'), await server.user('eve')];
    const chat = await dan.direct(eve);
    const sending = Array.from({ length: 20 }, (_, i) => dan.send(chat.id, `m${i}`));
    const sockets = await Promise.all(Array.from({ length: 5 }, () => eve.connect()));
    await Promise.all(sending);
    for (const socket of sockets) {
      await socket.settled();
      const [first] = socket.frames;
      expect(first).toMatchObject({ type: 'ready', user_id: eve.id as never });
      // What came after is exactly what ready did not count.
      const known = first?.type === 'ready' ? (first.chats[chat.id] ?? 0) : 0;
      await socket.until(() => known + socket.all('new_message').length === 21, 'the rest');
      const revs = socket.all('new_message').map((frame) => frame.message.rev);
      expect(revs).toEqual(revs.map((_, i) => known + 1 + i));
    }
  });
});
