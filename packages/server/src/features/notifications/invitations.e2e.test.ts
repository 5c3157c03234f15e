import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Chat, Message, Notification, NotificationCount } from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { patientClock } from '../../testing/patient-clock';
import { TestServer } from '../../testing/server';
import type { TestUser } from '../../testing/user';

describe.each(DIALECTS)('an invitation to a group, on %s', (dialect) => {
  let server: TestServer;
  beforeAll(async () => {
    const clock = patientClock;
    server = await TestServer.start({ dialect, clock, env: { RATE_LIMITS: 'off' } });
  });
  afterAll(() => server.stop());

  const unread = async (user: TestUser) =>
    (await user.must<NotificationCount>('GET', '/api/notifications/count')).unread;
  const states = async (user: TestUser) =>
    (await user.must<{ items: Notification[] }>('GET', '/api/notifications')).items.map(
      ({ notification_type, is_read }) => `${notification_type} ${is_read ? 'read' : 'unread'}`,
    );
  const add = (by: TestUser, chat: Chat, user: TestUser) =>
    by.must('POST', `/api/chats/${chat.id}/members`, { user_id: user.id });
  const newest = async (user: TestUser, chat: Chat) =>
    (await user.must<{ items: Message[] }>('GET', `/api/messages/${chat.id}`)).items[0] as Message;

  /** A group in which something was said before Bob was added to it. */
  const added = async () => {
    const [ann, bob] = [await server.user('ann'), await server.user('bob')];
    const chat = await ann.group('Chess');
    const old = await ann.send(chat.id, 'before');
    await add(ann, chat, bob);
    return { ann, bob, chat, old };
  };
  /** Another device of a user. */
  const watching = async (user: TestUser, chat: Chat) => {
    const socket = await (await user.signIn()).connect();
    return {
      socket,
      told: () => socket.event('unread', ({ chat_id }) => chat_id === chat.id),
    };
  };

  test('stays unread, whatever others say and the member reads elsewhere', async () => {
    const { ann, bob, chat } = await added();
    expect(await unread(bob)).toBe(1);
    await newest(bob, chat);
    const other = await ann.direct(bob);
    const { id } = await ann.send(other.id, 'hello');
    expect(await unread(bob)).toBe(2);
    await bob.must('POST', `/api/messages/${id}/read`);
    const socket = await bob.connect();
    await socket.request('join_chat', { chat_id: other.id });
    await ann.send(chat.id, 'after');
    expect(await unread(bob)).toBe(2);
    expect((await states(bob)).toSorted()).toEqual([
      'group_invite unread',
      'message read',
      'message unread',
    ]);
  });

  test.each([
    ['with messages', true],
    ['new and empty', false],
  ])('is read by looking at a group %s', async (_, isOld) => {
    const [ann, bob] = [await server.user('ann'), await server.user('bob')];
    const chat = await ann.group('Chess', ...(isOld ? [] : [bob]));
    if (isOld) await add(ann, chat, bob);
    const [phone, socket] = [await watching(bob, chat), await bob.connect()];
    expect(await unread(bob)).toBe(1);
    for (let n = 0; n < 2; n++) await socket.request('join_chat', { chat_id: chat.id });
    expect(await unread(bob)).toBe(0);
    expect(await phone.told()).toMatchObject({ unread_count: 0, mention_count: 0 });
    await phone.socket.settled();
    expect(phone.socket.all('unread')).toHaveLength(1);
  });

  test('is read by reading the group to its end, though nothing in it was unread', async () => {
    const { bob, chat } = await added();
    const phone = await watching(bob, chat);
    const { id } = await newest(bob, chat);
    await bob.must('POST', `/api/messages/${id}/read`);
    expect(await unread(bob)).toBe(0);
    expect(await states(bob)).toEqual(['group_invite read']);
    await phone.told();
    await bob.must('POST', `/api/messages/${id}/read`);
    await phone.socket.settled();
    expect(phone.socket.all('unread')).toHaveLength(1);
  });

  test('is read by reading any message of the group over a socket', async () => {
    const { bob, chat, old } = await added();
    const phone = await watching(bob, chat);
    const socket = await bob.connect();
    await socket.request('message_read', { chat_id: chat.id, message_id: old.id });
    expect(await unread(bob)).toBe(0);
    await phone.told();
  });

  test('is read by reading what was said later', async () => {
    const { ann, bob, chat } = await added();
    const first = await ann.send(chat.id, 'first');
    await ann.send(chat.id, 'second');
    expect(await unread(bob)).toBe(2);
    await bob.must('POST', `/api/messages/${first.id}/read`);
    expect((await states(bob)).toSorted()).toEqual(['group_invite read', 'message unread']);
    expect(await unread(bob)).toBe(1);
  });

  test('is read by sending to the group', async () => {
    const { bob, chat } = await added();
    const phone = await watching(bob, chat);
    await bob.send(chat.id, 'hello');
    expect(await unread(bob)).toBe(0);
    expect(await states(bob)).toEqual(['group_invite read']);
    expect(await phone.told()).toMatchObject({ unread_count: 0, mention_count: 0 });
  });

  test('is another one when somebody is added again', async () => {
    const { ann, bob, chat } = await added();
    await bob.send(chat.id, 'hello');
    await ann.must('DELETE', `/api/chats/${chat.id}/members/${bob.id}`);
    await add(ann, chat, bob);
    expect(await states(bob)).toEqual(['group_invite unread']);
    const { id } = await newest(bob, chat);
    await bob.must('POST', `/api/messages/${id}/read`);
    expect(await unread(bob)).toBe(0);
  });

  test('is nobody else’s to read', async () => {
    const { ann, bob, chat, old } = await added();
    const stranger = await server.user('eve');
    const [theirs, mine] = [await stranger.connect(), await ann.connect()];
    await mine.request('join_chat', { chat_id: chat.id });
    expect(await theirs.request('join_chat', { chat_id: chat.id })).toMatchObject({
      type: 'error',
      code: 'not_found',
    });
    expect((await stranger.call('POST', `/api/messages/${old.id}/read`)).status).toBe(404);
    expect(await unread(bob)).toBe(1);
  });
});
