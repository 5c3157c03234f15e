import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import type { Chat, CursorPage, MessagePage, SyncAnswer } from '@confab/protocol';
import { Message } from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { TestServer } from '../../testing/server';
import type { TestUser } from '../../testing/user';

describe.each(DIALECTS)('pins on %s', (dialect) => {
  let server: TestServer;
  let ann: TestUser;
  let bob: TestUser;
  let cid: TestUser;
  let chat: Chat;

  beforeAll(async () => {
    server = await TestServer.start({ dialect, env: { RATE_LIMITS: 'off' } });
    [ann, bob, cid] = [
      await server.user('ann'),
      await server.user('bob'),
      await server.user('cid'),
    ];
  });
  beforeEach(async () => {
    chat = await ann.group('Pins', bob, cid);
    await ann.must('PUT', `/api/chats/${chat.id}/members/${cid.id}`, { role: 'admin' });
  });
  afterAll(() => server.stop());

  const pin = (user: TestUser, id: number) =>
    user.call<Message & { code?: string }>('PUT', `/api/messages/${id}/pin`);
  const unpin = (user: TestUser, id: number) =>
    user.call<Message & { code?: string }>('DELETE', `/api/messages/${id}/pin`);
  const rev = async () => (await ann.must<Chat>('GET', `/api/chats/${chat.id}`)).rev;
  const pins = (query = '') =>
    bob.must<CursorPage<Message>>('GET', `/api/chats/${chat.id}/pins${query}`);

  test('a pin is a change of the chat, told to all, and a notice', async () => {
    const message = await bob.send(chat.id, 'the address');
    expect(message).toMatchObject({ is_pinned: false, pinned_at: null });
    const [socket, before] = [await bob.connect(), await rev()];
    const pinned = await pin(ann, message.id);
    expect(pinned.status).toBe(200);
    expect(Message.parse(pinned.body)).toEqual(pinned.body);
    expect(pinned.body).toMatchObject({
      id: message.id,
      seq: message.seq,
      rev: before + 1,
      is_pinned: true,
      pinned_at: expect.any(String),
    });
    expect((await socket.event('message_updated')).message).toEqual(pinned.body);
    const notice = (await socket.event('new_message')).message;
    expect(notice).toMatchObject({
      rev: before + 2,
      content: `${ann.username} pinned a message`,
      sender_username: ann.username,
      system_event: { action: 'message_pinned', user_id: null, value: String(message.id) },
    });
    const told = socket.frames.map((frame) => frame.type);
    expect(told.indexOf('message_updated')).toBeLessThan(told.indexOf('new_message'));
    expect((await pins()).items).toEqual([pinned.body]);
    expect(await rev()).toBe(before + 2);
  });

  test('sync brings pins and their end', async () => {
    const message = await ann.send(chat.id, 'the address');
    const sync = async (since: number) => {
      const answer = await bob.must<SyncAnswer>('POST', '/api/sync', {
        chats: { [chat.id]: since },
      });
      return answer.chats[chat.id]?.messages.find((each) => each.id === message.id);
    };
    const before = await rev();
    await pin(ann, message.id);
    expect(await sync(before)).toMatchObject({ is_pinned: true });
    const between = await rev();
    await unpin(ann, message.id);
    expect(await sync(between)).toMatchObject({ is_pinned: false, pinned_at: null });
  });

  test('what is so already is no change', async () => {
    const message = await ann.send(chat.id, 'the address');
    expect((await unpin(ann, message.id)).body).toMatchObject({ rev: message.rev });
    const first = await pin(ann, message.id);
    const before = await rev();
    expect((await pin(cid, message.id)).body).toEqual(first.body);
    expect(await rev()).toBe(before);
  });

  test('an end of a pin is told, without a notice', async () => {
    const message = await ann.send(chat.id, 'the address');
    await pin(ann, message.id);
    const [socket, before] = [await bob.connect(), await rev()];
    const answer = await unpin(cid, message.id);
    expect(answer.body).toMatchObject({ rev: before + 1, is_pinned: false, pinned_at: null });
    expect((await socket.event('message_updated')).message).toEqual(answer.body);
    expect(await rev()).toBe(before + 1);
    expect((await pins()).items).toEqual([]);
  });

  test('members do not pin in groups; in a direct chat both do', async () => {
    const message = await bob.send(chat.id, 'mine');
    for (const change of [pin, unpin]) {
      expect((await change(bob, message.id)).body).toMatchObject({ code: 'forbidden' });
    }
    const direct = await ann.direct(bob);
    const note = await ann.send(direct.id, 'note');
    expect((await pin(bob, note.id)).status).toBe(200);
    expect((await unpin(ann, note.id)).status).toBe(200);
  });

  test('the newest pin comes first, in pages', async () => {
    const ids: number[] = [];
    for (let n = 0; n < 5; n++) ids.push((await bob.send(chat.id, `m${n}`)).id);
    const order = [2, 0, 4, 1, 3].map((n) => ids[n] as number);
    for (const id of order) await pin(ann, id);
    const seen: number[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: CursorPage<Message> = await pins(`?limit=2${cursor && `&cursor=${cursor}`}`);
      seen.push(...page.items.map((message) => message.id));
      cursor = page.next_cursor;
    }
    expect(seen).toEqual(order.toReversed());
  });

  test('deleting a message unpins it; a deleted one cannot be pinned', async () => {
    const message = await bob.send(chat.id, 'the address');
    await pin(ann, message.id);
    const socket = await cid.connect();
    await bob.must('DELETE', `/api/messages/${message.id}`);
    const { message: tombstone } = await socket.event('message_deleted');
    expect(tombstone).toMatchObject({ is_pinned: false, pinned_at: null, content: '' });
    expect((await pins()).items).toEqual([]);
    expect((await pin(ann, message.id)).body).toMatchObject({ code: 'message_deleted' });
  });

  test('what the server tells cannot be pinned', async () => {
    const page = await ann.must<MessagePage>('GET', `/api/messages/${chat.id}`);
    const answer = await pin(ann, page.items[0]?.id ?? 0);
    expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } as never });
  });

  test('a chat has a hundred at most, however many come at once', async () => {
    const sent = await Promise.all(Array.from({ length: 104 }, () => bob.send(chat.id, 'x')));
    const answers = await Promise.all(sent.map((message) => pin(ann, message.id)));
    const refused = answers.filter((answer) => answer.status !== 200);
    expect(refused.map(({ status, body }) => [status, body.code])).toEqual(
      Array(4).fill([409, 'conflict']) as never,
    );
    const page = await pins('?limit=100');
    expect(page.items).toHaveLength(100);
    expect(page.next_cursor).toBeNull();
    expect(new Set(page.items.map((message) => message.pinned_at)).size).toBe(100);
  });
});
