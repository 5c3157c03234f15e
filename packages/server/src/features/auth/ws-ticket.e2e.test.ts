import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { ManualClock } from '../../testing/manual-clock';
import { RawSocket } from '../../testing/raw-socket';
import { TestServer } from '../../testing/server';
import type { TestUser } from '../../testing/user';

describe('tickets for a WebSocket', () => {
  const clock = new ManualClock();
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ clock });
  });
  afterAll(() => server.stop());

  const ticketOf = async (user: TestUser) => {
    const answer = await user.must<{ ticket: string; expires_in: number }>(
      'POST',
      '/api/auth/ws-ticket',
    );
    expect(answer.expires_in).toBe(30);
    return answer.ticket;
  };
  const open = (ticket: string) => RawSocket.dial(server.url, `/ws/${ticket}`);

  test('open one socket, of the user who asked', async () => {
    const ann = await server.user('ann');
    const ticket = await ticketOf(ann);
    const socket = await open(ticket);
    expect(socket.status).toBe(101);
    expect((await socket.event('ready')).user_id).toBe(ann.id as never);
    expect((await open(ticket)).status).toBe(401);
    socket.destroy();
  });

  test('of many who use one at once, one gets in', async () => {
    const ticket = await ticketOf(await server.user('ann'));
    const sockets = await Promise.all(Array.from({ length: 5 }, () => open(ticket)));
    expect(sockets.map((socket) => socket.status).sort()).toEqual([101, 401, 401, 401, 401]);
    for (const socket of sockets) socket.destroy();
  });

  test('are good for thirty seconds', async () => {
    const ann = await server.user('ann');
    const [young, old] = [await ticketOf(ann), await ticketOf(ann)];
    clock.advance(29_000);
    expect((await open(young)).status).toBe(101);
    clock.advance(1_001);
    expect((await open(old)).status).toBe(401);
  });

  test('are not tokens: REST refuses them', async () => {
    const ann = await server.user('ann');
    ann.token = await ticketOf(ann);
    expect((await ann.call('GET', '/api/auth/me')).body).toMatchObject({ code: 'invalid_token' });
  });

  test('open nothing once their session has ended', async () => {
    const ann = await server.user('ann');
    const ticket = await ticketOf(ann);
    await ann.call('POST', '/api/auth/logout');
    expect((await open(ticket)).status).toBe(401);
  });

  test('a socket opened with one lives as long as an access token', async () => {
    const ann = await server.user('ann');
    const socket = await open(await ticketOf(ann));
    await socket.event('ready');
    clock.advance(599_000);
    socket.sendJson({ type: 'ping', request_id: 'still there' });
    await socket.event('ack');
    clock.advance(2_000);
    expect(await socket.closed()).toBe(4401);
  });
});
