import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Chat, Privacy } from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { ManualClock } from '../../testing/manual-clock';
import { presenceProbe } from '../../testing/presence-probe';
import { TestServer } from '../../testing/server';
import { type Sighting, sightingsOf } from '../../testing/sightings';
import type { TestSocket } from '../../testing/socket';
import type { TestUser } from '../../testing/user';
import { eventually } from '../../testing/waiting';

/** The longer a test waits, the more time it lets go by. */
const ENV = { RATE_LIMITS: 'off', ACCESS_TOKEN_TTL_S: '86400' };

const VIEWERS = ['contact', 'member', 'stranger', 'blocked', 'blocker', 'hider'] as const;
type Viewer = (typeof VIEWERS)[number];
type Setting = Privacy['last_seen'];

/** Who sees the subject's presence, by the subject's setting. */
const SEEN_BY: Record<Setting, readonly Viewer[]> = {
  everyone: ['contact', 'member', 'stranger'],
  contacts: ['contact'],
  nobody: [],
};

/** Those with whom the subject has a direct chat; all but the stranger are in a group with it. */
const CONTACTS: readonly Viewer[] = ['contact', 'blocked', 'blocker', 'hider'];
const MEMBERS = VIEWERS.filter((viewer) => viewer !== 'stranger');

const HIDDEN: Sighting = { online: false, lastSeen: null };

