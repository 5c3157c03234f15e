import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Chat, ChatMember, Notification, NotificationCount } from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { FakeProcessor } from '../../testing/fake-processor';
import { picture, type TestFile, text, upload } from '../../testing/files';
import { patientClock } from '../../testing/patient-clock';
import { TestServer } from '../../testing/server';
import type { TestUser } from '../../testing/user';

type Page = { items: Notification[]; next_cursor: string | null };

describe.each(DIALECTS)('notifications on %s', (dialect) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({
      dialect,
      clock: patientClock,
      env: { RATE_LIMITS: 'off' },
      media: { processor: new FakeProcessor() },
    });
  });
  afterAll(() => server.stop());

  /** A direct chat of two and a group of three, whose invitations are read. */
  const setUp = async () => {
    const [ann, bob, cid] = [
      await server.user('ann'),
      await server.user('bob'),
      await server.user('cid'),
    ];
    const chat = await ann.group('Hiking', bob, cid);
    for (const user of [bob, cid]) await user.must('POST', '/api/notifications/read-all');
    return { ann, bob, cid, chat, direct: await ann.direct(bob) };
  };
  const list = async (user: TestUser, query = '') =>
    (await user.must<Page>('GET', `/api/notifications${query}`)).items;
  const unread = (user: TestUser) => list(user, '?unread_only=true');
  const count = (user: TestUser) => user.must<NotificationCount>('GET', '/api/notifications/count');
  const settings = (user: TestUser, chat: Chat, body: object) =>
    user.must<ChatMember>('PUT', `/api/chats/${chat.id}/settings`, body);

  describe('of messages', () => {
    test('are there as soon as the message is', async () => {
      const { ann, bob, cid, chat, direct } = await setUp();
      const first = await ann.send(direct.id, 'hello');
      expect(await unread(bob)).toMatchObject([
        {
          user_id: bob.id,
          notification_type: 'message',
          title: ann.username,
          body: 'hello',
          is_read: false,
          data: { chat_id: direct.id, message_id: first.id, sender_id: ann.id, count: 1 },
        },
      ]);
      await ann.send(chat.id, 'Saturday?');
      const [newest] = await unread(cid);
      expect(newest).toMatchObject({ title: `${ann.username} in Hiking`, body: 'Saturday?' });
      expect(await count(bob)).toEqual({ unread: 2, mentions: 0 });
      expect(await count(ann)).toEqual({ unread: 0, mentions: 0 });
    });

    test('gather while they are unread', async () => {
      const { ann, bob, direct } = await setUp();
      for (const text of ['one', 'two', 'three']) {
        await ann.send(direct.id, text);
        await count(bob);
      }
      const [gathered, ...others] = await unread(bob);
      expect(others).toEqual([]);
      expect(gathered).toMatchObject({ body: 'three', data: { count: 3 } });
      await bob.must('POST', `/api/notifications/${gathered?.id}/read`);
      const four = await ann.send(direct.id, 'four');
      expect(await unread(bob)).toMatchObject([{ body: 'four', data: { message_id: four.id } }]);
    });

    test.each([
      ['image', 'Sent a photo'],
      ['video', 'Sent a video'],
      ['audio', 'Sent an audio file'],
      ['file', 'Sent a file'],
    ])('say of an empty %s “%s”', async (message_type, body) => {
      const { ann, bob, direct } = await setUp();
      await ann.send(direct.id, '', { message_type });
      expect((await unread(bob))[0]?.body).toBe(body);
    });

    test('say what files were sent without a word, lists and devices alike', async () => {
      const { ann, bob, direct } = await setUp();
      const socket = await bob.connect();
      const saidOf = async (content: string, ...files: TestFile[]) => {
        const media_ids = (await upload(ann, files)).map(({ id }) => id);
        const { id } = await ann.send(direct.id, content, { media_ids });
        const told = await socket.event('notification', ({ message_id }) => message_id === id);
        const [listed] = await unread(bob);
        expect(listed?.body).toBe(told.body);
        return told.body;
      };
      expect(await saidOf('', picture())).toBe('Sent a photo');
      expect(await saidOf('', picture(), picture(), picture())).toBe('Sent 3 photos');
      expect(await saidOf('', picture(), text('x'))).toBe('Sent 2 files');
      expect(await saidOf('', text('x', 'plan.txt'))).toBe('Sent a file: plan.txt');
      expect(await saidOf('Look at this', picture())).toBe('Look at this');
      const mail = await ann.send(direct.id, '', { message_type: 'image' });
      await upload(ann, [picture(), picture()], mail.id);
      expect((await unread(bob))[0]?.body).toBe('Sent 2 photos');
    });

    test('show two hundred characters', async () => {
      const { ann, bob, direct } = await setUp();
      await ann.send(direct.id, '👍'.repeat(300));
      expect((await unread(bob))[0]?.body).toBe('👍'.repeat(200));
    });

    test('are taken back when all that they stand for was deleted', async () => {
      const { ann, bob, direct } = await setUp();
      const before = await list(bob);
      const { id } = await ann.send(direct.id, 'never mind');
      expect(await count(bob)).toEqual({ unread: 1, mentions: 0 });
      await ann.must('DELETE', `/api/messages/${id}`);
      expect(await list(bob)).toEqual(before);
      expect(await unread(bob)).toEqual([]);
      expect(await count(bob)).toEqual({ unread: 0, mentions: 0 });
      const next = await ann.send(direct.id, 'better so');
      expect(await unread(bob)).toMatchObject([
        { body: 'better so', data: { message_id: next.id, count: 1 } },
      ]);
    });

    test('show the newest that was not deleted', async () => {
      const { ann, bob, cid, chat } = await setUp();
      const sent = [];
      for (const [user, text] of [
        [ann, 'one'],
        [cid, 'two'],
        [ann, 'three'],
        [ann, 'four'],
      ] as const) {
        sent.push(await user.send(chat.id, text));
        await count(bob);
      }
      const [one, two, three, four] = sent.map((message) => message.id);
      const before = await unread(bob);
      for (const id of [three, four]) await ann.must('DELETE', `/api/messages/${id}`);
      expect(await unread(bob)).toMatchObject([
        {
          id: before[0]?.id as never,
          title: `${cid.username} in Hiking`,
          body: 'two',
          data: { message_id: two, sender_id: cid.id, sender_username: cid.username, count: 2 },
        },
      ]);
      await bob.must('POST', `/api/messages/${one}/read`);
      expect(await count(bob)).toEqual({ unread: 1, mentions: 0 });
      await cid.must('DELETE', `/api/messages/${two}`);
      expect(await count(bob)).toEqual({ unread: 0, mentions: 0 });
      expect((await list(bob))[0]).toMatchObject({
        body: 'one',
        is_read: true,
        data: { count: 1 },
      });
      await ann.must('DELETE', `/api/messages/${one}`);
      expect((await list(bob)).map((each) => each.notification_type)).toEqual(['group_invite']);
    });

    test('never show instead what they did not stand for', async () => {
      const { ann, bob, cid, chat } = await setUp();
      const socket = await bob.connect();
      await socket.request('join_chat', { chat_id: chat.id });
      await ann.send(chat.id, 'seen');
      await count(bob);
      await socket.request('leave_chat', { chat_id: chat.id });
      await bob.must('PUT', `/api/users/${cid.id}/block`);
      await cid.send(chat.id, 'from somebody blocked');
      const { id: mention } = await ann.send(chat.id, `a mention @${bob.username}`);
      const { id } = await ann.send(chat.id, 'not seen');
      const deleted = await unread(bob);
      expect(deleted.map(({ body }) => body)).toContain('not seen');
      await ann.must('DELETE', `/api/messages/${id}`);
      expect(await unread(bob)).toMatchObject([
        { notification_type: 'mention', data: { message_id: mention } },
      ]);
    });

    test('do not go back to what an older one stands for', async () => {
      const { ann, bob, cid, chat } = await setUp();
      await ann.send(chat.id, 'first');
      const [first] = await unread(bob);
      await bob.must('POST', `/api/notifications/${first?.id}/read`);
      const { id } = await cid.send(chat.id, 'second');
      expect(await unread(bob)).toHaveLength(1);
      await bob.must('PUT', `/api/users/${cid.id}/block`);
      await cid.must('DELETE', `/api/messages/${id}`);
      expect((await list(bob)).filter(({ body }) => body === 'first')).toHaveLength(1);
      expect(await unread(bob)).toEqual([]);
    });

    test('are not made of what the system says', async () => {
      const { ann, bob, chat } = await setUp();
      await ann.must('PUT', `/api/chats/${chat.id}`, { name: 'Climbing' });
      expect(await unread(bob)).toEqual([]);
    });

    test('are told live to those who are connected', async () => {
      const { ann, bob, direct } = await setUp();
      const [mine, theirs] = [await ann.connect(), await bob.connect()];
      const message = await ann.send(direct.id, 'hello');
      const told = await theirs.event('notification');
      expect(told).toEqual({
        type: 'notification',
        title: ann.username,
        body: 'hello',
        chat_id: direct.id,
        message_id: message.id,
        notification_id: (await unread(bob))[0]?.id as never,
      });
      await mine.settled();
      expect(mine.all('notification')).toEqual([]);
    });

    test('pause while one looks at the chat on any device', async () => {
      const { ann, bob, direct } = await setUp();
      const [phone, laptop] = [await bob.connect(), await (await bob.signIn()).connect()];
      await laptop.request('join_chat', { chat_id: direct.id });
      await ann.send(direct.id, 'seen');
      expect(await unread(bob)).toEqual([]);
      await laptop.request('leave_chat', { chat_id: direct.id });
      await ann.send(direct.id, 'unseen');
      expect(await unread(bob)).toMatchObject([{ body: 'unseen', data: { count: 1 } }]);
      await phone.event('notification', ({ body }) => body === 'unseen');
      expect(phone.all('notification')).toHaveLength(1);
    });

    test('are wanted or not, chat by chat', async () => {
      const { ann, bob, chat } = await setUp();
      for (const body of [
        { is_muted: true },
        { is_muted: false, notification_level: 'mentions' },
        { notification_level: 'none' },
      ]) {
        const member = await settings(bob, chat, body);
        expect(member).toMatchObject(body as never);
        await ann.send(chat.id, 'hello');
        expect(await unread(bob)).toEqual([]);
      }
      await settings(bob, chat, { notification_level: 'all' });
      await ann.send(chat.id, 'hello');
      expect(await unread(bob)).toHaveLength(1);
      const answer = await bob.call('PUT', `/api/chats/${chat.id}/settings`, {
        notification_level: 'loud',
      });
      expect(answer.status).toBe(422);
    });
  });

  describe('of mentions', () => {
    test('are made in place of those of their messages', async () => {
      const { ann, bob, cid, chat } = await setUp();
      const [socket, other] = [await bob.connect(), await cid.connect()];
      const message = await ann.send(chat.id, `look @${bob.username}`);
      const told = await socket.event('mention_notification');
      const [stored, ...more] = await unread(bob);
      expect(more).toEqual([]);
      expect(told).toEqual({
        type: 'mention_notification',
        title: `Mentioned by ${ann.username}`,
        body: 'You were mentioned in a message',
        chat_id: chat.id,
        message_id: message.id,
        notification_id: stored?.id as never,
      });
      expect(stored).toMatchObject({ notification_type: 'mention', title: told.title });
      expect(await unread(cid)).toMatchObject([{ notification_type: 'message' }]);
      await other.event('notification');
      expect(other.all('mention_notification')).toEqual([]);
      expect(await count(bob)).toEqual({ unread: 1, mentions: 1 });
    });

    test('come although the chat is muted, and silently where nothing is wanted', async () => {
      const { ann, bob, chat } = await setUp();
      const socket = await bob.connect();
      await settings(bob, chat, { is_muted: true });
      const loud = await ann.send(chat.id, `@${bob.username}`);
      await socket.event('mention_notification', ({ message_id }) => message_id === loud.id);
      await settings(bob, chat, { is_muted: false, notification_level: 'none' });
      await ann.send(chat.id, `@${bob.username}`);
      expect(await unread(bob)).toHaveLength(2);
      await settings(bob, chat, { notification_level: 'mentions' });
      await socket.request('join_chat', { chat_id: chat.id });
      await ann.send(chat.id, `@${bob.username}`);
      expect(await unread(bob)).toHaveLength(3);
      await socket.request('leave_chat', { chat_id: chat.id });
      const last = await ann.send(chat.id, `@${bob.username}`);
      await socket.event('mention_notification', ({ message_id }) => message_id === last.id);
      expect(socket.all('mention_notification')).toHaveLength(2);
    });

    test('come with an edit, and go with one', async () => {
      const { ann, bob, chat } = await setUp();
      const socket = await bob.connect();
      await settings(bob, chat, { notification_level: 'mentions' });
      const { id } = await ann.send(chat.id, 'hello');
      await ann.must('PUT', `/api/messages/${id}`, { content: `hello @${bob.username}` });
      await socket.event('mention_notification', ({ message_id }) => message_id === id);
      expect(await unread(bob)).toHaveLength(1);
      await ann.must('PUT', `/api/messages/${id}`, { content: 'hello' });
      expect(await list(bob)).toMatchObject([{ notification_type: 'group_invite' }]);
    });

    test('are read with their mention, and it with them', async () => {
      const { ann, bob, chat } = await setUp();
      await ann.send(chat.id, `@${bob.username}`);
      await ann.send(chat.id, `@${bob.username}`);
      const [second, first] = await unread(bob);
      await bob.must('POST', `/api/notifications/${first?.id}/read`);
      expect(await count(bob)).toEqual({ unread: 1, mentions: 1 });
      const { items } = await bob.must<{ items: { id: number; message_id: number }[] }>(
        'GET',
        '/api/notifications/mentions',
      );
      expect(items.map((each) => each.message_id)).toEqual([second?.data.message_id as never]);
      await bob.must('POST', `/api/notifications/mentions/${items[0]?.id}/read`);
      expect(await count(bob)).toEqual({ unread: 0, mentions: 0 });
      expect((await list(bob)).map(({ is_read }) => is_read)).toEqual([true, true, true]);
    });
  });

  describe('of invitations', () => {
    test('reach those who were added', async () => {
      const [ann, bob, cid] = [await server.user(), await server.user(), await server.user()];
      const sockets = [await bob.connect(), await cid.connect()];
      const chat = await ann.group('Chess', bob);
      await ann.must('POST', `/api/chats/${chat.id}/members`, { user_id: cid.id });
      for (const [i, user] of [bob, cid].entries()) {
        const told = await sockets[i]?.event('notification');
        expect(told).toMatchObject({
          title: 'Chess',
          body: `${ann.username} added you to the group`,
          chat_id: chat.id,
          message_id: null,
        });
        expect(await unread(user)).toMatchObject([
          {
            id: told?.notification_id as never,
            notification_type: 'group_invite',
            data: { chat_id: chat.id, message_id: null, sender_id: ann.id },
          },
        ]);
      }
      expect(await list(ann)).toEqual([]);
      await sockets[0]?.settled();
      expect(sockets[0]?.all('notification')).toHaveLength(1);
    });

    test('are not made of direct chats', async () => {
      const { cid, bob } = await setUp();
      await cid.direct(bob);
      expect(await unread(bob)).toEqual([]);
    });
  });

  describe('are read', () => {
    test('by reading the chat up to there', async () => {
      const { ann, bob, chat, direct } = await setUp();
      await ann.send(direct.id, 'hello');
      const mention = await ann.send(chat.id, `@${bob.username}`);
      await count(bob);
      await ann.send(chat.id, 'more');
      expect(await count(bob)).toEqual({ unread: 3, mentions: 1 });
      await bob.must('POST', `/api/messages/${mention.id}/read`);
      expect(await count(bob)).toEqual({ unread: 2, mentions: 0 });
      expect((await unread(bob)).map(({ body }) => body)).toEqual(['more', 'hello']);
      await bob.send(direct.id, 'hi');
      expect((await unread(bob)).map(({ body }) => body)).toEqual(['more']);
      expect((await list(bob)).filter(({ is_read }) => !is_read)).toHaveLength(1);
    });

    test('one by one: one’s own alone, as often as one likes', async () => {
      const { ann, bob, cid, direct } = await setUp();
      await ann.send(direct.id, 'hello');
      const [{ id } = { id: 0 }] = await unread(bob);
      const foreign = await cid.call('POST', `/api/notifications/${id}/read`);
      const missing = await cid.call('POST', '/api/notifications/700000000/read');
      expect(foreign.status).toBe(404);
      expect({ ...foreign.body, request_id: '' }).toEqual({ ...missing.body, request_id: '' });
      expect(await unread(bob)).toHaveLength(1);
      for (let n = 0; n < 2; n++) {
        expect((await bob.call('POST', `/api/notifications/${id}/read`)).status).toBe(204);
      }
      expect(await unread(bob)).toEqual([]);
      expect((await bob.call('POST', '/api/notifications/x/read')).status).toBe(422);
    });

    test('all at once, mentions too, on all devices', async () => {
      const { ann, bob, chat, direct } = await setUp();
      const socket = await bob.connect();
      await ann.send(direct.id, 'hello');
      await ann.send(chat.id, `@${bob.username}`);
      await bob.must('POST', '/api/notifications/read-all');
      expect(await count(bob)).toEqual({ unread: 0, mentions: 0 });
      const frame = await socket.event('unread', ({ chat_id }) => chat_id === chat.id);
      expect(frame).toMatchObject({ unread_count: 1, mention_count: 0 });
    });
  });

  test('come in pages, the newest first', async () => {
    const { ann, bob, chat } = await setUp();
    for (let n = 0; n < 5; n++) await ann.send(chat.id, `@${bob.username} ${n}`);
    const seen: Notification[] = [];
    let cursor = '';
    do {
      const page = await bob.must<Page>('GET', `/api/notifications?limit=2${cursor}`);
      seen.push(...page.items);
      cursor = page.next_cursor === null ? '' : `&cursor=${page.next_cursor}`;
    } while (cursor);
    expect(seen.map(({ id }) => id)).toEqual((await list(bob)).map(({ id }) => id));
    expect(seen).toHaveLength(6);
    for (const query of ['?limit=0', '?limit=101', '?cursor=nonsense', '?unread_only=maybe']) {
      expect((await bob.call('GET', `/api/notifications${query}`)).status).toBe(422);
    }
  });

  test('go with the membership, and with the chat', async () => {
    const { ann, bob, cid, chat } = await setUp();
    await ann.send(chat.id, `@${bob.username} @${cid.username}`);
    const [{ id } = { id: 0 }] = await unread(bob);
    await ann.must('DELETE', `/api/chats/${chat.id}/members/${bob.id}`);
    expect(await list(bob)).toEqual([]);
    expect((await bob.call('POST', `/api/notifications/${id}/read`)).status).toBe(404);
    expect(await unread(cid)).toHaveLength(1);
    await ann.must('DELETE', `/api/chats/${chat.id}`);
    expect(await list(cid)).toEqual([]);
    expect(await count(cid)).toEqual({ unread: 0, mentions: 0 });
  });

  test('outlive a restart, and nothing is told twice', async () => {
    const { ann, bob, direct } = await setUp();
    await ann.send(direct.id, 'hello');
    const before = await list(bob);
    await server.restart();
    expect(await list(bob)).toEqual(before);
  });
});
