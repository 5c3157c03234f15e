import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { ChatDetails, Message } from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { count } from '../../testing/peek';
import { TestServer } from '../../testing/server';
import { call, PASSWORD, type TestUser } from '../../testing/user';
import { eventually } from '../../testing/waiting';

describe.each(DIALECTS)('an erased account on %s', (dialect) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ dialect });
  });
  afterAll(() => server.stop());

  const erase = (user: TestUser, password: string = PASSWORD) =>
    user.call('DELETE', '/api/auth/me', { password });
  const login = (username: string) =>
    call(server.url, 'POST', '/api/auth/login', { body: { username, password: PASSWORD } });
  const history = (user: TestUser, chatId: number) =>
    user.must<{ items: Message[] }>('GET', `/api/messages/${chatId}`).then(({ items }) => items);
  const details = (user: TestUser, chatId: number) =>
    user.must<ChatDetails>('GET', `/api/chats/${chatId}`);

  test('is out at once: sockets close, tokens are worth nothing, nobody signs in', async () => {
    const ann = await server.user('ann');
    const phone = await ann.signIn();
    const sockets = [await ann.connect(), await phone.connect()];
    expect((await erase(ann)).status).toBe(204);
    for (const socket of sockets) expect(await socket.closed()).toBe(4401);
    for (const device of [ann, phone]) {
      expect((await device.call('GET', '/api/auth/me')).status).toBe(401);
      const body = { refresh_token: device.refreshToken };
      expect((await call(server.url, 'POST', '/api/auth/refresh', { body })).status).toBe(401);
    }
    for (const name of [ann.username, `${ann.username}@example.org`, `deleted:${ann.id}`]) {
      expect(await login(name)).toMatchObject({
        status: 401,
        body: { code: 'invalid_credentials' },
      });
    }
  });

  test('is erased by its password alone, and wrong ones count', async () => {
    const ann = await server.user('ann');
    for (let n = 0; n < 5; n++) {
      expect(await erase(ann, 'wrong-password')).toMatchObject({
        status: 403,
        body: { code: 'wrong_password' },
      });
    }
    expect((await erase(ann)).status).toBe(429);
    expect((await ann.call('DELETE', '/api/auth/me', {})).status).toBe(422);
    expect((await ann.call('GET', '/api/auth/me')).status).toBe(200);
  });

  test('gives its e-mail address back, but not its name', async () => {
    const ann = await server.user('ann');
    await erase(ann);
    const register = (username: string) =>
      call(server.url, 'POST', '/api/auth/register', {
        body: { username, email: `${ann.username}@example.org`, password: PASSWORD },
      });
    expect(await register(ann.username.toUpperCase())).toMatchObject({
      status: 409,
      body: { code: 'username_taken' },
    });
    expect((await register(`${ann.username}x`)).status).toBe(201);
  });

  test('leaves its groups, and hands over what it owns', async () => {
    const [ann, ben, cem] = [
      await server.user('ann'),
      await server.user('ben'),
      await server.user('cem'),
    ];
    const owned = await ann.group('Owned', ben, cem);
    await ann.must('PUT', `/api/chats/${owned.id}/members/${cem.id}`, { role: 'admin' });
    await ben.must('DELETE', `/api/chats/${owned.id}/members/${ben.id}`);
    await ann.must('POST', `/api/chats/${owned.id}/members`, { user_id: ben.id });
    const said = await ann.send(owned.id, 'I was here');
    await ben.must('PUT', `/api/messages/${said.id}/reactions/👍`);
    const alone = await ann.group('Alone');
    await ann.send(alone.id, 'to nobody');
    const socket = await ben.connect();
    await erase(ann);

    const removed = await socket.event('member_removed');
    expect(removed).toMatchObject({ chat_id: owned.id as never, user_id: ann.id as never });
    const chat = await details(ben, owned.id);
    expect(chat.member_count).toBe(2);
    const roles = Object.fromEntries(chat.members.map(({ user_id, role }) => [user_id, role]));
    expect(roles).toEqual({ [ben.id]: 'member', [cem.id]: 'owner' });
    const messages = await history(ben, owned.id);
    expect(messages.find(({ id }) => id === said.id)).toMatchObject({
      content: 'I was here',
      sender_id: ann.id as never,
      sender_username: 'deleted user',
    });
    expect(messages.map(({ content }) => content)).toContain('deleted user left');
    expect(messages.map(({ content }) => content)).toContain(`deleted user added ${ben.username}`);
    expect(JSON.stringify(messages)).not.toContain(ann.username);
    const seqs = messages.map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.map((_, i) => i + 1));
  });

  test('is “deleted user” in a direct chat, which can be read and not written to', async () => {
    const [ann, ben] = [await server.user('ann'), await server.user('ben')];
    await ann.must('PUT', '/api/auth/me', { full_name: 'Ann Lee', bio: 'Climbs' });
    const chat = await ben.direct(ann);
    const first = await ann.send(chat.id, 'hello');
    const answer = await ben.send(chat.id, 'hi', { reply_to_id: first.id });
    const socket = await ben.connect();
    await erase(ann);

    const told = await socket.event('chat_updated', ({ chat: info }) => info.id === chat.id);
    expect(told.chat.is_active).toBe(false);
    const shown = await details(ben, chat.id);
    expect(shown).toMatchObject({
      is_active: false,
      peer: {
        id: ann.id as never,
        username: 'deleted user',
        full_name: null,
        last_seen: null,
        is_online: false,
      },
    });
    expect(JSON.stringify(shown)).not.toContain(ann.username);
    const messages = await history(ben, chat.id);
    expect(messages).toMatchObject([
      { content: 'hello', sender_username: 'deleted user' },
      { content: 'hi', reply_to: { sender_username: 'deleted user' }, status: answer.status },
    ] as never);
    const send = (content: string) => ben.call('POST', `/api/messages/${chat.id}`, { content });
    expect(await send('still there?')).toMatchObject({
      status: 403,
      body: { code: 'chat_closed' },
    });
    await server.restart();
    expect((await send('still there?')).status).toBe(403);
    const again = await ben.call('POST', '/api/chats/direct', { user_id: ann.id });
    expect(again.status).toBe(404);
    expect(
      (await ben.call('POST', '/api/chats/group', { name: 'x', member_ids: [ann.id] })).status,
    ).toBe(404);
    expect((await ben.must('GET', `/api/users/${ann.id}`)) as never).toMatchObject({
      username: 'deleted user',
      is_active: false,
      full_name: null,
      bio: null,
    } as never);
    const found = await ben.must<{ items: unknown[] }>(
      'GET',
      `/api/users/search?q=${ann.username}`,
    );
    expect(found.items).toEqual([]);
  });

  test('takes its notes to itself along', async () => {
    const ann = await server.user('ann');
    const notes = await ann.direct(ann);
    await ann.send(notes.id, 'a secret of mine');
    const left = () =>
      count(server.env, `select count(*) from messages where chat_id = ${notes.id}`);
    expect(await left()).toBe(1);
    await erase(ann);
    await eventually(async () => (await left()) === 0, 'the erasure of the notes');
  });

  test('leaves no trace of its name in any table', async () => {
    const ann = await server.user('ann');
    const ben = await server.user('ben');
    const group = await ben.group('Group', ann);
    await ann.must('PUT', `/api/chats/${group.id}/settings`, { nickname: 'Annie' });
    await ben.must('DELETE', `/api/chats/${group.id}/members/${ann.id}`);
    await ben.must('POST', `/api/chats/${group.id}/members`, { user_id: ann.id });
    await ann.must('PUT', `/api/chats/${group.id}/settings`, { nickname: 'Annie' });
    await ann.must('DELETE', `/api/chats/${group.id}/members/${ann.id}`);
    await erase(ann);
    const named = (table: string, column: string, name: string) =>
      count(server.env, `select count(*) from ${table} where ${column} like '%${name}%'`);
    expect(await named('messages', 'content', ann.username)).toBe(0);
    expect(await named('users', 'username', ann.username)).toBe(0);
    expect(await named('users', 'email', ann.username)).toBe(0);
    expect(await named('chat_members', 'nickname', 'Annie')).toBe(0);
    expect(await count(server.env, `select count(*) from sessions where user_id = ${ann.id}`)).toBe(
      0,
    );
    expect(await count(server.env, 'select count(*) from erasures')).toBe(0);
    const messages = await history(ben, group.id);
    expect(messages.map(({ content }) => content)).toEqual([
      `${ben.username} removed deleted user`,
      `${ben.username} added deleted user`,
      'deleted user left',
    ]);
  });

  test('is not the last administrator’s', async () => {
    const root = await server.admin();
    expect(await erase(root)).toMatchObject({ status: 409, body: { code: 'conflict' } });
    const other = await server.admin();
    expect((await erase(root)).status).toBe(204);
    expect((await other.call('GET', '/api/admin/users')).status).toBe(200);
    const shown = await other.must('GET', `/api/admin/users/${root.id}`);
    expect(shown).toMatchObject({ username: null, email: null, state: 'erased' } as never);
  });
});
