import { beforeEach, describe, expect, test } from 'bun:test';
import type { MessageId } from '@confab/protocol';
import { uuidFrom } from './runtime';
import type { FakeChat, FakeUser } from './testing/fake-chat';
import { FakeServer } from './testing/fake-server';
import { Harness, texts } from './testing/harness';

let server: FakeServer;
let harness: Harness;
let alice: FakeUser;
let bob: FakeUser;
let chat: FakeChat;

beforeEach(() => {
  server = new FakeServer();
  harness = new Harness(server);
  alice = server.addUser('alice');
  bob = server.addUser('bob');
  chat = server.addChat(null, [alice, bob]);
});

const advance = (ms: number) => harness.time.advance(ms);

describe('a message', () => {
  test('reaches the others at once, and its sender with its status', async () => {
    const a = await harness.connected(alice);
    const b = await harness.connected(bob);
    const entry = await a.client.send(chat.id, 'hello');
    expect(entry.status).toBe('queued');
    await advance(0);
    expect(texts(b.heard)).toEqual(['hello']);
    expect(texts(a.heard)).toEqual(['hello']);
    expect(a.client.pending()).toEqual([]);
    expect(statuses(a.client.messages(chat.id))).toEqual(['sent']);
    await advance(200);
    expect(statuses(a.client.messages(chat.id))).toEqual(['delivered']);
    b.client.markRead(chat.id);
    await advance(200);
    expect(statuses(a.client.messages(chat.id))).toEqual(['read']);
    expect(b.client.chat(chat.id)?.unread_count).toBe(0);
  });

  test('can be shown before it is safe in the outbox', async () => {
    const a = await harness.connected(alice);
    const kinds: string[] = [];
    a.client.on('outbox', ({ type, entry }) => kinds.push(`${type} ${entry.draft.content}`));
    await a.client.send(chat.id, 'hello');
    await advance(0);
    expect(kinds).toEqual(['adding hello', 'queued hello', 'sent hello']);
  });

  test('has a sender who can be looked up among the members', async () => {
    const a = await harness.connected(alice);
    await a.client.joinChat(chat.id);
    expect(a.client.member(chat.id, bob.id)?.user.username).toBe('bob');
    expect(a.client.member(chat.id, server.addUser('eve').id)).toBeUndefined();
    expect(a.client.members(chat.id)).toHaveLength(2);
  });

  test('of a page that was asked for long ago still has its status as of now', async () => {
    const a = await harness.connected(alice);
    const b = await harness.connected(bob);
    await a.client.send(chat.id, 'hello');
    await advance(0);
    const [page] = chat.messages;
    if (!page) throw new Error('It did not arrive');
    expect(a.client.current(page).status).toBe('sent');
    b.client.markRead(chat.id);
    await advance(200);
    expect(a.client.current(page).status).toBe('read');
    const expired = { ...page, expires_at: new Date(harness.time.now() - 1).toISOString() };
    expect(a.client.current(expired)).toMatchObject({ content: '', is_deleted: true });
  });

  test('that is sent while the server is away arrives once it is back', async () => {
    const a = await harness.connected(alice);
    const b = await harness.connected(bob);
    server.kill();
    await a.client.send(chat.id, 'one');
    await a.client.send(chat.id, 'two');
    await advance(5_000);
    expect(a.client.pending().map((entry) => entry.draft.content)).toEqual(['one', 'two']);
    server.start();
    await advance(30_000);
    expect(texts(b.heard)).toEqual(['one', 'two']);
    expect(a.client.pending()).toEqual([]);
  });

  test('whose ack was lost is not sent twice, and not shown twice', async () => {
    const a = await harness.connected(alice);
    const b = await harness.connected(bob);
    server.beforeAck = (type) => {
      if (type !== 'send_message') return;
      server.beforeAck = () => {};
      server.kill();
    };
    await a.client.send(chat.id, 'once');
    await advance(1_000);
    server.start();
    await advance(30_000);
    expect(texts(chat.messages)).toEqual(['once']);
    expect(texts(a.heard)).toEqual(['once']);
    expect(texts(b.heard)).toEqual(['once']);
    expect(a.client.pending()).toEqual([]);
  });

  test('outlives its sender: the next run sends it', async () => {
    const a = harness.seat(alice);
    server.isDown = true;
    void a.client.connect().catch(() => {});
    await a.client.send(chat.id, 'last words');
    await a.client.close();
    server.start();
    const next = harness.seat(alice, a);
    void next.client.connect();
    await advance(100);
    expect(texts(chat.messages)).toEqual(['last words']);
    expect(await a.outbox.load()).toEqual([]);
  });

  test('that comes twice, or after a lost one, is told of once and in order', async () => {
    const a = await harness.connected(alice);
    server.delivers = (frame) => frame.type !== 'new_message' || frame.message.content !== 'two';
    server.say(chat, bob, 'one');
    server.say(chat, bob, 'two');
    const third = server.say(chat, bob, 'three');
    server.publish(chat, { type: 'new_message', message: third });
    await advance(1_000);
    expect(texts(a.heard)).toEqual(['one', 'two', 'three']);
    expect(a.faults).toEqual([]);
  });
});

