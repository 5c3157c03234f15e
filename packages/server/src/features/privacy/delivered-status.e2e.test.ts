import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Chat, CursorPage, Message, MessagePage, SyncAnswer } from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { TestServer } from '../../testing/server';
import type { TestUser } from '../../testing/user';
import { eventually } from '../../testing/waiting';

describe.each(DIALECTS)('the status of messages across a block, on %s', (dialect) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ dialect, env: { RATE_LIMITS: 'off' } });
  });
  afterAll(() => server.stop());

  const people = async () =>
    (await Promise.all(['sender', 'reader', 'friend'].map((name) => server.user(name)))) as [
      TestUser,
      TestUser,
      TestUser,
    ];
  const block = (by: TestUser, whom: TestUser) => by.must('PUT', `/api/users/${whom.id}/block`);
  const receive = (user: TestUser, chat: Chat) => user.must('GET', `/api/messages/${chat.id}`);
  /** Everywhere that the sender sees the status of the newest message. */
  async function statuses(sender: TestUser, chat: Chat, { content }: Message) {
    const { items } = await sender.must<MessagePage>('GET', `/api/messages/${chat.id}`);
    const chats = await sender.must<CursorPage<Chat>>('GET', '/api/chats');
    const search = `/api/messages/search?q=${content}&chat_id=${chat.id}`;
    const found = await sender.must<{ items: Message[] }>('GET', search);
    const sync = await sender.must<SyncAnswer>('POST', '/api/sync', {});
    return [
      items.at(-1)?.status,
      chats.items.find((each) => each.id === chat.id)?.last_message?.status,
      found.items[0]?.status,
      sync.chats[chat.id]?.messages?.at(-1)?.status,
    ];
  }
  const all = (status: string) => Array(4).fill(status);
  const become = (status: string, of: () => Promise<unknown[]>) =>
    eventually(async () => (await of()).join() === all(status).join(), `the status ${status}`);

  test.each(['direct', 'group'] as const)('in a %s chat is told by reading alone', async (type) => {
    for (const isBlocker of [true, false]) {
      const [sender, reader, friend] = await people();
      const chat =
        type === 'direct' ? await sender.direct(reader) : await sender.group('G', reader, friend);
      const message = await sender.send(chat.id, 'hello');
      await (isBlocker ? block(sender, reader) : block(reader, sender));
      await receive(reader, chat);
      if (type === 'group') await receive(friend, chat);
      expect(await statuses(sender, chat, message)).toEqual(all('sent'));
      await server.restart();
      expect(await statuses(sender, chat, message)).toEqual(all('sent'));
      for (const user of type === 'group' ? [reader, friend] : [reader]) {
        await user.must('POST', `/api/messages/${message.id}/read`);
      }
      await become('read', () => statuses(sender, chat, message));
    }
  });

  test('is not told either when a message changes, also before anything was asked', async () => {
    const [sender, reader] = await people();
    const chat = await sender.group('G', reader);
    const message = await sender.send(chat.id, 'hello');
    await block(reader, sender);
    await receive(reader, chat);
    await server.restart();
    const path = `/api/messages/${message.id}`;
    expect((await sender.must<Message>('PUT', path, { content: 'changed' })).status).toBe('sent');
    expect((await sender.must<Message>('PUT', `${path}/pin`)).status).toBe('sent');
  });

  test('of a sender with blocks of others only goes on as ever', async () => {
    const [sender, reader, stranger] = await people();
    const chat = await sender.direct(reader);
    await block(sender, stranger);
    const message = await sender.send(chat.id, 'hello');
    await receive(reader, chat);
    await become('delivered', () => statuses(sender, chat, message));
  });

  test('is that of before once the block is lifted', async () => {
    const [sender, reader] = await people();
    const chat = await sender.direct(reader);
    const message = await sender.send(chat.id, 'hello');
    await block(reader, sender);
    await receive(reader, chat);
    expect(await statuses(sender, chat, message)).toEqual(all('sent'));
    await reader.must('DELETE', `/api/users/${sender.id}/block`);
    await become('delivered', () => statuses(sender, chat, message));
  });
});
