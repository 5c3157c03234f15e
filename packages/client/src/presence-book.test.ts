import { beforeEach, describe, expect, test } from 'bun:test';
import type { UserSummary } from '@confab/protocol';
import type { FakeChat, FakeUser } from './testing/fake-chat';
import { FakeServer } from './testing/fake-server';
import { Harness } from './testing/harness';

let server: FakeServer;
let harness: Harness;
let alice: FakeUser;
let bob: FakeUser;
let chat: FakeChat;
let isOnline: boolean;

beforeEach(() => {
  server = new FakeServer();
  harness = new Harness(server);
  alice = server.addUser('alice');
  bob = server.addUser('bob');
  chat = server.addChat(null, [alice, bob]);
  isOnline = true;
  server.answers.set('GET /api/chats', () => ({ items: [described()], next_cursor: null }));
});

/** The chat with bob as the list of chats has it. */
function described() {
  const own = chat.chatFor(alice.id);
  const peer: UserSummary = { ...(own.peer as UserSummary), is_online: isOnline };
  return { ...own, peer };
}

const tellOf = (status: 'online' | 'offline') =>
  server.publish(chat, {
    type: 'user_status',
    user_id: bob.id,
    username: 'bob',
    status,
    last_seen: null,
  });

describe('who is there', () => {
  test('is known of a direct chat with somebody that is new', async () => {
    const { client } = await harness.connected(alice);
    const carol = server.addUser('carol');
    const other = server.addChat(null, [alice, carol]);
    const peer = { ...(other.chatFor(alice.id).peer as UserSummary), is_online: true };
    server.answers.set('POST /api/chats/direct', () => ({ ...other.chatFor(alice.id), peer }));
    await client.openDirect(carol.id);
    expect(client.presence(carol.id)?.status).toBe('online');
  });

  test('is asked for after a loss of the connection', async () => {
    const { client } = await harness.connected(alice);
    tellOf('online');
    await harness.time.advance(0);
    server.kill();
    await harness.time.advance(1_000);
    isOnline = false;
    server.start();
    await harness.time.advance(30_000);
    expect(client.presence(bob.id)?.status).toBe('offline');
  });

  test('is believed of an event rather than of an answer that may be older', async () => {
    const seat = await harness.connected(alice);
    server.kill();
    server.start();
    await seat.client.connect();
    tellOf('online');
    isOnline = false;
    await harness.time.advance(5_000);
    expect(seat.client.presence(bob.id)?.status).toBe('online');
  });

  test('is no more believed of those who are in no answer', async () => {
    const { client } = await harness.connected(alice);
    tellOf('online');
    await harness.time.advance(0);
    server.kill();
    server.answers.set('GET /api/chats', () => ({ items: [], next_cursor: null }));
    await harness.time.advance(1_000);
    server.start();
    await harness.time.advance(30_000);
    expect(client.presence(bob.id)?.status).toBe('offline');
  });
});

test('members of a large group come page by page', async () => {
  const group = server.addChat('Choir', [alice, bob]);
  const { client } = await harness.connected(alice);
  const carol = { ...group.memberOf(bob.id), user_id: server.addUser('carol').id };
  const path = `GET /api/chats/${group.id}/members`;
  server.answers.set(path, () => ({ items: [carol], next_cursor: 'more' }));
  const page = await client.loadMembers(group.id, { cursor: 'first' });
  expect(page.next_cursor).toBe('more');
  expect(client.members(group.id).map((member) => member.user_id)).toContain(carol.user_id);
});