describe.each(DIALECTS)('where presence is shown, on %s', (dialect) => {
  const clock = new ManualClock();
  let server: TestServer;
  let subject: TestUser;
  let group: Chat;
  let seenAt: string;
  let subjectSocket: TestSocket;
  const users = new Map<Viewer, TestUser>();
  const directs = new Map<Viewer, Chat>();
  const sockets = new Map<Viewer, TestSocket>();

  const user = (viewer: Viewer) => users.get(viewer) as TestUser;
  const set = (who: TestUser, last_seen: Setting) =>
    who.must<Privacy>('PUT', '/api/auth/me/privacy', { last_seen });
  /** The subject hangs up, and some time later is offline and was seen. */
  async function leave(socket: TestSocket) {
    const me = () => subject.must<{ last_seen: string | null }>('GET', '/api/auth/me');
    const before = (await me()).last_seen;
    socket.close();
    seenAt = await eventually(async () => {
      clock.advance(1000);
      const { last_seen } = await me();
      return last_seen !== before && last_seen !== null && last_seen;
    }, 'the end of being online');
  }

  let probe: Awaited<ReturnType<typeof presenceProbe>>;
  const quiet = () => probe(...sockets.values());

  beforeAll(async () => {
    server = await TestServer.start({ dialect, clock, env: ENV });
    probe = await presenceProbe(server, clock);
    subject = await server.user('subject');
    for (const viewer of VIEWERS) users.set(viewer, await server.user(viewer));
    for (const viewer of CONTACTS) directs.set(viewer, await subject.direct(user(viewer)));
    group = await subject.group('All', ...MEMBERS.map(user));
    await subject.must('PUT', `/api/users/${user('blocked').id}/block`);
    await user('blocker').must('PUT', `/api/users/${subject.id}/block`);
    await set(user('hider'), 'nobody');
    for (const viewer of VIEWERS) sockets.set(viewer, await user(viewer).connect());
    await leave(await subject.connect());
    subjectSocket = await subject.connect();
  });
  afterAll(() => server.stop());

  const direct = (viewer: Viewer) => directs.get(viewer)?.id;
  /** What a viewer is answered that shows the subject. */
  const PLACES: Record<string, [viewers: readonly Viewer[], ask: (viewer: Viewer) => unknown]> = {
    'GET user': [VIEWERS, (v) => user(v).must('GET', `/api/users/${subject.id}`)],
    'search for users': [
      VIEWERS,
      (v) => user(v).must('GET', `/api/users/search?q=${subject.username}`),
    ],
    'list of chats': [CONTACTS, (v) => user(v).must('GET', '/api/chats')],
    'direct chat': [CONTACTS, (v) => user(v).must('GET', `/api/chats/${direct(v)}`)],
    'opening the direct chat': [
      CONTACTS,
      (v) => user(v).must('POST', '/api/chats/direct', { user_id: subject.id }),
    ],
    group: [MEMBERS, (v) => user(v).must('GET', `/api/chats/${group.id}`)],
    'list of members': [MEMBERS, (v) => user(v).must('GET', `/api/chats/${group.id}/members`)],
    sync: [MEMBERS, (v) => user(v).must('POST', '/api/sync', { chats: {} })],
    'sync afresh': [
      MEMBERS,
      (v) => user(v).must('POST', '/api/sync', { chats: { [group.id]: 9e5 }, epoch: 'other' }),
    ],
    'sync over WebSocket': [MEMBERS, (v) => sockets.get(v)?.request('sync', { chats: {} })],
    'join_chat of the group': [
      MEMBERS,
      (v) => sockets.get(v)?.request('join_chat', { chat_id: group.id }),
    ],
    'join_chat of the direct chat': [
      CONTACTS,
      (v) => sockets.get(v)?.request('join_chat', { chat_id: direct(v) }),
    ],
    'list of the blocked': [['blocker'], (v) => user(v).must('GET', '/api/users/blocked')],
  };

  describe.each(Object.keys(SEEN_BY) as Setting[])('by a user who shows it to %s', (setting) => {
    beforeAll(() => set(subject, setting));

    test.each(Object.keys(PLACES))('%s', async (place) => {
      const [viewers, ask] = PLACES[place] as (typeof PLACES)[string];
      for (const viewer of viewers) {
        const sightings = sightingsOf(subject.id, await ask(viewer));
        expect(sightings.length, `${viewer} sees the subject`).toBeGreaterThan(0);
        const isSeen = SEEN_BY[setting].includes(viewer);
        const shown = isSeen ? { online: true, lastSeen: seenAt } : HIDDEN;
        expect([viewer, ...sightings]).toEqual([viewer, ...sightings.map(() => shown)]);
      }
    });

    test('user_status, coming and going', async () => {
      await quiet();
      for (const socket of sockets.values()) socket.frames.length = 0;
      await leave(subjectSocket);
      await quiet();
      subjectSocket = await subject.connect();
      await quiet();
      const told = (viewer: Viewer) =>
        (sockets.get(viewer)?.all('user_status') ?? [])
          .filter((frame) => frame.user_id === (subject.id as never))
          .map((frame) => frame.status);
      const expected = (viewer: Viewer): ('online' | 'offline')[] =>
        SEEN_BY[setting].includes(viewer) && viewer !== 'stranger' ? ['offline', 'online'] : [];
      expect(VIEWERS.map((viewer) => [viewer, told(viewer)])).toEqual(
        VIEWERS.map((viewer) => [viewer, expected(viewer)]),
      );
    });

    test('what goes to all members at once shows it to none', async () => {
      const nickname = `Nick ${setting}`;
      const fields = { nickname };
      await subject.must('PUT', `/api/chats/${group.id}/settings`, fields);
      for (const viewer of MEMBERS) {
        const frame = await (sockets.get(viewer) as TestSocket).event(
          'member_updated',
          ({ member }) => member.nickname === nickname,
        );
        expect(sightingsOf(subject.id, frame)).toEqual([HIDDEN]);
      }
    });

    test('chat_created', async () => {
      const newcomer = await server.user('newcomer');
      const socket = await newcomer.connect();
      const chat = await subject.direct(newcomer);
      const frame = await socket.event('chat_created', (each) => each.chat.id === chat.id);
      const shown = setting === 'nobody' ? HIDDEN : { online: true, lastSeen: seenAt };
      expect(sightingsOf(subject.id, frame)).toEqual([shown]);
    });

    test('to themselves, always', async () => {
      for (const path of ['/api/auth/me', `/api/users/${subject.id}`, `/api/chats/${group.id}`]) {
        const shown = { online: true, lastSeen: seenAt };
        expect(sightingsOf(subject.id, await subject.must('GET', path))).toEqual([shown]);
      }
    });
  });

  test('a member who joins is told of by user_status to those who may see it', async () => {
    await set(subject, 'everyone');
    const [owner, friend] = [await server.user('owner'), await server.user('friend')];
    const chat = await owner.group('New', friend);
    const socket = await friend.connect();
    await owner.must('POST', `/api/chats/${chat.id}/members`, { user_id: subject.id });
    const added = await socket.event('member_added');
    expect(sightingsOf(subject.id, added)).toEqual([HIDDEN]);
    const status = await eventually(() => {
      clock.advance(50);
      return socket.all('user_status').find((frame) => frame.user_id === (subject.id as never));
    }, 'the presence of the new member');
    expect(status.status).toBe('online');
  });
});
