import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Chat, Mention, Message, SyncAnswer } from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { TestServer } from '../../testing/server';
import type { TestUser } from '../../testing/user';

describe.each(DIALECTS)('mentions on %s', (dialect) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ dialect, env: { RATE_LIMITS: 'off' } });
  });
  afterAll(() => server.stop());

  const setUp = async () => {
    const [ann, bob, cid] = [
      await server.user('ann'),
      await server.user('bob'),
      await server.user('cid'),
    ];
    return { ann, bob, cid, chat: await ann.group('Mentions', bob, cid) };
  };
  const at = (...users: TestUser[]) => users.map((user) => `@${user.username}`).join(' ');
  const count = async (user: TestUser, chat: Chat) =>
    (await user.must<Chat>('GET', `/api/chats/${chat.id}`)).mention_count;
  const mentions = async (user: TestUser) =>
    (await user.must<{ items: Mention[] }>('GET', '/api/notifications/mentions')).items;
  const message = async (user: TestUser, chat: Chat, id: number) =>
    (await user.must<{ items: Message[] }>('GET', `/api/messages/${chat.id}`)).items.find(
      (each) => each.id === id,
    ) as Message;
  const edit = (user: TestUser, id: number, content: string) =>
    user.must<Message>('PUT', `/api/messages/${id}`, { content });

  test('are shown with the message, to everybody and for ever', async () => {
    const { ann, bob, cid, chat } = await setUp();
    const socket = await cid.connect();
    const sent = await ann.send(chat.id, `look, ${at(bob).toUpperCase()}: ${at(ann)}`);
    expect(sent.mentions).toEqual([bob.id] as never);
    const live = await socket.event('new_message');
    expect(live.message.mentions).toEqual([bob.id] as never);
    expect((await message(cid, chat, sent.id)).mentions).toEqual([bob.id] as never);
    const list = await bob.must<{ items: Chat[] }>('GET', '/api/chats');
    expect(list.items[0]?.last_message?.mentions).toEqual([bob.id] as never);
  });

  test('count for those who are mentioned, until they read', async () => {
    const { ann, bob, cid, chat } = await setUp();
    const first = await ann.send(chat.id, at(bob));
    await ann.send(chat.id, at(bob, cid));
    await ann.send(chat.id, 'nobody');
    expect(await count(bob, chat)).toBe(2);
    expect(await count(cid, chat)).toBe(1);
    expect(await count(ann, chat)).toBe(0);
    const [second] = await mentions(bob);
    expect(await mentions(bob)).toMatchObject([
      { chat_id: chat.id, user_id: bob.id, is_read: false },
      { message_id: first.id, chat_id: chat.id },
    ]);
    const listed = await bob.must<{ items: Chat[] }>('GET', '/api/chats');
    expect(listed.items[0]?.mention_count).toBe(2);
    await bob.must('POST', `/api/messages/${first.id}/read`);
    expect(await count(bob, chat)).toBe(1);
    expect(await mentions(bob)).toEqual([second as Mention]);
    await bob.send(chat.id, 'I am here');
    expect(await count(bob, chat)).toBe(0);
    expect(await mentions(bob)).toEqual([]);
    expect(await count(cid, chat)).toBe(1);
  });

  test('are told to all devices with the true counts when one of them reads', async () => {
    const { ann, bob, chat } = await setUp();
    const laptop = await bob.signIn();
    const sockets = [await bob.connect(), await laptop.connect()];
    const first = await ann.send(chat.id, at(bob));
    const second = await ann.send(chat.id, at(bob));
    await ann.send(chat.id, 'more');
    for (const [id, unread, left] of [
      [first.id, 2, 1],
      [second.id, 1, 0],
    ] as const) {
      await sockets[0]?.request('message_read', { chat_id: chat.id, message_id: id });
      for (const socket of sockets) {
        const frame = await socket.event('unread', (each) => each.unread_count === unread);
        expect(frame.mention_count).toBe(left);
      }
    }
  });

  test('come with sync', async () => {
    const { ann, bob, chat } = await setUp();
    await ann.send(chat.id, at(bob));
    const answer = await bob.must<SyncAnswer>('POST', '/api/sync', { chats: { [chat.id]: 1 } });
    expect(answer.chats[chat.id]?.chat?.mention_count).toBe(1);
    expect(answer.chats[chat.id]?.messages[0]?.mentions).toEqual([bob.id] as never);
  });

  test('are of members alone, never of oneself, and not of mail addresses', async () => {
    const { ann, bob, chat } = await setUp();
    const stranger = await server.user('stranger');
    const sent = await ann.send(chat.id, `${at(stranger, ann)} me@${bob.username} @nobody_at_all`);
    expect(sent.mentions).toEqual([]);
    expect(await mentions(stranger)).toEqual([]);
    expect(await mentions(bob)).toEqual([]);
  });

  test('of a direct chat work, and @all is text there', async () => {
    const { ann, bob } = await setUp();
    const chat = await ann.direct(bob);
    expect((await ann.send(chat.id, '@all')).mentions).toEqual([]);
    expect((await ann.send(chat.id, at(bob))).mentions).toEqual([bob.id] as never);
    expect(await count(bob, chat)).toBe(1);
  });

  test('of all are an admin’s or the owner’s to make', async () => {
    const { ann, bob, cid, chat } = await setUp();
    const everybody = [bob.id, cid.id].sort((a, b) => a - b);
    expect((await ann.send(chat.id, 'hey @all!')).mentions.toSorted()).toEqual(everybody as never);
    expect((await bob.send(chat.id, '@all')).mentions).toEqual([]);
    expect(await count(cid, chat)).toBe(1);
    await ann.must('PUT', `/api/chats/${chat.id}/members/${bob.id}`, { role: 'admin' });
    const byAdmin = await bob.send(chat.id, `@all ${at(ann)}`);
    expect(byAdmin.mentions.toSorted()).toEqual([ann.id, cid.id].sort((a, b) => a - b) as never);
    expect(await count(cid, chat)).toBe(2);
    expect(await count(ann, chat)).toBe(1);
  });

  test('are not doubled by a repeat', async () => {
    const { ann, bob, chat } = await setUp();
    const client_message_id = crypto.randomUUID();
    const once = await ann.send(chat.id, at(bob), { client_message_id });
    const again = await ann.send(chat.id, at(bob), { client_message_id });
    expect(again).toMatchObject({ id: once.id, mentions: once.mentions });
    expect(await mentions(bob)).toHaveLength(1);
  });

  test('in a storm of messages belong to theirs', async () => {
    const { ann, bob, cid, chat } = await setUp();
    const texts = Array.from({ length: 60 }, (_, n) =>
      n % 3 === 0 ? 'nobody' : n % 3 === 1 ? at(bob) : n % 2 ? `${at(cid)} ${at(bob)}` : '@all',
    );
    const sent = await Promise.all(texts.map((text) => ann.send(chat.id, text)));
    for (const [n, { mentions: list }] of sent.entries()) {
      const expected = n % 3 === 0 ? [] : n % 3 === 1 ? [bob.id] : [bob.id, cid.id];
      expect(list.toSorted((a, b) => a - b)).toEqual(expected as never);
    }
    expect(await count(bob, chat)).toBe(40);
    expect(await count(cid, chat)).toBe(20);
  });

  test('are added and taken back by edits, and gone with the message', async () => {
    const { ann, bob, cid, chat } = await setUp();
    const sockets = [await bob.connect(), await cid.connect()];
    const { id } = await ann.send(chat.id, at(bob));
    expect((await edit(ann, id, `now ${at(cid)}`)).mentions).toEqual([cid.id] as never);
    expect([await count(bob, chat), await count(cid, chat)]).toEqual([0, 1]);
    await sockets[0]?.event('unread', (frame) => frame.mention_count === 0);
    await sockets[1]?.event('unread', (frame) => frame.mention_count === 1);
    expect((await edit(ann, id, '@all')).mentions.toSorted()).toEqual([bob.id, cid.id] as never);
    expect([await count(bob, chat), await count(cid, chat)]).toEqual([1, 1]);
    expect((await edit(ann, id, 'nobody')).mentions).toEqual([]);
    expect([await count(bob, chat), await count(cid, chat)]).toEqual([0, 0]);
    await edit(ann, id, at(bob, cid));
    await ann.must('DELETE', `/api/messages/${id}`);
    expect((await message(cid, chat, id)).mentions).toEqual([]);
    expect([await count(bob, chat), await count(cid, chat)]).toEqual([0, 0]);
    expect([await mentions(bob), await mentions(cid)]).toEqual([[], []]);
  });

  test('that were read stay read when the message is edited', async () => {
    const { ann, bob, chat } = await setUp();
    const { id } = await ann.send(chat.id, at(bob));
    await bob.must('POST', `/api/messages/${id}/read`);
    await edit(ann, id, `${at(bob)} again`);
    expect(await count(bob, chat)).toBe(0);
  });

  test('go with the member, and do not come back with them', async () => {
    const { ann, bob, cid, chat } = await setUp();
    await ann.send(chat.id, at(bob, cid));
    await ann.must('DELETE', `/api/chats/${chat.id}/members/${bob.id}`);
    expect(await mentions(bob)).toEqual([]);
    expect((await ann.send(chat.id, at(bob))).mentions).toEqual([]);
    await ann.must('POST', `/api/chats/${chat.id}/members`, { user_id: bob.id });
    expect([await mentions(bob), await count(bob, chat)]).toEqual([[], 0]);
    expect(await mentions(cid)).toHaveLength(1);
    await ann.must('DELETE', `/api/chats/${chat.id}`);
    expect(await mentions(cid)).toEqual([]);
  });

  test('are read one by one', async () => {
    const { ann, bob, cid, chat } = await setUp();
    await ann.send(chat.id, at(bob));
    await ann.send(chat.id, at(bob));
    const socket = await bob.connect();
    const [newest] = await mentions(bob);
    const path = `/api/notifications/mentions/${newest?.id}/read`;
    expect((await cid.call('POST', path)).status).toBe(404);
    expect((await bob.call('POST', path)).status).toBe(204);
    expect((await bob.call('POST', path)).status).toBe(204);
    expect(await socket.event('unread')).toMatchObject({ unread_count: 2, mention_count: 1 });
    expect(await count(bob, chat)).toBe(1);
    expect((await mentions(bob)).map(({ id }) => id)).not.toContain(newest?.id as never);
  });

  test('come in pages', async () => {
    const { ann, bob, chat } = await setUp();
    for (let n = 0; n < 5; n++) await ann.send(chat.id, at(bob));
    const seen: number[] = [];
    let cursor = '';
    do {
      const page = await bob.must<{ items: Mention[]; next_cursor: string | null }>(
        'GET',
        `/api/notifications/mentions?limit=2${cursor}`,
      );
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.next_cursor === null ? '' : `&cursor=${page.next_cursor}`;
    } while (cursor);
    expect(seen).toHaveLength(5);
    expect(seen).toEqual(seen.toSorted((a, b) => b - a));
  });
});
