import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { DIALECTS } from '../../testing/databases';
import { TestServer } from '../../testing/server';

describe.each(DIALECTS)('messages on %s', (dialect) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ dialect });
  });
  afterAll(() => server.stop());

  test('a message reaches every member live, in order, and its sender too', async () => {
    const [alice, bob] = [await server.user('alice'), await server.user('bob')];
    const chat = await alice.group('Friends', bob);
    const [a, b] = [await alice.connect(), await bob.connect()];
    for (let n = 1; n <= 20; n++)
      a.send({ type: 'send_message', chat_id: chat.id, content: `m${n}` });
    await b.event('new_message', (frame) => frame.message.content === 'm20');
    await a.event('new_message', (frame) => frame.message.content === 'm20');
    for (const socket of [a, b]) {
      expect(socket.all('new_message').map((frame) => frame.message.seq)).toEqual(
        Array.from({ length: 20 }, (_, i) => i + 1),
      );
    }
  });

  test('the same client_message_id makes one message, over REST and WebSocket', async () => {
    const [alice, bob] = [await server.user('alice'), await server.user('bob')];
    const chat = await alice.direct(bob);
    const socket = await alice.connect();
    const client_message_id = crypto.randomUUID();
    const first = await alice.send(chat.id, 'once', { client_message_id });
    const again = await alice.call('POST', `/api/messages/${chat.id}`, {
      content: 'twice',
      client_message_id,
    });
    const live = await socket.request('send_message', {
      chat_id: chat.id,
      content: 'thrice',
      client_message_id,
    });
    expect(again.status).toBe(200);
    expect(again.body).toMatchObject({ id: first.id, content: 'once' });
    expect(live).toMatchObject({
      message_id: first.id,
      seq: first.seq,
      rev: first.rev,
      duplicate: true,
    });
    const page = await bob.must<{ items: unknown[] }>('GET', `/api/messages/${chat.id}`);
    expect(page.items).toHaveLength(1);
  });
});
