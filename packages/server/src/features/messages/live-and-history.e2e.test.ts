import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Message } from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { TestServer } from '../../testing/server';
import type { TestSocket } from '../../testing/socket';
import type { TestUser } from '../../testing/user';

describe.each(DIALECTS)('what was shown live is what the history shows, on %s', (dialect) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ dialect });
  });
  afterAll(() => server.stop());

  const history = async (user: TestUser, chatId: number) =>
    (await user.must<{ items: Message[] }>('GET', `/api/messages/${chatId}`)).items;

  async function live(socket: TestSocket, last: number): Promise<Message[]> {
    await socket.event('new_message', ({ message }) => message.seq === last);
    return socket.all('new_message').map(({ message }) => message);
  }

  test('of system messages, whoever has come or gone meanwhile: always sent', async () => {
    const [ann, ben, cleo] = [
      await server.user('ann'),
      await server.user('ben'),
      await server.user('cleo'),
    ];
    const chat = await ann.group('Alone at first');
    const socket = await ann.connect({ confirms: true });
    const path = `/api/chats/${chat.id}`;
    await ann.must('PUT', path, { name: 'Other' });
    await ann.must('POST', `${path}/members`, { user_id: ben.id });
    await ann.must('POST', `${path}/members`, { user_id: cleo.id });
    await ann.must('DELETE', `${path}/members/${cleo.id}`);
    await ben.must('DELETE', `${path}/members/${ben.id}`);
    const [shown, kept] = [await live(socket, 5), await history(ann, chat.id)];
    expect(kept.map(({ content_type, status }) => [content_type, status])).toEqual(
      Array(5).fill(['system', 'sent']),
    );
    expect(shown).toEqual(kept);
    const { last_message } = await ann.must<{ last_message: Message }>('GET', path);
    expect(last_message).toEqual(kept.at(-1) as Message);
  });

  test('of a system message that everybody has read: still sent', async () => {
    const [ann, ben] = [await server.user('ann'), await server.user('ben')];
    const chat = await ann.group('Two', ben);
    const path = `/api/chats/${chat.id}`;
    await ann.must('PUT', path, { name: 'Both' });
    const [renamed] = await history(ben, chat.id);
    await ben.must('POST', `/api/messages/${renamed?.id}/read`);
    expect((await history(ann, chat.id))[0]?.status).toBe('sent');
  });

  test('of messages that nobody else is to have: read at once, whatever one hides', async () => {
    const ann = await server.user('ann');
    const socket = await ann.connect();
    const notes = await ann.direct(ann);
    const group = await ann.group('Just me');
    for (const read_receipts of ['everyone', 'nobody']) {
      await ann.must('PUT', '/api/auth/me/privacy', { last_seen: 'everyone', read_receipts });
      for (const { id } of [notes, group]) {
        const sent = await ann.send(id, 'Milk');
        expect(sent.status).toBe('read');
        const { message } = await socket.event('new_message', (f) => f.message.id === sent.id);
        expect(message).toEqual(sent);
        expect((await history(ann, id)).at(-1)).toEqual(sent);
      }
    }
  });

  test('of messages, replies and mentions that others wait for: sent', async () => {
    const [ann, ben] = [await server.user('ann'), await server.user('ben')];
    for (const chat of [await ann.direct(ben), await ann.group('Both', ben)]) {
      const socket = await ann.connect({ confirms: true });
      const first = await ann.send(chat.id, 'First');
      await ann.send(chat.id, 'Again', { reply_to_id: first.id });
      await ann.send(chat.id, `Hello @${ben.username}`);
      const [shown, kept] = [await live(socket, 3), await history(ann, chat.id)];
      expect(kept.map(({ status }) => status)).toEqual(['sent', 'sent', 'sent']);
      expect(shown).toEqual(kept);
      socket.close();
    }
  });
});