describe('receipts', () => {
  test('of a burst are one frame', async () => {
    await harness.connected(alice);
    for (let n = 0; n < 20; n++) server.say(chat, bob, `message ${n}`);
    await advance(1_000);
    const sent = server.sockets[0]?.socket.sent.filter((f) => f.type === 'message_delivered');
    expect(sent).toMatchObject([{ chat_id: chat.id, message_id: chat.messages.at(-1)?.id }]);
  });

  test('that could not be sent are sent after the next connect', async () => {
    const a = await harness.connected(alice);
    const message = server.say(chat, bob, 'hi');
    await advance(0);
    server.kill();
    a.client.markRead(chat.id, message.id);
    server.start();
    await advance(5_000);
    expect(chat.unread(alice.id).unread_count).toBe(0);
  });

  test('follow from one device to the other, even while that is away', async () => {
    const phone = await harness.connected(alice);
    const laptop = await harness.connected(alice);
    server.say(chat, bob, 'hi');
    await advance(0);
    const unreads: number[] = [];
    laptop.client.on('unread', ({ unread_count }) => unreads.push(unread_count));
    server.dropAll();
    chat.read(alice.id, 1);
    await advance(5_000);
    expect(unreads).toEqual([0]);
    expect(phone.client.chat(chat.id)?.unread_count).toBe(0);
  });
});

describe('typing', () => {
  test('is said once, again while it goes on, and ends by itself', async () => {
    const a = await harness.connected(alice);
    a.client.typing(chat.id);
    a.client.typing(chat.id);
    await advance(3_000);
    a.client.typing(chat.id);
    await advance(10_000);
    const sent = server.sockets[0]?.socket.sent.map((frame) => frame.type);
    expect(sent?.filter((type) => String(type).startsWith('typing'))).toEqual([
      'typing_start',
      'typing_start',
      'typing_stop',
    ]);
  });

  test('of others shows until they stop, send, or are not heard of', async () => {
    const a = await harness.connected(alice);
    const seen: string[][] = [];
    a.client.on('typing', ({ typists }) => seen.push(typists.map((t) => t.username)));
    const start = {
      type: 'typing_start',
      chat_id: chat.id,
      user_id: bob.id,
      username: 'bob',
    } as const;
    server.publish(chat, start);
    await advance(0);
    server.say(chat, bob, 'done');
    await advance(0);
    server.publish(chat, start);
    await advance(9_000);
    expect(seen).toEqual([['bob'], [], ['bob'], []]);
  });
});

test('what is saved lets the next run go on where this one ended', async () => {
  const a = await harness.connected(alice);
  server.say(chat, bob, 'one');
  await advance(0);
  await a.client.close();
  server.say(chat, bob, 'two');
  const next = harness.seat(alice, a);
  await next.client.load();
  expect(texts(next.client.messages(chat.id))).toEqual(['one']);
  void next.client.connect();
  await advance(0);
  expect(texts(next.client.messages(chat.id))).toEqual(['one', 'two']);
  expect(next.heard.map((m) => m.content)).toEqual(['two']);
});

test('another user on the same stores gets nothing of the first', async () => {
  server.addChat('secret', [alice]);
  const a = await harness.connected(alice);
  await a.client.close();
  const { tokens, outbox } = harness.seat(bob);
  const b = harness.seat(bob, { tokens, outbox, state: a.state });
  void b.client.connect();
  await advance(0);
  expect(b.client.chats().map((c) => c.id)).toEqual([chat.id]);
  expect(b.client.userId).toBe(bob.id);
});

test('a chat that one was removed from meanwhile is told of, and looked at no more', async () => {
  const a = await harness.connected(alice);
  const removed: number[] = [];
  a.client.on('chat_removed', ({ chat }) => removed.push(chat.id));
  await a.client.joinChat(chat.id);
  chat.remove(alice.id);
  server.dropAll();
  await advance(1_000);
  expect(removed).toEqual([chat.id]);
  expect(a.client.chats()).toEqual([]);
  chat.add(alice);
  server.dropAll();
  await advance(1_000);
  expect(a.client.chats()).toHaveLength(1);
  const sent = server.sockets[0]?.socket.sent.map((frame) => frame.type);
  expect(sent).not.toContain('join_chat');
});

test('a chat that is looked at in a hidden window counts as left until the window is seen', async () => {
  const { client } = await harness.connected(alice);
  const said = () =>
    (server.sockets.at(-1)?.socket.sent ?? [])
      .map((frame) => frame.type)
      .filter((type) => type === 'join_chat' || type === 'leave_chat');
  await client.joinChat(chat.id);
  client.setAway(true);
  client.setAway(true);
  expect(said()).toEqual(['join_chat', 'leave_chat']);
  server.dropAll();
  await advance(1_000);
  await client.joinChat(chat.id);
  expect(said()).toEqual([]);
  client.setAway(false);
  await advance(0);
  expect(said()).toEqual(['join_chat']);
});

test('a page of history joins the messages held', async () => {
  for (let n = 1; n <= 60; n++) chat.send(bob.id, `message ${n}`);
  const a = await harness.connected(alice);
  expect(a.client.messages(chat.id)).toHaveLength(50);
  await a.client.history(chat.id, { before: 11 as MessageId });
  expect(a.client.messages(chat.id)).toHaveLength(60);
});

const statuses = (messages: readonly { status: string }[]) => messages.map((m) => m.status);

test('signing out forgets the chats, and keeps what was not sent for its writer', async () => {
  const a = await harness.connected(alice);
  server.refusals.push({ type: 'send_message', code: 'overloaded' });
  await a.client.send(chat.id, 'unsent');
  await advance(0);
  await a.client.logout();
  expect(server.calls.at(-1)).toBe('POST /api/auth/logout');
  expect(a.client.chats()).toEqual([]);
  expect(await a.state.load()).toBeNull();
  expect(await a.tokens.load()).toBeNull();
  await a.client.login('bob', 'correct horse');
  void a.client.connect();
  await advance(60_000);
  expect(chat.messages).toEqual([]);
  expect(await a.outbox.load()).toHaveLength(1);
});

test('an identity is made without crypto.randomUUID too', () => {
  const uuid = uuidFrom(new Uint8Array(16).fill(255));
  expect(uuid).toBe('ffffffff-ffff-4fff-bfff-ffffffffffff');
});
