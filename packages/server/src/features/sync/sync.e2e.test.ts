import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { type Chat, type ChatSync, type MessagePage, SyncAnswer } from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { TestServer } from '../../testing/server';
import type { TestUser } from '../../testing/user';

/** Without what is stored a little later: that an answer before this one was delivered. */
const settled = (answer: unknown) =>
  JSON.parse(
    JSON.stringify(answer, (key, value) =>
      key === 'last_delivered_message_id' ? undefined : value,
    ),
  );

describe.each(DIALECTS)('sync on %s', (dialect) => {
  let server: TestServer;
  let ann: TestUser;
  let bob: TestUser;
  beforeAll(async () => {
    server = await TestServer.start({ dialect, env: { RATE_LIMITS: 'off' } });
  });
  afterAll(() => server.stop());

  const setUp = async (): Promise<Chat> => {
    [ann, bob] = [await server.user('ann'), await server.user('bob')];
    return ann.group('Sync', bob);
  };
  const rev = async (chat: Chat) => (await ann.must<Chat>('GET', `/api/chats/${chat.id}`)).rev;

  /** Asks over REST and WebSocket, which must agree. */
  async function sync(user: TestUser, request: { chats: Record<number, number>; epoch?: string }) {
    const socket = await user.connect({ confirms: true });
    const { type, request_id: _, ...live } = await socket.request('sync', request);
    expect(type).toBe('ack');
    const rest = await user.must<SyncAnswer>('POST', '/api/sync', request);
    expect(SyncAnswer.parse(rest)).toEqual(rest);
    expect(settled(live)).toEqual(settled(rest));
    socket.close();
    return rest;
  }
  const only = (answer: SyncAnswer, chat: Chat) => answer.chats[chat.id] as ChatSync;

  test('gives what is new and changed since, and nothing else', async () => {
    const chat = await setUp();
    const sent = [];
    for (let n = 1; n <= 5; n++) sent.push(await ann.send(chat.id, `m${n}`));
    const since = await rev(chat);
    await bob.must('PUT', `/api/messages/${sent[1]?.id}/reactions/👍`);
    await ann.must('PUT', `/api/messages/${sent[0]?.id}`, { content: 'edited' });
    await ann.must('DELETE', `/api/messages/${sent[3]?.id}`);
    await ann.send(chat.id, 'm6');
    const changed = only(await sync(bob, { chats: { [chat.id]: since } }), chat);
    expect(changed).toMatchObject({ recovered: true, rev: since + 4, last_seq: 6 });
    expect(
      changed.messages.map((m) => [m.seq, m.content, m.is_deleted, m.reactions.length]),
    ).toEqual([
      [1, 'edited', false, 0],
      [2, 'm2', false, 1],
      [4, '', true, 0],
      [6, 'm6', false, 0],
    ]);
    expect(changed.members).toBeUndefined();
    // What came by sync is delivered since then; else history shows the same.
    const seen = changed.messages.map((message) => ({ ...message, status: 'delivered' }));
    const history = await bob.must<MessagePage>('GET', `/api/messages/${chat.id}`);
    expect(history.items).toEqual(expect.arrayContaining(seen));
  });

  test('gives nothing of a chat in which nothing changed', async () => {
    const chat = await setUp();
    await ann.send(chat.id, 'm');
    const answer = await sync(bob, { chats: { [chat.id]: 2 } });
    expect(answer).toEqual({ epoch: expect.any(String), chats: {}, removed: [] });
  });

  test('tells of members who came, changed and went, and of new names', async () => {
    const chat = await setUp();
    const [cid, dan] = [await server.user('cid'), await server.user('dan')];
    await ann.must('POST', `/api/chats/${chat.id}/members`, { user_id: cid.id });
    const since = await rev(chat);
    await ann.must('POST', `/api/chats/${chat.id}/members`, { user_id: dan.id });
    await ann.must('DELETE', `/api/chats/${chat.id}/members/${cid.id}`);
    await ann.must('PUT', `/api/chats/${chat.id}/members/${bob.id}`, { role: 'admin' });
    await ann.must('PUT', `/api/chats/${chat.id}`, { name: 'Renamed' });
    const changed = only(await sync(bob, { chats: { [chat.id]: since } }), chat);
    expect(changed.chat).toMatchObject({ name: 'Renamed', my_role: 'admin', member_count: 3 });
    expect(changed.members?.map((member) => [member.user_id, member.role])).toEqual([
      [bob.id, 'admin'],
      [dan.id, 'member'],
    ] as never);
    expect(changed.removed_member_ids).toEqual([cid.id as never]);
    const actions = changed.messages.map((message) => message.system_event?.action);
    expect(actions).toEqual(['member_added', 'member_removed', 'role_changed', 'chat_renamed']);
  });

  test('brings chats joined meanwhile, whole, and names those one is not in any more', async () => {
    const left = await setUp();
    const joined = await ann.group('Joined');
    await ann.send(joined.id, 'welcome');
    await ann.must('POST', `/api/chats/${joined.id}/members`, { user_id: bob.id });
    await ann.must('DELETE', `/api/chats/${left.id}/members/${bob.id}`);
    const gone = await bob.group('Gone');
    await bob.must('DELETE', `/api/chats/${gone.id}`);
    const answer = await sync(bob, { chats: { [left.id]: left.rev, [gone.id]: 1, 987654: 3 } });
    expect([...answer.removed].sort()).toEqual([left.id, gone.id, 987654].sort() as never);
    expect(Object.keys(answer.chats)).toEqual([String(joined.id)]);
    const whole = only(answer, joined);
    expect(whole).toMatchObject({ recovered: true, chat: { id: joined.id, my_role: 'member' } });
    expect(whole.messages.map((message) => message.seq)).toEqual([1, 2]);
    expect(whole.members?.map((member) => member.user_id)).toEqual([ann.id, bob.id] as never);
  });

  test('asks for a fresh start when there are more than 500 changes', async () => {
    const chat = await setUp();
    await Promise.all(Array.from({ length: 499 }, (_, n) => ann.send(chat.id, `m${n}`)));
    const all = only(await sync(bob, { chats: {} }), chat);
    expect(all.recovered).toBe(true);
    expect(all.messages).toHaveLength(499);
    await ann.send(chat.id, 'm500');
    await ann.send(chat.id, 'm501');
    const fresh = only(await sync(bob, { chats: {} }), chat);
    expect(fresh).toMatchObject({ recovered: false, rev: 502, last_seq: 501 });
    expect(fresh.messages.map((m) => m.seq)).toEqual(Array.from({ length: 50 }, (_, i) => 452 + i));
    expect(fresh.members).toHaveLength(2);
    expect(fresh.chat).toMatchObject({ id: chat.id, unread_count: 501 });
    expect(only(await sync(bob, { chats: { [chat.id]: 1 } }), chat).recovered).toBe(false);
    const enough = only(await sync(bob, { chats: { [chat.id]: 2 } }), chat);
    expect([enough.recovered, enough.messages.length]).toEqual([true, 500]);
  });

  test('asks for a fresh start when the client has seen the future', async () => {
    const chat = await setUp();
    await ann.send(chat.id, 'm1');
    const ahead = only(await sync(bob, { chats: { [chat.id]: 99 } }), chat);
    expect(ahead).toMatchObject({ recovered: false, rev: 2, last_seq: 1 });
    expect(ahead.messages).toHaveLength(1);
  });

  test('asks for a fresh start of every chat in another epoch', async () => {
    const chat = await setUp();
    await ann.send(chat.id, 'm1');
    const { epoch } = await sync(bob, { chats: { [chat.id]: 2 } });
    expect(await sync(bob, { chats: { [chat.id]: 2 }, epoch })).toMatchObject({ chats: {} });
    const other = await sync(bob, { chats: { [chat.id]: 2 }, epoch: 'another' });
    expect(only(other, chat)).toMatchObject({ recovered: false, rev: 2 });
    expect(other.epoch).toBe(epoch);
  });

  test('and ready agree on revisions and epoch, also after a restart', async () => {
    const chat = await setUp();
    await ann.send(chat.id, 'm1');
    const before = await (await bob.connect()).event('ready');
    expect(before).toMatchObject({ chats: { [chat.id]: 2 }, heartbeat_s: 25 });
    await server.restart();
    const after = await (await bob.connect()).event('ready');
    expect([after.chats, after.epoch]).toEqual([before.chats, before.epoch]);
    expect(await sync(bob, { chats: after.chats, epoch: after.epoch })).toMatchObject({
      chats: {},
    });
  });

  test('repeats what was asked for, as often as it is asked', async () => {
    const chat = await setUp();
    for (let n = 0; n < 3; n++) await ann.send(chat.id, `m${n}`);
    const request = { chats: { [chat.id]: 1 } };
    await sync(bob, request);
    expect(await sync(bob, request)).toEqual(await sync(bob, request));
  });

  test.each([
    [{ chats: { x: 1 } }],
    [{ chats: { 1: -1 } }],
    [{ chats: { 1: '1' } }],
    [{ chats: [] }],
    [{ chats: null }],
    [{ epoch: 5 }],
    [{ epoch: 'x'.repeat(65) }],
  ])('of %j is refused', async (request) => {
    await setUp();
    expect((await bob.call('POST', '/api/sync', request)).status).toBe(422);
    const socket = await bob.connect();
    expect(await socket.request('sync', request)).toMatchObject({ code: 'invalid' });
  });
});
