import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import {
  type Chat,
  type ChatDetails,
  ChatMember,
  type Notification,
  type SyncAnswer,
} from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { ManualClock } from '../../testing/manual-clock';
import { TestServer } from '../../testing/server';
import type { TestSocket } from '../../testing/socket';
import type { TestUser } from '../../testing/user';

/** Everywhere that a user sees a member: what it tells of that one's own settings. */
async function settingsShown(user: TestUser, chatId: number, memberId: number) {
  const { members, rev } = await user.must<ChatDetails>('GET', `/api/chats/${chatId}`);
  const page = await user.must<{ items: ChatMember[] }>('GET', `/api/chats/${chatId}/members`);
  const { chats } = await user.must<SyncAnswer>('POST', '/api/sync', {});
  const of = (shown: readonly ChatMember[] = []) => {
    const member = shown.find(({ user_id }) => user_id === (memberId as never));
    return [member?.is_muted, member?.notification_level];
  };
  return { rev, members: of(members), page: of(page.items), sync: of(chats[chatId]?.members) };
}

const SOON = 300_000;

describe.each(DIALECTS)("one's own settings in a chat on %s", (dialect) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ dialect });
  });
  afterAll(() => server.stop());

  test('are kept per member, a field at a time', async () => {
    const [ann, bob] = [await server.user('ann'), await server.user('bob')];
    const chat = await ann.direct(bob);
    const path = `/api/chats/${chat.id}/settings`;
    const set = await ann.must<ChatMember>('PUT', path, { is_muted: true, nickname: 'Annie' });
    expect(ChatMember.parse(set)).toEqual(set);
    expect(set).toMatchObject({ user_id: ann.id, is_muted: true, nickname: 'Annie' });
    await ann.must('PUT', path, { nickname: null });
    const mine = { is_muted: true, nickname: null };
    expect(await ann.must('GET', `/api/chats/${chat.id}`)).toMatchObject(mine);
    expect(await bob.must('GET', `/api/chats/${chat.id}`)).toMatchObject({ is_muted: false });
  });

  test('are nobody else’s: no frame, no revision, no answer tells others of them', async () => {
    const [ann, bob] = [await server.user('ann'), await server.user('bob')];
    const chat = await ann.group('Settings', bob);
    const path = `/api/chats/${chat.id}/settings`;
    const [a, b] = [await ann.connect(), await bob.connect()];
    for (const is_muted of [true, false, true]) await ann.must('PUT', path, { is_muted });
    const set = await ann.must<ChatMember>('PUT', path, { notification_level: 'none' });
    expect(set).toMatchObject({ is_muted: true, notification_level: 'none' });
    await Promise.all([a.settled(), b.settled()]);
    expect(b.all('member_updated')).toEqual([]);
    expect(a.all('member_updated').map(({ rev, member }) => [rev, member.is_muted])).toEqual([
      [1, true],
      [1, false],
      [1, true],
      [1, true],
    ]);
    const hidden = [false, undefined];
    const nothing = { rev: 1, members: hidden, page: hidden, sync: hidden };
    expect(await settingsShown(bob, chat.id, ann.id)).toEqual(nothing);
    const open = [true, 'none' as const];
    const everything = { rev: 1, members: open, page: open, sync: open };
    expect(await settingsShown(ann, chat.id, ann.id)).toEqual(everything);
  });

  test('are hidden in a frame that everybody gets, from oneself too', async () => {
    const [ann, bob] = [await server.user('ann'), await server.user('bob')];
    const chat = await ann.group('Settings', bob);
    await ann.must('PUT', `/api/chats/${chat.id}/settings`, { is_muted: true });
    const [a, b] = [await ann.connect(), await bob.connect()];
    await ann.must('PUT', `/api/chats/${chat.id}/settings`, { nickname: 'A', is_muted: false });
    await Promise.all([a.settled(), b.settled()]);
    const shown = (socket: TestSocket) =>
      socket
        .all('member_updated')
        .map(({ member }) => [member.is_muted, member.notification_level]);
    expect(shown(b)).toEqual([[false, undefined]] as never);
    expect(shown(a)).toEqual([
      [false, undefined],
      [false, 'all'],
    ] as never);
  });

  test('reach one’s devices that were away, with the list of chats', async () => {
    const ann = await server.user('ann');
    const chat = await ann.group('Settings');
    const settings = { is_muted: true, notification_level: 'mentions' };
    await ann.must('PUT', `/api/chats/${chat.id}/settings`, settings);
    const { items } = await ann.must<{ items: Chat[] }>('GET', '/api/chats');
    expect(items[0]).toMatchObject({ id: chat.id, rev: chat.rev, ...settings } as never);
  });

  test('toggled ever so often take no sync from others', async () => {
    const [ann, bob] = [await server.user('ann'), await server.user('bob')];
    const chat = await ann.group('Settings', bob);
    const toggles = Array.from({ length: 280 }, (_, n) => ({ is_muted: n % 2 === 0 }));
    const path = `/api/chats/${chat.id}/settings`;
    await Promise.all(toggles.map((body) => ann.must('PUT', path, body)));
    const answer = await bob.must<SyncAnswer>('POST', '/api/sync', { chats: { [chat.id]: 1 } });
    expect(answer.chats).toEqual({});
  });

  test('count as one change each, and none when nothing changes', async () => {
    const [ann, bob] = [await server.user('ann'), await server.user('bob')];
    const chat = await ann.group('Settings', bob);
    const socket = await bob.connect();
    const path = `/api/chats/${chat.id}/settings`;
    const rev = async () => (await bob.must<{ rev: number }>('GET', `/api/chats/${chat.id}`)).rev;
    await ann.must('PUT', path, { is_muted: true, nickname: 'A' });
    expect(await rev()).toBe(2);
    await ann.must('PUT', path, { is_muted: true, nickname: 'A' });
    await ann.must('PUT', path, {});
    expect(await rev()).toBe(2);
    const told = await socket.event('member_updated');
    expect(told).toMatchObject({ chat_id: chat.id, rev: 2, member: { nickname: 'A' } });
  });

  test('tell the same of a member as a question for the members does', async () => {
    const [ann, bob] = [await server.user('ann'), await server.user('bob')];
    const chat = await ann.group('Settings', bob);
    const message = await ann.send(chat.id, 'read me');
    await bob.must('POST', `/api/messages/${message.id}/read`);
    const socket = await bob.connect();
    const path = `/api/chats/${chat.id}/members/${bob.id}`;
    const answer = await ann.must<ChatMember>('PUT', path, { nickname: 'Bobby' });
    const told = (await socket.event('member_updated')).member;
    expect(answer.last_read_message_id).toBe(message.id);
    expect(told).toMatchObject({
      nickname: 'Bobby',
      last_read_message_id: message.id,
      last_delivered_message_id: message.id,
    });
  });

  test.each([
    [{ muted_until: 'tomorrow' }, 'muted_until'],
    [{ muted_until: 1_795_000_000_000 }, 'muted_until'],
    [{ muted_until: '2026-11-20T17:30:00' }, 'muted_until'],
    [{ muted_until: '2020-01-01T00:00:00.000Z' }, 'muted_until'],
    [{ is_muted: true, muted_until: '2999-01-01T00:00:00.000Z' }, 'muted_until'],
    [{ is_muted: false, muted_until: new Date(Date.now() + SOON).toISOString() }, 'muted_until'],
  ])('%j is no end of a mute', async (body, path) => {
    const ann = await server.user('ann');
    const chat = await ann.direct(ann);
    const { status, body: fault } = await ann.call('PUT', `/api/chats/${chat.id}/settings`, body);
    expect(status).toBe(422);
    expect(fault).toMatchObject({ code: 'invalid', errors: [{ path }] });
    expect(await ann.must('GET', `/api/chats/${chat.id}`)).toMatchObject({ is_muted: false });
  });

  test.each([{ is_muted: 'yes' }, { nickname: 'x'.repeat(65) }, { nickname: 5 }])(
    '%j is refused',
    async (body) => {
      const ann = await server.user('ann');
      const chat = await ann.direct(ann);
      expect((await ann.call('PUT', `/api/chats/${chat.id}/settings`, body)).status).toBe(422);
    },
  );
});

