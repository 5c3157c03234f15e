import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Message, MessagePage } from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { TestServer } from '../../testing/server';
import type { TestUser } from '../../testing/user';

describe.each(DIALECTS)('a client_message_id on %s', (dialect) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ dialect, env: { RATE_LIMITS: 'off' } });
  });
  afterAll(() => server.stop());

  const count = async (user: TestUser, chatId: number) =>
    (await user.must<MessagePage>('GET', `/api/messages/${chatId}?limit=100`)).items.length;

  test('makes one message of twenty calls at once, over REST and WebSocket', async () => {
    const [ann, bob] = [await server.user('ann'), await server.user('bob')];
    const chat = await ann.direct(bob);
    const [socket, witness] = [await ann.connect(), await bob.connect()];
    const client_message_id = crypto.randomUUID();
    const body = { content: 'once', client_message_id };
    const rest = () => ann.call<Message>('POST', `/api/messages/${chat.id}`, body);
    const live = () => socket.request('send_message', { chat_id: chat.id, ...body });
    const [calls, frames] = await Promise.all([
      Promise.all(Array.from({ length: 10 }, rest)),
      Promise.all(Array.from({ length: 10 }, live)),
    ]);
    const ids = [
      ...calls.map((answer) => answer.body.id as number),
      ...frames.map((frame) => (frame as unknown as { message_id: number }).message_id),
    ];
    expect(new Set(ids).size).toBe(1);
    const firsts =
      calls.filter((answer) => answer.status === 201).length +
      frames.filter((frame) => 'duplicate' in frame && frame.duplicate === false).length;
    expect(firsts).toBe(1);
    expect(await count(bob, chat.id)).toBe(1);
    await witness.settled();
    expect(witness.all('new_message')).toHaveLength(1);
  });

  test('makes one message even when it is sent to several chats at once', async () => {
    const [ann, bob] = [await server.user('ann'), await server.user('bob')];
    const chats = await Promise.all(Array.from({ length: 8 }, (_, i) => ann.group(`G${i}`, bob)));
    for (let round = 0; round < 5; round++) {
      const client_message_id = crypto.randomUUID();
      const answers = await Promise.all(
        chats.map((chat) =>
          ann.call<Message>('POST', `/api/messages/${chat.id}`, {
            content: 'x',
            client_message_id,
          }),
        ),
      );
      const statuses = answers.map((answer) => answer.status).sort();
      expect(statuses).toEqual([...Array(7).fill(200), 201]);
      expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
    }
    const counts = await Promise.all(chats.map((chat) => count(bob, chat.id)));
    expect(counts.reduce((sum, n) => sum + n, 0)).toBe(5);
  });

  test('is the same in upper case', async () => {
    const ann = await server.user('ann');
    const chat = await ann.direct(ann);
    const client_message_id = crypto.randomUUID();
    const first = await ann.send(chat.id, 'x', { client_message_id });
    expect(first.client_message_id).toBe(client_message_id);
    const upper = { client_message_id: client_message_id.toUpperCase() };
    expect((await ann.send(chat.id, 'x', upper)).id).toBe(first.id);
  });

  test('belongs to one user: another one may use it too', async () => {
    const [ann, bob] = [await server.user('ann'), await server.user('bob')];
    const chat = await ann.direct(bob);
    const client_message_id = crypto.randomUUID();
    const [a, b] = await Promise.all([
      ann.send(chat.id, 'ann', { client_message_id }),
      bob.send(chat.id, 'bob', { client_message_id }),
    ]);
    expect(a.id).not.toBe(b.id);
    expect(b.content).toBe('bob');
  });

  test('holds for ever: after a restart, an edit and a deletion', async () => {
    const ann = await server.user('ann');
    const chat = await ann.direct(ann);
    const client_message_id = crypto.randomUUID();
    const body = { content: 'first', client_message_id };
    const first = await ann.send(chat.id, 'first', { client_message_id });
    const again = () => ann.call<Message>('POST', `/api/messages/${chat.id}`, body);
    await server.restart();
    expect(await again()).toMatchObject({ status: 200, body: { id: first.id, content: 'first' } });
    await ann.must('PUT', `/api/messages/${first.id}`, { content: 'edited' });
    expect((await again()).body).toMatchObject({ id: first.id, content: 'edited' });
    await ann.must('DELETE', `/api/messages/${first.id}`);
    expect((await again()).body).toMatchObject({ id: first.id, is_deleted: true, content: '' });
    const socket = await ann.connect();
    const live = await socket.request('send_message', { chat_id: chat.id, ...body });
    expect(live).toMatchObject({
      message_id: first.id,
      seq: first.seq,
      rev: first.rev,
      created_at: first.created_at,
      duplicate: true,
    });
  });

  test.each(['abc', 5, '', '0d6c1c6e'])('of %j is refused', async (client_message_id) => {
    const ann = await server.user('ann');
    const chat = await ann.direct(ann);
    const body = { content: 'x', client_message_id };
    expect((await ann.call('POST', `/api/messages/${chat.id}`, body)).status).toBe(422);
  });
});
