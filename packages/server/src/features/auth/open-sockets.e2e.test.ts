import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { ManualClock } from '../../testing/manual-clock';
import { TestServer } from '../../testing/server';
import { call, type TestUser } from '../../testing/user';

describe('the token of an open socket', () => {
  const clock = new ManualClock();
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ clock });
  });
  afterAll(() => server.stop());

  async function refreshed(user: TestUser): Promise<string> {
    const body = { refresh_token: user.refreshToken };
    const answer = await call<{ access_token: string }>(server.url, 'POST', '/api/auth/refresh', {
      body,
    });
    return answer.body.access_token;
  }

  test('closes it with 4401 within a second of its expiry', async () => {
    const ann = await server.user('ann');
    const socket = await ann.connect();
    clock.advance(599_000);
    await socket.settled();
    clock.advance(2_000);
    expect(await socket.closed()).toBe(4401);
    expect((await ann.call('GET', '/api/auth/me')).body).toMatchObject({ code: 'token_expired' });
  });

  test('can be put in place by a newer one, and the socket lives on', async () => {
    const ann = await server.user('ann');
    const socket = await ann.connect();
    clock.advance(500_000);
    const answer = await socket.request('token_refresh', { access_token: await refreshed(ann) });
    expect(answer).toMatchObject({ type: 'ack', expires_in: 600 });
    clock.advance(599_000);
    await socket.settled();
    clock.advance(2_000);
    expect(await socket.closed()).toBe(4401);
  });

  test("cannot be put in place by another session's", async () => {
    const [ann, bob] = [await server.user('ann'), await server.user('bob')];
    const socket = await ann.connect();
    for (const other of [bob.token, (await ann.signIn()).token]) {
      const answer = await socket.request('token_refresh', { access_token: other });
      expect(answer).toMatchObject({ type: 'error', code: 'invalid_token', temporary: false });
    }
    const forged = await socket.request('token_refresh', { access_token: 'forged' });
    expect(forged).toMatchObject({ code: 'invalid_token' });
    await socket.settled();
  });

  test('does nothing more once its session is revoked', async () => {
    const [ann, bob] = [await server.user('ann'), await server.user('bob')];
    const chat = await ann.direct(bob);
    const [a, b] = [await ann.connect(), await bob.connect()];
    await ann.call('POST', '/api/auth/logout');
    a.send({ type: 'send_message', chat_id: chat.id, content: 'too late' });
    expect(await a.closed()).toBe(4401);
    await bob.send(chat.id, 'after');
    await b.event('new_message', (frame) => frame.message.content === 'after');
    expect(b.all('new_message').map((frame) => frame.message.content)).toEqual(['after']);
    expect(a.all('new_message')).toEqual([]);
  });
});