describe.each(DIALECTS)('a mute that ends by itself, on %s', (dialect) => {
  const clock = new ManualClock();
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ dialect, clock });
  });
  afterAll(() => server.stop());

  /** A chat of two, of which the first one is muted for some minutes by a device that others are beside. */
  const muted = async () => {
    const [ann, bob] = [await server.user('ann'), await server.user('bob')];
    const chat = await ann.group('Settings', bob);
    const path = `/api/chats/${chat.id}/settings`;
    const [a, b] = [await ann.connect(), await bob.connect()];
    const until = new Date(clock.now() + SOON).toISOString();
    const set = (body: object) => ann.must<ChatMember>('PUT', path, body);
    return { ann, bob, chat, a, b, until, set, answer: await set({ muted_until: until }) };
  };
  /** Everywhere that it shows to its owner. */
  const shown = async (ann: TestUser, { id }: Chat) => {
    const details = await ann.must<ChatDetails>('GET', `/api/chats/${id}`);
    const list = await ann.must<{ items: Chat[] }>('GET', '/api/chats');
    const members = await ann.must<{ items: ChatMember[] }>('GET', `/api/chats/${id}/members`);
    const sync = await ann.must<SyncAnswer>('POST', '/api/sync', {});
    const own = ({ user_id }: ChatMember) => user_id === (ann.id as never);
    const all = [
      details,
      details.members.find(own),
      list.items.find((chat) => chat.id === id),
      members.items.find(own),
      sync.chats[id]?.chat,
      sync.chats[id]?.members?.find(own),
    ];
    return new Set(all.map((each) => `${each?.is_muted} ${each?.muted_until}`));
  };

  test('shows up to its end, and at that very moment not any more', async () => {
    const { ann, chat, until, answer } = await muted();
    expect(ChatMember.parse(answer)).toEqual(answer);
    expect(answer).toMatchObject({ is_muted: true, muted_until: until });
    clock.advance(SOON - 1);
    expect(await shown(ann, chat)).toEqual(new Set([`true ${until}`]));
    clock.advance(1);
    expect(await shown(ann, chat)).toEqual(new Set(['false null']));
  });

  test('is told to one’s own devices, and nobody else', async () => {
    const { ann, bob, chat, a, b, until } = await muted();
    const { member } = await a.event('member_updated');
    expect(member).toMatchObject({ user_id: ann.id, is_muted: true, muted_until: until });
    await b.settled();
    expect(b.all('member_updated')).toEqual([]);
    const { members } = await bob.must<ChatDetails>('GET', `/api/chats/${chat.id}`);
    const other = members.find(({ user_id }) => user_id === (ann.id as never));
    expect([other?.is_muted, other?.muted_until]).toEqual([false, undefined]);
  });

  test('is followed by another one, by one for good, or by none', async () => {
    const { ann, chat, until, set } = await muted();
    const later = new Date(clock.now() + 2 * SOON).toISOString();
    expect(await set({ is_muted: true, muted_until: later })).toMatchObject({ muted_until: later });
    expect(await set({ nickname: 'Annie' })).toMatchObject({ is_muted: true, muted_until: later });
    expect(await set({ muted_until: null })).toMatchObject({ is_muted: true, muted_until: null });
    await set({ muted_until: until });
    expect(await set({ is_muted: true })).toMatchObject({ is_muted: true, muted_until: null });
    await set({ muted_until: until });
    expect(await set({ is_muted: false })).toMatchObject({ is_muted: false, muted_until: null });
    expect(await set({ muted_until: null })).toMatchObject({ is_muted: false, muted_until: null });
    expect(await shown(ann, chat)).toEqual(new Set(['false null']));
  });

  test('that is over is no mute for a change of something else', async () => {
    const { a, set } = await muted();
    await a.event('member_updated');
    clock.advance(SOON);
    const after = { is_muted: false, muted_until: null, notification_level: 'mentions' };
    expect(await set({ notification_level: 'mentions' })).toMatchObject(after as never);
    const { member } = await a.event(
      'member_updated',
      ({ member }) => member.notification_level === 'mentions',
    );
    expect(member).toMatchObject(after as never);
  });

  test('ends with the membership', async () => {
    const { ann, bob, chat } = await muted();
    await ann.must('PUT', `/api/chats/${chat.id}/members/${bob.id}`, { role: 'owner' });
    await ann.must('DELETE', `/api/chats/${chat.id}/members/${ann.id}`);
    await bob.must('POST', `/api/chats/${chat.id}/members`, { user_id: ann.id });
    expect(await shown(ann, chat)).toEqual(new Set(['false null']));
  });

  test('keeps out of the inbox what is said until it is over', async () => {
    const { ann, bob, chat } = await muted();
    const inbox = async () => {
      const page = await ann.must<{ items: Notification[] }>('GET', '/api/notifications');
      return page.items.map(({ body }) => body);
    };
    await bob.send(chat.id, 'unheard');
    expect(await inbox()).toEqual([]);
    clock.advance(SOON);
    await bob.send(chat.id, 'heard');
    expect(await inbox()).toEqual(['heard']);
  });
});
