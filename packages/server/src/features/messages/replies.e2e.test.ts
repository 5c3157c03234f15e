import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { MessagePage } from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { TestServer } from '../../testing/server';

describe.each(DIALECTS)('replies on %s', (dialect) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ dialect });
  });
  afterAll(() => server.stop());

  const pair = async () => {
    const [ann, bob] = [await server.user('ann'), await server.user('bob')];
    return { ann, bob, chat: await ann.direct(bob) };
  };

  test('carry a short quote, live and in history', async () => {
    const { ann, bob, chat } = await pair();
    const question = await ann.send(chat.id, `${'é'.repeat(199)}ß${'x'.repeat(50)}`);
    const socket = await ann.connect();
    const answer = await bob.send(chat.id, 'yes', { reply_to_id: question.id });
    const quote = {
      id: question.id,
      sender_id: ann.id,
      sender_username: ann.username,
      content: `${'é'.repeat(199)}ß`,
      content_type: 'text',
      is_deleted: false,
    };
    expect(answer).toMatchObject({ reply_to_id: question.id, reply_to: quote });
    expect((await socket.event('new_message')).message.reply_to).toEqual(quote as never);
    const { items } = await bob.must<MessagePage>('GET', `/api/messages/${chat.id}`);
    expect(items[1]?.reply_to).toEqual(quote as never);
  });

  test('quote the message as it is now', async () => {
    const { ann, bob, chat } = await pair();
    const question = await ann.send(chat.id, 'helo?');
    await bob.send(chat.id, 'yes', { reply_to_id: question.id });
    await ann.must('PUT', `/api/messages/${question.id}`, { content: 'hello?' });
    const { items } = await bob.must<MessagePage>('GET', `/api/messages/${chat.id}`);
    expect(items[1]?.reply_to?.content).toBe('hello?');
  });

  test('sent together with what they answer find it', async () => {
    const { ann, bob, chat } = await pair();
    const first = await ann.send(chat.id, 'one');
    const socket = await bob.connect();
    for (let i = 0; i < 20; i++) {
      socket.send({
        type: 'send_message',
        chat_id: chat.id,
        content: `re ${i}`,
        reply_to_id: first.id,
      });
    }
    await socket.event('new_message', (frame) => frame.message.content === 're 19');
    for (const { message } of socket.all('new_message'))
      expect(message.reply_to?.id).toBe(first.id);
  });

  test("to a missing message and to another chat's are the same 404, over REST and WebSocket", async () => {
    const { ann, bob, chat } = await pair();
    const elsewhere = await bob.send((await bob.direct(bob)).id, 'private');
    const socket = await ann.connect();
    const answers = [];
    for (const reply_to_id of [elsewhere.id, 999_999_999]) {
      const rest = await ann.call('POST', `/api/messages/${chat.id}`, {
        content: 'x',
        reply_to_id,
      });
      const live = await socket.request('send_message', {
        chat_id: chat.id,
        content: 'x',
        reply_to_id,
      });
      expect(rest.body).toMatchObject({ status: 404, code: 'not_found' });
      expect(live).toMatchObject({ type: 'error', code: 'not_found', detail: rest.body.detail });
      answers.push(rest.body.detail);
    }
    expect(answers[0]).toBe(answers[1]);
    expect((await ann.must<MessagePage>('GET', `/api/messages/${chat.id}`)).items).toEqual([]);
  });

  test.each([0, -1, 'x', 1.5])('to %j are refused', async (reply_to_id) => {
    const { ann, chat } = await pair();
    const answer = await ann.call('POST', `/api/messages/${chat.id}`, {
      content: 'x',
      reply_to_id,
    });
    expect(answer.status).toBe(422);
  });

  test('may be replies to nothing, said outright', async () => {
    const { ann, chat } = await pair();
    const message = await ann.send(chat.id, 'x', { reply_to_id: null, client_message_id: null });
    expect(message).toMatchObject({ reply_to_id: null, reply_to: null, client_message_id: null });
  });
});
