import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Chat, ChatMember, Message, Receipts, SyncAnswer } from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { TestServer } from '../../testing/server';
import type { TestUser } from '../../testing/user';
import { eventually } from '../../testing/waiting';

describe.each(DIALECTS)('where delivered marks are shown, on %s', (dialect) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ dialect, env: { RATE_LIMITS: 'off' } });
  });
  afterAll(() => server.stop());

  /** Three in a group; the reader has received what the sender sent, before or after `then`. */
  async function scene(then: (sender: TestUser, reader: TestUser) => Promise<unknown>) {
    const names = ['sender', 'reader', 'friend'];
    const [sender, reader, friend] = (await Promise.all(
      names.map((name) => server.user(name)),
    )) as [TestUser, TestUser, TestUser];
    const chat = await sender.group('Three', reader, friend);
    await then(sender, reader);
    const socket = await sender.connect();
    const message = await sender.send(chat.id, 'hello');
    return { sender, reader, friend, chat, message, socket };
  }
  const receive = (user: TestUser, chat: Chat) => user.must('GET', `/api/messages/${chat.id}`);
  const receipts = (user: TestUser, message: Message) =>
    user.must<Receipts>('GET', `/api/messages/${message.id}/receipts`);
  /** Everywhere that the members are listed: how far one of them has received. */
  async function listed(viewer: TestUser, chat: Chat, of: TestUser) {
    const details = await viewer.must<{ members: ChatMember[] }>('GET', `/api/chats/${chat.id}`);
    const page = await viewer.must<{ items: ChatMember[] }>('GET', `/api/chats/${chat.id}/members`);
    const { chats } = await viewer.must<SyncAnswer>('POST', '/api/sync', {});
    const lists = [details.members, page.items, chats[chat.id]?.members ?? []];
    return lists.map(
      (list) => list.find((m) => m.user_id === (of.id as never))?.last_delivered_message_id,
    );
  }
  const stored = (viewer: TestUser, chat: Chat, of: TestUser, id: number) =>
    eventually(async () => (await listed(viewer, chat, of))[0] === (id as never), 'the mark');

  test.each(['sender', 'reader'] as const)(
    'a block by the %s hides them from both',
    async (who) => {
      const { sender, reader, friend, chat, message, socket } = await scene((sender, reader) =>
        who === 'sender'
          ? sender.must('PUT', `/api/users/${reader.id}/block`)
          : reader.must('PUT', `/api/users/${sender.id}/block`),
      );
      await receive(reader, chat);
      await stored(friend, chat, reader, message.id);
      await receive(friend, chat);
      await socket.event('message_status', (frame) => frame.user_id === (friend.id as never));
      expect(socket.all('message_status').map((frame) => frame.user_id as number)).toEqual([
        friend.id,
      ]);
      const seen = await receipts(sender, message);
      expect(seen.delivered.map((mark) => mark.user_id as number)).toEqual([friend.id]);
      expect(await listed(sender, chat, reader)).toEqual([null, null, null]);
      const byFriend = (await receipts(friend, message)).delivered;
      expect(byFriend.map((mark) => mark.user_id as number).sort()).toEqual(
        [reader.id, friend.id].sort(),
      );
      // Groups go on, with read marks: whoever read it has it.
      await reader.must('POST', `/api/messages/${message.id}/read`);
      const told = await socket.event('message_status', (f) => f.user_id === (reader.id as never));
      expect(told).toMatchObject({
        delivered_message_id: message.id,
        read_message_id: message.id,
      });
      expect(await listed(sender, chat, reader)).toEqual(Array(3).fill(message.id) as never);
      const after = (await receipts(sender, message)).delivered;
      const mark = after.find((each) => each.user_id === (reader.id as never));
      expect(mark).toEqual({ user_id: reader.id as never, at: null });
    },
  );

  test('a block that is lifted shows them again', async () => {
    const { sender, reader, chat, message } = await scene((sender, reader) =>
      sender.must('PUT', `/api/users/${reader.id}/block`),
    );
    await receive(reader, chat);
    await sender.must('DELETE', `/api/users/${reader.id}/block`);
    await stored(sender, chat, reader, message.id);
  });

  test.each(['sender', 'reader'] as const)(
    'when is not told while the %s hides when they were last seen; that, is',
    async (who) => {
      const hide = { last_seen: 'nobody' };
      const { sender, reader, chat, message, socket } = await scene((sender, reader) =>
        (who === 'sender' ? sender : reader).must('PUT', '/api/auth/me/privacy', hide),
      );
      await receive(reader, chat);
      const told = await socket.event('message_status', (f) => f.user_id === (reader.id as never));
      expect(told.delivered_message_id).toBe(message.id);
      expect((await receipts(sender, message)).delivered).toEqual([
        { user_id: reader.id as never, at: null },
      ]);
      const open = { last_seen: 'everyone' };
      await (who === 'sender' ? sender : reader).must('PUT', '/api/auth/me/privacy', open);
      expect((await receipts(sender, message)).delivered[0]?.at).toEqual(expect.any(String));
    },
  );

  test('a frame that everybody gets tells of them to nobody', async () => {
    const { reader, chat, message, socket } = await scene(async () => {});
    await receive(reader, chat);
    await reader.must('PUT', `/api/chats/${chat.id}/settings`, { nickname: 'R' });
    const { member } = await socket.event('member_updated');
    expect(member.nickname).toBe('R');
    expect(member.last_delivered_message_id).not.toBe(message.id);
  });
});
