import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Notification, NotificationCount } from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { ManualClock } from '../../testing/manual-clock';
import { TestServer } from '../../testing/server';
import type { TestUser } from '../../testing/user';
import { eventually } from '../../testing/waiting';

describe.each(DIALECTS)('notifications of messages that disappear, on %s', (dialect) => {
  let clock: ManualClock;
  let server: TestServer;
  beforeAll(async () => {
    clock = new ManualClock(Date.now());
    const env = { RATE_LIMITS: 'off', ACCESS_TOKEN_TTL_S: '86400' };
    server = await TestServer.start({ dialect, env, clock });
  });
  afterAll(() => server.stop());

  const list = async (user: TestUser) =>
    (await user.must<{ items: Notification[] }>('GET', '/api/notifications')).items;
  const unread = async (user: TestUser) =>
    (await user.must<NotificationCount>('GET', '/api/notifications/count')).unread;
  const setUp = async () => {
    const [ann, bob] = [await server.user('ann'), await server.user('bob')];
    return { ann, bob, chat: await ann.direct(bob) };
  };

  test('say nothing of them from that moment on', async () => {
    const { ann, bob, chat } = await setUp();
    const stays = await ann.send(chat.id, 'stays');
    await ann.must('PUT', `/api/chats/${chat.id}`, { disappear_after_s: 5 });
    await ann.send(chat.id, 'goes');
    expect(await list(bob)).toMatchObject([{ body: 'goes', data: { count: 2 } }]);
    clock.advance(5_000);
    expect(await list(bob)).toMatchObject([
      { body: 'stays', data: { message_id: stays.id, count: 1 } },
    ]);
    await ann.must('DELETE', `/api/messages/${stays.id}`);
    expect(await list(bob)).toEqual([]);
    expect(await unread(bob)).toBe(0);
  });

  test('are not told live when they are gone by then', async () => {
    const { ann, bob, chat } = await setUp();
    await ann.must('PUT', `/api/chats/${chat.id}`, { disappear_after_s: 5 });
    const socket = await bob.connect();
    await ann.send(chat.id, 'goes');
    clock.leap(5_000);
    await unread(bob);
    await ann.send(chat.id, 'comes');
    const bodies = () => socket.all('notification').map(({ body }) => body);
    await eventually(() => {
      if (clock.dueIn().some((ms) => ms <= 10)) clock.advance(10);
      return bodies().includes('comes');
    }, 'the notification of what comes');
    expect(bodies()).toEqual(['comes']);
  });
});
