import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Chat, Message, MessagePage } from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { TestServer } from '../../testing/server';
import { PASSWORD, type TestUser } from '../../testing/user';

describe.each(DIALECTS)('accounts that are not active any more, on %s', (dialect) => {
  let server: TestServer;
  let root: TestUser;
  beforeAll(async () => {
    server = await TestServer.start({ dialect, env: { RATE_LIMITS: 'off' } });
    root = await server.admin('root');
  });
  afterAll(() => server.stop());

  const end = (user: TestUser, how: 'deactivate' | 'erase') =>
    how === 'erase'
      ? user.must('DELETE', '/api/auth/me', { password: PASSWORD })
      : root.must('POST', `/api/admin/users/${user.id}/deactivate`);
  async function statuses(user: TestUser, chat: Chat): Promise<(string | undefined)[]> {
    const { items } = await user.must<MessagePage>('GET', `/api/messages/${chat.id}`);
    const list = await user.must<{ items: Chat[] }>('GET', '/api/chats');
    const held = list.items.find(({ id }) => id === chat.id);
    return [items.find((m) => m.content === 'hello')?.status, held?.last_message?.status];
  }
  const hides = (user: TestUser) =>
    user.must('PUT', '/api/auth/me/privacy', { read_receipts: 'nobody' });

  test('hold nobody’s status back in a group, nor does what they hid', async () => {
    const [ann, bob, cid] = (await Promise.all(
      ['ann', 'bob', 'cid'].map((name) => server.user(name)),
    )) as [TestUser, TestUser, TestUser];
    const chat = await ann.group('Three', bob, cid);
    await hides(cid);
    const message = await ann.send(chat.id, 'hello');
    await bob.must<Message>('POST', `/api/messages/${message.id}/read`);
    expect(await statuses(ann, chat)).toEqual(['sent', 'sent']);
    await end(cid, 'deactivate');
    expect(await statuses(ann, chat)).toEqual(['read', 'read']);
    await server.restart();
    const { items } = await ann.must<{ items: Chat[] }>('GET', '/api/chats');
    expect(items.find(({ id }) => id === chat.id)?.last_message?.status).toBe('read');
    expect(await statuses(ann, chat)).toEqual(['read', 'read']);
    await root.must('POST', `/api/admin/users/${cid.id}/reactivate`);
    expect(await statuses(ann, chat)).toEqual(['sent', 'sent']);
  });

  test.each(['deactivate', 'erase'] as const)(
    'leave a direct chat as it was, where nobody else could have read: %s',
    async (how) => {
      const [ann, bob] = [await server.user('ann'), await server.user('bob')];
      const chat = await ann.direct(bob);
      await ann.send(chat.id, 'hello');
      expect(await statuses(ann, chat)).toEqual(['sent', 'sent']);
      await end(bob, how);
      expect(await statuses(ann, chat)).toEqual(['sent', 'sent']);
    },
  );
});
