import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { Chat, ChatDetails, type Message, type MessagePage } from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { TestServer } from '../../testing/server';
import type { TestUser } from '../../testing/user';

describe.each(DIALECTS)('groups on %s', (dialect) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ dialect, env: { MAX_GROUP_MEMBERS: '5' } });
  });
  afterAll(() => server.stop());

  const some = (...names: string[]): Promise<TestUser[]> =>
    Promise.all(names.map((name) => server.user(name)));
  const details = (user: TestUser, chatId: number) =>
    user.must<ChatDetails>('GET', `/api/chats/${chatId}`);
  async function systemEvents(user: TestUser, chatId: number) {
    const page = await user.must<MessagePage>('GET', `/api/messages/${chatId}`);
    return page.items.map(({ sender_id, content, content_type, system_event }: Message) => ({
      sender_id,
      content,
      content_type,
      system_event,
    }));
  }

  test('are owned by who makes them; the others are members', async () => {
    const [ann, bob, cid] = await some('ann', 'bob', 'cid');
    if (!ann || !bob || !cid) throw new Error();
    const made = await ann.call<Chat>('POST', '/api/chats/group', {
      name: 'Hiking',
      description: 'Saturdays',
      avatar_url: '/hiking.png',
      member_ids: [bob.id, cid.id, bob.id, ann.id],
    });
    expect(made.status).toBe(201);
    expect(Chat.parse(made.body)).toEqual(made.body);
    expect(made.body).toMatchObject({
      name: 'Hiking',
      description: 'Saturdays',
      avatar_url: '/hiking.png',
      chat_type: 'group',
      member_count: 3,
      peer: null,
      my_role: 'owner',
    });
    const seen = await details(bob, made.body.id);
    expect(ChatDetails.parse(seen)).toEqual(seen);
    expect(seen.my_role).toBe('member');
    expect(seen.members.map((member) => [member.user_id, member.role])).toEqual([
      [ann.id, 'owner'],
      [bob.id, 'member'],
      [cid.id, 'member'],
    ] as never);
  });

  test('are told to each member as chat_created', async () => {
    const [ann, bob] = await some('ann', 'bob');
    if (!ann || !bob) throw new Error();
    const socket = await bob.connect();
    const chat = await ann.group('Hiking', bob);
    const told = await socket.event('chat_created');
    expect(told.chat).toMatchObject({ id: chat.id, my_role: 'member', rev: chat.rev });
    await ann.send(chat.id, 'welcome');
    expect((await socket.event('new_message')).message.content).toBe('welcome');
  });

  test.each([
    [{ name: '' }, 422],
    [{ name: '   ' }, 422],
    [{ name: 'x'.repeat(101) }, 422],
    [{}, 422],
    [{ name: 'X', description: 'x'.repeat(1001) }, 422],
    [{ name: 'X', member_ids: 'all' }, 422],
    [{ name: 'X', member_ids: [1.5] }, 422],
    [{ name: 'X', member_ids: [999_999] }, 404],
    [{ name: 'X', member_ids: [2, 3, 4, 5, 6] }, 409],
    [{ name: 'X', avatar_url: 'javascript:1' }, 422],
    [{ name: 'X', is_encrypted: 'yes' }, 422],
  ])('%j is refused with %d', async (body, status) => {
    const [ann] = await some('ann');
    expect((await ann?.call('POST', '/api/chats/group', body))?.status).toBe(status);
    expect(await ann?.must('GET', '/api/chats')).toEqual({ items: [], next_cursor: null });
  });

  test('change name, description and picture, each with a system message', async () => {
    const [ann, bob] = await some('ann', 'bob');
    if (!ann || !bob) throw new Error();
    const chat = await ann.group('Hiking', bob);
    const socket = await bob.connect();
    const change = { name: 'Biking', description: 'Sundays', avatar_url: 'https://x.org/b.png' };
    const changed = await ann.must<Chat>('PUT', `/api/chats/${chat.id}`, change);
    expect(changed).toMatchObject({ ...change, last_seq: 3 });
    expect((await socket.event('chat_updated')).chat).toMatchObject(change);
    const about = (action: string, value: string | null) => ({
      sender_id: ann.id,
      content_type: 'system',
      system_event: { action, user_id: null, value },
    });
    expect(await systemEvents(bob, chat.id)).toMatchObject([
      { ...about('chat_renamed', 'Biking'), content: expect.stringContaining('Biking') },
      about('description_changed', null),
      about('avatar_changed', null),
    ] as never);
    await socket.event('new_message', (frame) => frame.message.seq === 3);
    const revs = [socket.all('chat_updated')[0]?.chat.rev];
    for (const frame of socket.all('new_message')) revs.push(frame.message.rev);
    expect(revs).toEqual([2, 3, 4, 5]);
    expect(await details(ann, chat.id)).toMatchObject({ rev: 5, ...change });
  });

  test('that are changed to what they are stay as they are', async () => {
    const [ann] = await some('ann');
    const chat = await ann?.group('Hiking');
    const same = await ann?.must<Chat>('PUT', `/api/chats/${chat?.id}`, { name: 'Hiking' });
    expect(same).toMatchObject({ rev: 1, last_seq: 0 });
    const cleared = { description: null, avatar_url: null };
    expect(await ann?.must<Chat>('PUT', `/api/chats/${chat?.id}`, cleared)).toMatchObject({
      rev: 1,
    });
  });

  test('take members in: with an event, a system message and nothing unread', async () => {
    const [ann, bob, cid] = await some('ann', 'bob', 'cid');
    if (!ann || !bob || !cid) throw new Error();
    const chat = await ann.group('Hiking', bob);
    await ann.send(chat.id, 'before');
    const [b, c] = [await bob.connect(), await cid.connect()];
    const added = await ann.call('POST', `/api/chats/${chat.id}/members`, { user_id: cid.id });
    expect(added.status).toBe(201);
    expect(added.body).toMatchObject({ user_id: cid.id, role: 'member', is_muted: false });
    expect(await b.event('member_added')).toMatchObject({
      chat_id: chat.id,
      rev: 3,
      member: { user_id: cid.id, user: { username: cid.username } },
    });
    expect((await c.event('chat_created')).chat).toMatchObject({
      id: chat.id,
      member_count: 3,
      unread_count: 0,
      my_role: 'member',
    });
    expect((await systemEvents(cid, chat.id)).at(-1)).toMatchObject({
      sender_id: ann.id,
      system_event: { action: 'member_added', user_id: cid.id },
      content: `${ann.username} added ${cid.username}`,
    } as never);
    await bob.send(chat.id, 'hello cid');
    await c.event('new_message', (frame) => frame.message.content === 'hello cid');
    expect((await details(cid, chat.id)).unread_count).toBe(1);
  });

  test('refuse members who are in already, who do not exist, and too many', async () => {
    const [ann, bob, ...more] = await some('ann', 'bob', 'cid', 'dan', 'eve', 'fay');
    if (!ann || !bob) throw new Error();
    const chat = await ann.group('Hiking', bob);
    const add = (user_id: number) => ann.call('POST', `/api/chats/${chat.id}/members`, { user_id });
    expect((await add(bob.id)).body).toMatchObject({ status: 409, code: 'already_a_member' });
    expect((await add(999_999)).body).toMatchObject({ status: 404, code: 'not_found' });
    const answers = await Promise.all(more.map((user) => add(user.id)));
    const codes = answers.map((answer) => answer.body.code ?? answer.status);
    expect(codes.sort()).toEqual([201, 201, 201, 'group_full']);
    expect(await details(ann, chat.id)).toMatchObject({ member_count: 5, rev: 7 });
  });

  test('let go of a member, who hears and sees nothing of them from then on', async () => {
    const [ann, bob, cid] = await some('ann', 'bob', 'cid');
    if (!ann || !bob || !cid) throw new Error();
    const chat = await ann.group('Hiking', bob, cid);
    const [b, c] = [await bob.connect(), await cid.connect()];
    const path = `/api/chats/${chat.id}/members/${cid.id}`;
    expect((await ann.call('DELETE', path)).status).toBe(204);
    expect(await b.event('member_removed')).toMatchObject({ chat_id: chat.id, user_id: cid.id });
    expect(await c.event('chat_removed')).toMatchObject({ chat_id: chat.id });
    expect((await systemEvents(bob, chat.id)).at(-1)).toMatchObject({
      system_event: { action: 'member_removed', user_id: cid.id },
    } as never);
    await ann.send(chat.id, 'behind your back');
    await b.event('new_message', (frame) => frame.message.content === 'behind your back');
    await c.settled();
    expect(c.all('new_message')).toEqual([]);
    expect(c.all('member_removed')).toEqual([]);
    expect((await cid.call('GET', `/api/chats/${chat.id}`)).status).toBe(404);
    expect((await ann.call('DELETE', path)).body).toMatchObject({ code: 'not_a_member' });
    expect(await details(bob, chat.id)).toMatchObject({ member_count: 2 });
  });

  test('take a member back as a member, with nothing unread and no old nickname', async () => {
    const [ann, bob] = await some('ann', 'bob');
    if (!ann || !bob) throw new Error();
    const chat = await ann.group('Hiking', bob);
    await ann.must('PUT', `/api/chats/${chat.id}/members/${bob.id}`, { role: 'admin' });
    await bob.must('PUT', `/api/chats/${chat.id}/settings`, { nickname: 'Bobby', is_muted: true });
    await bob.must('DELETE', `/api/chats/${chat.id}/members/${bob.id}`);
    await ann.send(chat.id, 'meanwhile');
    await ann.must('POST', `/api/chats/${chat.id}/members`, { user_id: bob.id });
    expect(await details(bob, chat.id)).toMatchObject({
      my_role: 'member',
      nickname: null,
      is_muted: false,
      unread_count: 0,
      member_count: 2,
    });
  });
});
