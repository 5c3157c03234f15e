import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Chat, Message, MessagePage, SyncAnswer } from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { ManualClock } from '../../testing/manual-clock';
import { TestServer } from '../../testing/server';
import type { TestUser } from '../../testing/user';
import { eventually } from '../../testing/waiting';

const ENV = { RATE_LIMITS: 'off', ACCESS_TOKEN_TTL_S: '86400' };

describe.each(DIALECTS)('disappearing messages on %s', (dialect) => {
  let clock: ManualClock;
  let server: TestServer;
  let [ann, bob]: TestUser[] = [];
  let owner: TestUser;
  let member: TestUser;
  let chat: Chat;

  beforeEach(async () => {
    clock = new ManualClock(Date.now());
    server = await TestServer.start({ dialect, env: ENV, clock });
    [ann, bob] = [await server.user('ann'), await server.user('bob')];
    [owner, member] = [ann as TestUser, bob as TestUser];
    chat = await owner.group('Secrets', member);
  });
  afterEach(() => server.stop());

  const set = (user: TestUser, chatId: number, disappear_after_s: unknown) =>
    user.call<Chat & { code?: string }>('PUT', `/api/chats/${chatId}`, { disappear_after_s });
  const one = async (id: number, chatId: number = chat.id) => {
    const path = `/api/messages/${chatId}?around=${id}&limit=1`;
    return (await member.must<MessagePage>('GET', path)).items[0] as Message;
  };
  const current = () => owner.must<Chat>('GET', `/api/chats/${chat.id}`);
  const inMs = (ms: number) => new Date(clock.now() + ms).toISOString();
  /** Only once it was erased, and not merely hidden, it has a new revision. */
  const isErased = async (message: Message) => (await one(message.id)).rev > message.rev;
  const stored = (id: number) =>
    server.services.database.read
      .selectFrom('messages')
      .select(['content', 'is_deleted', 'expires_at', 'pinned_at'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow();

  test('are a setting of the chat, of which a message tells', async () => {
    expect(chat.disappear_after_s).toBe(0);
    const socket = await member.connect();
    const before = (await current()).rev;
    const answer = await set(owner, chat.id, 3600);
    expect(answer.body).toMatchObject({ disappear_after_s: 3600, rev: before + 2 });
    expect((await socket.event('chat_updated')).chat).toMatchObject({
      disappear_after_s: 3600,
      rev: before + 1,
    });
    expect((await socket.event('new_message')).message).toMatchObject({
      content: `${owner.username} made new messages disappear after 1 hour`,
      expires_at: null,
      system_event: { action: 'disappearing_changed', user_id: null, value: '3600' },
    });
    await set(owner, chat.id, 3600);
    expect((await current()).rev).toBe(before + 2);
    await set(owner, chat.id, 0);
    const off = await socket.event('new_message', ({ message }) => message.rev === before + 4);
    expect(off.message.content).toBe(`${owner.username} turned disappearing messages off`);
  });

  test.each([[-1], [1], [4], [31_536_001], [5.5], ['60'], [null]])(
    'are not set to %p',
    async (s) => {
      expect(await set(owner, chat.id, s)).toMatchObject({
        status: 422,
        body: { code: 'invalid' } as never,
      });
    },
  );

  test('are set by admin and owner of a group, and by both of a direct chat', async () => {
    expect((await set(member, chat.id, 60)).body).toMatchObject({ code: 'forbidden' });
    const direct = await owner.direct(member);
    for (const user of [owner, member]) {
      expect((await set(user, direct.id, user === owner ? 60 : 5)).status).toBe(200);
    }
    for (const body of [{}, { name: 'Us' }, { name: 'Us', disappear_after_s: 0 }]) {
      const answer = await owner.call('PUT', `/api/chats/${direct.id}`, body);
      expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    }
  });

  test('are sent with their end, and are tombstones after it', async () => {
    const kept = await owner.send(chat.id, 'stays');
    await set(owner, chat.id, 5);
    const message = await owner.send(chat.id, 'goes');
    expect([kept.expires_at, message.expires_at]).toEqual([null, inMs(5000)]);
    await member.must('PUT', `/api/messages/${message.id}/reactions/👍`);
    await owner.must('PUT', `/api/messages/${message.id}/pin`);
    const reply = await owner.send(chat.id, 'answer', { reply_to_id: message.id });
    const socket = await member.connect();
    const before = (await current()).rev;
    clock.advance(4999);
    expect(await one(message.id)).toMatchObject({ content: 'goes', is_pinned: true });
    clock.advance(1);
    const told = await socket.event('message_deleted', (f) => f.message.id === message.id);
    expect(told.message).toMatchObject({
      seq: message.seq,
      rev: before + 1,
      content: '',
      is_deleted: true,
      is_pinned: false,
      reactions: [],
      expires_at: null,
    });
    const gone = { content: '', is_deleted: 1, expires_at: null, pinned_at: null };
    expect(await stored(message.id)).toEqual(gone);
    expect(await stored(reply.id)).toEqual(gone);
    expect((await current()).rev).toBe(before + 2);
    const page = await member.must<MessagePage>('GET', `/api/messages/${chat.id}?limit=100`);
    expect(page.items.map((each) => each.seq)).toEqual(page.items.map((_, i) => i + 1));
    expect(await one(kept.id)).toMatchObject({ content: 'stays' });
    const sync = await member.must<SyncAnswer>('POST', '/api/sync', {
      chats: { [chat.id]: before },
    });
    expect(sync.chats[chat.id]?.messages.map((each) => each.is_deleted)).toEqual([true, true]);
  });

  test('are hidden from their end on, erased or not', async () => {
    await set(owner, chat.id, 5);
    const message = await owner.send(chat.id, 'goes');
    await set(owner, chat.id, 0);
    const reply = await owner.send(chat.id, 'answer', { reply_to_id: message.id });
    await member.must('PUT', `/api/messages/${message.id}/reactions/👍`);
    await owner.must('PUT', `/api/messages/${message.id}/pin`);
    // Nobody sweeps: what the database holds is all there still.
    await server.services.extras.stop();
    clock.advance(5000);
    expect((await stored(message.id)).content).toBe('goes');
    const shown = { content: '', is_deleted: true, reactions: [], is_pinned: false };
    expect(await one(message.id)).toMatchObject(shown);
    expect((await one(reply.id)).reply_to).toMatchObject({ content: '', is_deleted: true });
    const late = await owner.send(chat.id, 'late', { reply_to_id: message.id });
    expect(late.reply_to).toMatchObject({ content: '', is_deleted: true });
    expect(await member.must('GET', `/api/chats/${chat.id}/pins`)).toMatchObject({ items: [] });
    for (const [method, path, body] of [
      ['PUT', `/api/messages/${message.id}`, { content: 'back' }],
      ['PUT', `/api/messages/${message.id}/reactions/👍`, undefined],
      ['PUT', `/api/messages/${message.id}/pin`, undefined],
    ] as const) {
      const answer = await owner.call(method, path, body);
      expect(answer).toMatchObject({ status: 409, body: { code: 'message_deleted' } });
    }
    const sync = await member.must<SyncAnswer>('POST', '/api/sync', { chats: { [chat.id]: 1 } });
    expect(JSON.stringify(sync)).not.toContain('goes');
  });

  test('as the last message of a chat are hidden in the list of chats too', async () => {
    await set(owner, chat.id, 5);
    await owner.send(chat.id, 'goes');
    await server.services.extras.stop();
    clock.advance(5000);
    const list = await member.must('GET', '/api/chats');
    expect(JSON.stringify(list)).not.toContain('goes');
  });

  test('that expired while no server ran are erased at the start', async () => {
    await set(owner, chat.id, 5);
    const messages = await Promise.all(
      Array.from({ length: 230 }, (_, n) => owner.send(chat.id, `m${n}`)),
    );
    const restarted = server.restart();
    clock.leap(3_600_000);
    await restarted;
    for (const message of messages) await eventually(() => isErased(message), 'an erasure');
    const { rev, last_seq } = await current();
    const page = await member.must<MessagePage>('GET', `/api/messages/${chat.id}?limit=100`);
    expect(page.items.every((each) => each.is_deleted)).toBe(true);
    expect([rev, last_seq]).toEqual([1 + 2 + 230 + 230, 231]);
  });

  test('can be deleted before, and edited, which prolongs nothing', async () => {
    await set(owner, chat.id, 5);
    const [one1, two] = [await owner.send(chat.id, 'one'), await owner.send(chat.id, 'two')];
    await owner.must('DELETE', `/api/messages/${one1.id}`);
    clock.advance(2000);
    const edited = await owner.must<Message>('PUT', `/api/messages/${two.id}`, { content: 'zwei' });
    expect(edited.expires_at).toBe(two.expires_at as string);
    const before = (await current()).rev;
    clock.advance(3000);
    await eventually(() => isErased(edited), 'an erasure');
    expect((await current()).rev).toBe(before + 1);
  });

  test('of a group that is deleted trouble nobody', async () => {
    await set(owner, chat.id, 5);
    await owner.send(chat.id, 'goes');
    await owner.must('DELETE', `/api/chats/${chat.id}`);
    const other = await owner.direct(member);
    await set(owner, other.id, 5);
    const message = await owner.send(other.id, 'goes too');
    clock.advance(5000);
    await eventually(
      async () => (await one(message.id, other.id)).rev > message.rev,
      'the other erasure',
    );
  });

  test('sent again by the same client_message_id after their end stay gone', async () => {
    await set(owner, chat.id, 5);
    const client_message_id = crypto.randomUUID();
    const message = await owner.send(chat.id, 'goes', { client_message_id });
    clock.advance(5000);
    await eventually(() => isErased(message), 'an erasure');
    const again = await owner.call<Message>('POST', `/api/messages/${chat.id}`, {
      content: 'goes',
      client_message_id,
    });
    expect(again).toMatchObject({ status: 200, body: { id: message.id, is_deleted: true } });
  });
});

test('what disappeared is in no file of an SQLite database any more', async () => {
  const clock = new ManualClock(Date.now());
  const server = await TestServer.start({ env: ENV, clock });
  const ann = await server.user('ann');
  const chat = await ann.direct(ann);
  await ann.must('PUT', `/api/chats/${chat.id}`, { disappear_after_s: 5 });
  const secret = 'the-treasure-lies-under-the-old-oak';
  const holding = () => {
    const folder = join(server.directory, 'db');
    return readdirSync(folder).filter((name) => readFileSync(join(folder, name)).includes(secret));
  };
  const message = await ann.send(chat.id, secret);
  await ann.must('PUT', `/api/messages/${message.id}`, { content: `${secret}!` });
  for (let n = 0; n < 50; n++) await ann.send(chat.id, `${secret} ${n}`);
  expect(holding()).not.toEqual([]);
  clock.advance(5000);
  await eventually(() => {
    clock.advance(1000);
    return holding().length === 0;
  }, 'the end of the secret');
  await server.stop();
});
