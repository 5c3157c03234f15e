import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Chat, Notification, NotificationCount } from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { TestServer } from '../../testing/server';
import type { TestUser } from '../../testing/user';
import { eventually } from '../../testing/waiting';

const MEMBERS = 5_000;
const SENDS = 40;
/** Far more than a send takes on a busy machine, and far less than notifying all members at once. */
const LONGEST_SEND_MS = 2_000;
const HALTS = 2;
const PATIENCE_MS = 120_000;

describe.each(DIALECTS)('a group of 5,000 on %s', (dialect) => {
  let server: TestServer;
  let owner: TestUser;
  let chat: Chat;
  beforeAll(async () => {
    server = await TestServer.start({ dialect, env: { RATE_LIMITS: 'off' }, crowd: MEMBERS });
    owner = server.crowd[0] as TestUser;
    chat = await owner.group('Crowd', ...server.crowd.slice(1));
  }, PATIENCE_MS);
  afterAll(() => server.stop());

  test(
    'notifies everybody, while sends in it and beside it stay fast',
    async () => {
      const direct = await owner.direct(server.crowd[1] as TestUser);
      const times: number[] = [];
      for (let n = 0; n < SENDS; n++) {
        const began = performance.now();
        await owner.send(chat.id, n === SENDS / 2 ? 'all of you, @all' : `hello ${n}`);
        await owner.send(direct.id, `hello ${n}`);
        times.push(performance.now() - began);
      }
      // A machine may halt for a moment; notifying, were it in the way, would be so of them all.
      const longest = times.toSorted((a, b) => b - a)[HALTS] as number;
      expect(longest).toBeLessThan(LONGEST_SEND_MS);

      for (const user of [1, 2, 2_500, MEMBERS - 1].map((n) => server.crowd[n] as TestUser)) {
        const told = async () => {
          const { items } = await user.must<{ items: Notification[] }>('GET', '/api/notifications');
          const ofGroup = items.filter(({ data }) => data.chat_id === chat.id);
          const counted = ofGroup.filter((each) => each.notification_type === 'message');
          const messages = counted.reduce((sum, { data }) => sum + data.count, 0);
          return messages === SENDS - 1 && ofGroup;
        };
        const news = await eventually(told, 'a notification of every message', PATIENCE_MS / 2);
        const types = news.map((each) => each.notification_type);
        expect(types.filter((type) => type === 'mention')).toHaveLength(1);
        expect(types.filter((type) => type === 'group_invite')).toHaveLength(1);
        const count = await user.must<NotificationCount>('GET', '/api/notifications/count');
        expect(count.mentions).toBe(1);
      }
      const own = await owner.must<NotificationCount>('GET', '/api/notifications/count');
      expect(own).toEqual({ unread: 0, mentions: 0 });
    },
    PATIENCE_MS,
  );
});
