import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { TestServer } from '../../testing/server';

describe('a former member', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start();
  });
  afterAll(() => server.stop());

  test('does not learn who reads what they once sent', async () => {
    const [alice, bob, carol] = [
      await server.user('alice'),
      await server.user('bob'),
      await server.user('carol'),
    ];
    const chat = await alice.group('Group', bob, carol);
    const [a, b] = [await alice.connect({ confirms: true }), await bob.connect({ confirms: true })];
    const c = await carol.connect({ confirms: true });
    await bob.send(chat.id, 'of bob');
    const last = await alice.send(chat.id, 'of alice');
    await alice.must('DELETE', `/api/chats/${chat.id}/members/${bob.id}`);
    await b.event('chat_removed');
    await c.request('message_read', { chat_id: chat.id, message_id: last.id });
    await a.event('message_status', (frame) => frame.read_message_id === last.id);
    await b.settled();
    expect(b.all('message_status').filter((frame) => frame.user_id === carol.id)).toEqual([]);
  });
});
