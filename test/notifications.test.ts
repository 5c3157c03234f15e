import { afterEach, describe, expect, test } from 'bun:test';
import type { ClientEvents } from '@confab/client';
import type { ChatId, Notification } from '@confab/protocol';
import { DIALECTS } from '../packages/server/src/testing/databases';
import { TestServer } from '../packages/server/src/testing/server';
import { TestUser } from '../packages/server/src/testing/user';
import { eventually } from '../packages/server/src/testing/waiting';
import { MortalServer } from './support/mortal-server';
import { PlainSender } from './support/plain-sender';
import { SdkPerson } from './support/sdk-person';

const ROUNDS = 5;
const PER_ROUND = 60;
const PATIENCE_MS = 240_000;

const stop: (() => unknown)[] = [];
afterEach(async () => {
  for (const run of stop.splice(0).reverse()) await run();
});

async function allNotifications(user: TestUser): Promise<Notification[]> {
  const found: Notification[] = [];
  for (let cursor = ''; ; ) {
    const page = await user.must<{ items: Notification[]; next_cursor: string | null }>(
      'GET',
      `/api/notifications?limit=100${cursor}`,
    );
    found.push(...page.items);
    if (page.next_cursor === null) return found;
    cursor = `&cursor=${page.next_cursor}`;
  }
}

describe.each(DIALECTS)('a server on %s', (dialect) => {
  test(
    'that is killed again and again notifies everybody of everything once',
    async () => {
      const server = await MortalServer.start(dialect);
      stop.push(() => server.drop());
      const [ann, ben, dan] = (await Promise.all(
        ['ann', 'ben', 'dan'].map((name) => TestUser.register(() => server.url, name)),
      )) as [TestUser, TestUser, TestUser];
      const chat = await dan.group('Storm', ann, ben);
      const sender = new PlainSender(server.url, dan, chat.id);
      stop.push(() => sender.stop());
      for (let round = 0; round < ROUNDS; round++) {
        for (let n = 0; n < PER_ROUND; n++) sender.send(`${round}.${n}${n % 2 ? ' @ann' : ''}`);
        await sender.untilAcknowledged(round * PER_ROUND + 5 + round * 12);
        await server.kill();
        await server.start();
        await sender.untilAcknowledged((round + 1) * PER_ROUND);
      }

      const byType = async (user: TestUser) =>
        Map.groupBy(await allNotifications(user), (each) => each.notification_type);
      const total = (all: readonly Notification[] = []) =>
        all.reduce((sum, { data }) => sum + data.count, 0);
      // On a busy machine a reader is not kept waiting until all of it is told.
      const allOf = (user: TestUser, messages: number, mentions: number) =>
        eventually(async () => {
          const found = await byType(user);
          const isAll = total(found.get('message')) >= messages;
          return isAll && (found.get('mention')?.length ?? 0) >= mentions && found;
        }, 'every notification');
      const ofBen = await allOf(ben, ROUNDS * PER_ROUND, 0);
      expect(total(ofBen.get('message'))).toBe(ROUNDS * PER_ROUND);
      expect(ofBen.get('mention')).toBeUndefined();
      const half = (ROUNDS * PER_ROUND) / 2;
      const ofAnn = await allOf(ann, half, half);
      expect(total(ofAnn.get('message'))).toBe(half);
      const mentioned = (ofAnn.get('mention') ?? []).map(({ data }) => data.message_id as number);
      const expected = [...sender.acknowledged].filter(([text]) => text.endsWith('@ann'));
      expect(mentioned.toSorted((a, b) => a - b)).toEqual(
        expected.map(([, { id }]) => id).sort((a, b) => a - b),
      );
      for (const of of [ofAnn, ofBen]) expect(of.get('group_invite')).toHaveLength(1);
      expect((await dan.must<{ unread: number }>('GET', '/api/notifications/count')).unread).toBe(
        0,
      );
    },
    PATIENCE_MS,
  );
});

describe('an app made of the SDK', () => {
  test('is told of mentions, news and groups, and counts mentions as the server does', async () => {
    const server = await TestServer.start({});
    stop.push(() => server.stop());
    const ann = await server.user('ann');
    const bob = await SdkPerson.register(server.url, 'bob');
    const tablet = await bob.anotherDevice(server.url);
    for (const { client } of [bob, tablet]) stop.push(() => client.close());
    const told: [string, ClientEvents['notification']][] = [];
    for (const type of ['notification', 'mention_notification'] as const) {
      bob.client.on(type, (notification) => told.push([type, notification]));
    }

    const { client } = bob;
    const group = await ann.must<{ id: ChatId }>('POST', '/api/chats/group', {
      name: 'Hiking',
      member_ids: [client.userId],
    });
    const news = await ann.send(group.id, 'Saturday?');
    await eventually(() => told.length >= 2, 'two notifications');
    const mention = await ann.send(group.id, 'you too, @bob');
    await eventually(() => told.length >= 3, 'three notifications');
    expect(told).toMatchObject([
      ['notification', { title: 'Hiking', message_id: null, chat_id: group.id }],
      ['notification', { title: `${ann.username} in Hiking`, message_id: news.id }],
      ['mention_notification', { title: `Mentioned by ${ann.username}`, message_id: mention.id }],
    ]);
    const count = (person: SdkPerson) => person.client.chat(group.id)?.mention_count;
    for (const person of [bob, tablet]) {
      await eventually(() => count(person) === 1, 'a mention to be counted');
    }

    const { items } = await client.api.notifications({ unreadOnly: true });
    expect(items.map(({ notification_type }) => notification_type)).toEqual([
      'mention',
      'message',
      'group_invite',
    ]);
    const [first] = (await client.api.mentions()).items;
    expect(first).toMatchObject({ message_id: mention.id, is_read: false });
    await client.api.readMention(first?.id as never);
    for (const person of [bob, tablet]) {
      await eventually(() => count(person) === 0, 'the mention to be read');
    }
    expect(await client.api.notificationCount()).toEqual({ unread: 2, mentions: 0 });
    await client.api.readNotification(items[1]?.id as never);
    await client.api.readAllNotifications();
    expect(await client.api.notificationCount()).toEqual({ unread: 0, mentions: 0 });
    const night = { quiet_from: '22:00', quiet_to: '07:00', time_zone: 'Europe/Berlin' };
    expect(await client.api.setNotificationSettings(night)).toEqual(night);
    expect(await client.api.notificationSettings()).toEqual(night);
    expect(bob.faults).toEqual([]);
  });
});
