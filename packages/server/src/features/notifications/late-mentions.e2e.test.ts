import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Notification, NotificationCount } from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { patientClock } from '../../testing/patient-clock';
import { TestServer } from '../../testing/server';
import type { TestUser } from '../../testing/user';

describe.each(DIALECTS)('a mention that an edit adds, on %s', (dialect) => {
  let server: TestServer;
  beforeAll(async () => {
    const clock = patientClock;
    server = await TestServer.start({ dialect, clock, env: { RATE_LIMITS: 'off' } });
  });
  afterAll(() => server.stop());

  const list = async (user: TestUser, query: string) =>
    (await user.must<{ items: Notification[] }>('GET', `/api/notifications${query}`)).items;
  /** What somebody sees unread, as `type of message (how many)`, the newest first. */
  const unread = async (user: TestUser) =>
    (await list(user, '?unread_only=true')).map(
      ({ notification_type, data }) => `${notification_type} of ${data.message_id} (${data.count})`,
    );
  const count = (user: TestUser) => user.must<NotificationCount>('GET', '/api/notifications/count');

  /** A group of three in which some messages were said and notified of. */
  const said = async (...texts: string[]) => {
    const [ann, bob, cid] = [
      await server.user('ann'),
      await server.user('bob'),
      await server.user('cid'),
    ];
    const chat = await ann.group('Hiking', bob, cid);
    for (const user of [bob, cid]) await user.must('POST', '/api/notifications/read-all');
    const ids: number[] = [];
    for (const text of texts) {
      ids.push((await ann.send(chat.id, text)).id);
      await count(bob);
    }
    const edit = (id: number | undefined, content: string) =>
      ann.must('PUT', `/api/messages/${id}`, { content });
    return { ann, bob, cid, chat, ids, edit };
  };

  test('takes the place of the notification of its message', async () => {
    const { bob, cid, ids, edit } = await said('plain');
    const [id] = ids;
    await edit(id, `plain @${bob.username}`);
    expect(await unread(bob)).toEqual([`mention of ${id} (1)`]);
    expect(await count(bob)).toEqual({ unread: 1, mentions: 1 });
    expect((await list(bob, '')).map((each) => each.notification_type)).toEqual([
      'mention',
      'group_invite',
    ]);
    expect(await unread(cid)).toEqual([`message of ${id} (1)`]);
  });

  test('takes its share in a gathered one, the newest or any other', async () => {
    const { bob, ids, edit } = await said('one', 'two', 'three');
    const [one, two, three] = ids;
    expect(await unread(bob)).toEqual([`message of ${three} (3)`]);
    await edit(two, `two @${bob.username}`);
    expect(await unread(bob)).toEqual([`mention of ${two} (1)`, `message of ${three} (2)`]);
    await edit(three, `three @${bob.username}`);
    expect((await unread(bob)).at(-1)).toBe(`message of ${one} (1)`);
    expect(await count(bob)).toEqual({ unread: 3, mentions: 2 });
    await edit(one, `one @${bob.username}`);
    expect(await unread(bob)).toEqual([one, three, two].map((id) => `mention of ${id} (1)`));
    expect(await count(bob)).toEqual({ unread: 3, mentions: 3 });
  });

  test('leaves the place for what is said next', async () => {
    const { ann, bob, chat, ids, edit } = await said('plain');
    await edit(ids[0], `plain @${bob.username}`);
    await count(bob);
    const { id } = await ann.send(chat.id, 'next');
    expect((await unread(bob)).toSorted()).toEqual([
      `mention of ${ids[0]} (1)`,
      `message of ${id} (1)`,
    ]);
    expect(await count(bob)).toEqual({ unread: 2, mentions: 1 });
  });

  test('gives it back when another edit withdraws it, whoever looked meanwhile', async () => {
    const { bob, ids, edit } = await said('plain');
    await edit(ids[0], `plain @${bob.username}`);
    expect(await unread(bob)).toHaveLength(1);
    expect(await count(bob)).toEqual({ unread: 1, mentions: 1 });
    await edit(ids[0], 'plain');
    expect(await unread(bob)).toEqual([`message of ${ids[0]} (1)`]);
    expect(await count(bob)).toEqual({ unread: 1, mentions: 0 });
  });

  test('is one read notification where its message was read', async () => {
    const { bob, ids, edit } = await said('plain');
    await bob.must('POST', `/api/messages/${ids[0]}/read`);
    await edit(ids[0], `plain @${bob.username}`);
    expect(await count(bob)).toEqual({ unread: 0, mentions: 0 });
    expect(await list(bob, '')).toMatchObject([
      { notification_type: 'mention', is_read: true },
      { notification_type: 'group_invite' },
    ]);
  });

  test('is gone with its message, and nothing is left in its place', async () => {
    const { ann, bob, ids, edit } = await said('plain');
    await edit(ids[0], `plain @${bob.username}`);
    await count(bob);
    await ann.must('DELETE', `/api/messages/${ids[0]}`);
    expect(await unread(bob)).toEqual([]);
    expect(await count(bob)).toEqual({ unread: 0, mentions: 0 });
  });
});
