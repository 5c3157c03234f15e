import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Chat, ChatDetails, MessagePage } from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { count } from '../../testing/peek';
import { TestServer } from '../../testing/server';
import type { TestUser } from '../../testing/user';
import { eventually } from '../../testing/waiting';

describe.each(DIALECTS)('ownership on %s', (dialect) => {
  let server: TestServer;
  let [ann, bob, cid, dan]: TestUser[] = [];
  beforeAll(async () => {
    server = await TestServer.start({ dialect });
    const names = ['ann', 'bob', 'cid', 'dan'];
    [ann, bob, cid, dan] = await Promise.all(names.map((name) => server.user(name)));
  });
  afterAll(() => server.stop());

  const must = (user: TestUser | undefined): TestUser => user as TestUser;
  const roles = async (user: TestUser, chatId: number) => {
    const { members } = await user.must<ChatDetails>('GET', `/api/chats/${chatId}`);
    return Object.fromEntries(members.map((m) => [m.user.username.slice(0, 3), m.role]));
  };
  const setRole = (user: TestUser, chat: Chat, target: TestUser, role: string) =>
    user.must('PUT', `/api/chats/${chat.id}/members/${target.id}`, { role });
  const leave = (user: TestUser, chat: Chat) =>
    user.must('DELETE', `/api/chats/${chat.id}/members/${user.id}`);
  const lastMessage = async (user: TestUser, chat: Chat) =>
    (await user.must<MessagePage>('GET', `/api/messages/${chat.id}`)).items.at(-1);

  test('is handed over: the former owner becomes an admin', async () => {
    const chat = await must(ann).group('Hand-over', must(bob), must(cid));
    const socket = await must(cid).connect();
    await setRole(must(ann), chat, must(bob), 'owner');
    expect(await roles(must(cid), chat.id)).toEqual({ ann: 'admin', bob: 'owner', cid: 'member' });
    expect(await lastMessage(must(cid), chat)).toMatchObject({
      content: `${must(ann).username} made ${must(bob).username} the owner`,
      content_type: 'system',
      system_event: { action: 'owner_changed', user_id: must(bob).id },
    } as never);
    await socket.event('new_message');
    const updates = socket.all('member_updated').map(({ rev, member }) => [rev, member.role]);
    expect(updates).toEqual([
      [2, 'owner'],
      [3, 'admin'],
    ]);
    const again = await must(ann).call('PUT', `/api/chats/${chat.id}/members/${must(cid).id}`, {
      role: 'admin',
    });
    expect(again.status).toBe(403);
  });

  test('goes to the admin who joined first when the owner leaves', async () => {
    const chat = await must(ann).group('Heirs', must(bob));
    for (const user of [must(cid), must(dan)]) {
      await must(ann).must('POST', `/api/chats/${chat.id}/members`, { user_id: user.id });
    }
    await setRole(must(ann), chat, must(dan), 'admin');
    await setRole(must(ann), chat, must(cid), 'admin');
    await leave(must(ann), chat);
    expect(await roles(must(bob), chat.id)).toEqual({ bob: 'member', cid: 'owner', dan: 'admin' });
    expect(await lastMessage(must(bob), chat)).toMatchObject({
      content: `${must(cid).username} is now the owner`,
      system_event: { action: 'owner_changed', user_id: must(cid).id, value: 'owner' },
    } as never);
  });

  test('goes to the member who joined first when there is no admin', async () => {
    const chat = await must(ann).group('Heirs', must(dan));
    await must(ann).must('POST', `/api/chats/${chat.id}/members`, { user_id: must(bob).id });
    await leave(must(ann), chat);
    expect(await roles(must(bob), chat.id)).toEqual({ bob: 'member', dan: 'owner' });
  });

  test('of both who want it at once, one has it', async () => {
    const chat = await must(ann).group('Race', must(bob), must(cid));
    const path = (user: TestUser) => `/api/chats/${chat.id}/members/${user.id}`;
    const answers = await Promise.all([
      must(ann).call('PUT', path(must(bob)), { role: 'owner' }),
      must(ann).call('PUT', path(must(cid)), { role: 'owner' }),
    ]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 403]);
    const owners = Object.values(await roles(must(ann), chat.id)).filter((r) => r === 'owner');
    expect(owners).toHaveLength(1);
  });

  test('the last one out takes the group along', async () => {
    const chat = await must(ann).group('Alone');
    await must(ann).send(chat.id, 'echo');
    const stored = () =>
      count(server.env, `select count(*) from messages where chat_id = ${chat.id}`);
    expect(await stored()).toBe(1);
    await leave(must(ann), chat);
    expect((await must(ann).call('GET', `/api/chats/${chat.id}`)).status).toBe(404);
    await eventually(async () => (await stored()) === 0, 'the erasure');
  });

  test('a group deleted by its owner is gone for everybody at once', async () => {
    const chat = await must(ann).group('Doomed', must(bob));
    const message = await must(bob).send(chat.id, 'last words');
    const [a, b] = [await must(ann).connect(), await must(bob).connect()];
    expect((await must(ann).call('DELETE', `/api/chats/${chat.id}`)).status).toBe(204);
    for (const socket of [a, b]) {
      expect(await socket.event('chat_removed')).toMatchObject({ chat_id: chat.id });
      await socket.settled();
      expect(socket.all('chat_removed')).toHaveLength(1);
    }
    for (const user of [must(ann), must(bob)]) {
      for (const path of [`/api/chats/${chat.id}`, `/api/messages/${chat.id}`]) {
        expect((await user.call('GET', path)).status).toBe(404);
      }
      expect((await user.call('GET', `/api/messages/${message.id}/receipts`)).status).toBe(404);
      const list = await user.must<{ items: Chat[] }>('GET', '/api/chats');
      expect(list.items.map((item) => item.id)).not.toContain(chat.id);
      expect((await user.call('DELETE', `/api/chats/${chat.id}`)).status).toBe(404);
    }
    const refused = await b.request('send_message', { chat_id: chat.id, content: 'hello?' });
    expect(refused).toMatchObject({ type: 'error', code: 'not_found' });
  });
});
