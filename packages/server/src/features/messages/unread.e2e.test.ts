import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Chat } from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { TestServer } from '../../testing/server';
import type { TestUser } from '../../testing/user';

describe.each(DIALECTS)('unread messages on %s', (dialect) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ dialect });
  });
  afterAll(() => server.stop());

  const setUp = async () => {
    const [ann, bob] = [await server.user('ann'), await server.user('bob')];
    return { ann, bob, chat: await ann.group('Unread', bob) };
  };
  const unread = async (user: TestUser, chat: Chat) =>
    (await user.must<Chat>('GET', `/api/chats/${chat.id}`)).unread_count;

  test('are last_seq minus last_read_seq, deleted and system messages included', async () => {
    const { ann, bob, chat } = await setUp();
    const messages = [];
    for (let i = 0; i < 5; i++) messages.push(await ann.send(chat.id, `m${i}`));
    await ann.must('DELETE', `/api/messages/${messages[4]?.id}`);
    await ann.must('PUT', `/api/chats/${chat.id}`, { name: 'Renamed' });
    expect(await unread(bob, chat)).toBe(6);
    await bob.must('POST', `/api/messages/${messages[1]?.id}/read`);
    expect(await unread(bob, chat)).toBe(4);
    await ann.must('PUT', `/api/messages/${messages[0]?.id}`, { content: 'edited' });
    expect(await unread(bob, chat)).toBe(4);
    expect(await unread(ann, chat)).toBe(0);
    const list = await bob.must<{ items: Chat[] }>('GET', '/api/chats');
    expect(list.items[0]?.unread_count).toBe(4);
  });

  test('are read by sending oneself, on all of one’s devices', async () => {
    const { ann, bob, chat } = await setUp();
    await ann.send(chat.id, 'hello');
    const [phone, laptop] = [await bob.connect(), await (await bob.signIn()).connect()];
    expect(await unread(bob, chat)).toBe(1);
    const mine = await phone.request('send_message', { chat_id: chat.id, content: 'hi' });
    for (const device of [phone, laptop]) {
      expect(await device.event('unread')).toMatchObject({ chat_id: chat.id, unread_count: 0 });
    }
    expect(await unread(bob, chat)).toBe(0);
    expect(await unread(ann, chat)).toBe(1);
    const { last_read_message_id } = await bob.must<Chat>('GET', `/api/chats/${chat.id}`);
    expect({ message_id: last_read_message_id }).toMatchObject({
      message_id: (mine as unknown as { message_id: number }).message_id as never,
    });
  });

  test('are read by sending over REST, which a lone connection is told', async () => {
    const { ann, bob, chat } = await setUp();
    await ann.send(chat.id, 'hello');
    const socket = await bob.connect();
    await bob.send(chat.id, 'hi');
    expect(await socket.event('unread')).toMatchObject({ chat_id: chat.id, unread_count: 0 });
  });

  test('by a lone connection’s own message are no news to it', async () => {
    const { ann, bob, chat } = await setUp();
    await ann.send(chat.id, 'hello');
    const socket = await bob.connect();
    await socket.request('send_message', { chat_id: chat.id, content: 'hi' });
    await socket.settled();
    expect(socket.all('unread')).toEqual([]);
  });

  test('are kept in step on all of a user’s own devices, and told to nobody else', async () => {
    const { ann, bob, chat } = await setUp();
    const laptop = await bob.signIn();
    const [a, b1, b2] = [await ann.connect(), await bob.connect(), await laptop.connect()];
    await ann.send(chat.id, 'one');
    const second = await ann.send(chat.id, 'two');
    await ann.send(chat.id, 'three');
    const fields = { chat_id: chat.id, message_id: second.id };
    await b1.request('message_read', fields);
    const told = { chat_id: chat.id, unread_count: 1, mention_count: 0 };
    expect(await b1.event('unread')).toEqual({ type: 'unread', ...told });
    expect(await b2.event('unread')).toEqual({ type: 'unread', ...told });
    await a.settled();
    expect(a.all('unread')).toEqual([]);
  });

  test('that are read already make no stir', async () => {
    const { ann, bob, chat } = await setUp();
    const message = await ann.send(chat.id, 'one');
    const socket = await bob.connect();
    const fields = { chat_id: chat.id, message_id: message.id };
    await socket.request('message_read', fields);
    await socket.request('message_read', fields);
    await socket.settled();
    expect(socket.all('unread')).toHaveLength(1);
  });
});
