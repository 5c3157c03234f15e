import { beforeEach, describe, expect, test } from 'bun:test';
import type { FakeChat, FakeUser } from './testing/fake-chat';
import { FakeServer } from './testing/fake-server';
import { Harness, type Seat } from './testing/harness';

const HOUR = 3_600_000;

let server: FakeServer;
let harness: Harness;
let alice: FakeUser;
let chat: FakeChat;

beforeEach(() => {
  server = new FakeServer();
  harness = new Harness(server);
  alice = server.addUser('alice');
  chat = server.addChat('Team', [alice, server.addUser('bob')]);
});

const advance = (ms: number) => harness.time.advance(ms);
const at = (ms: number) => new Date(harness.time.now() + ms).toISOString();
const muteFor = (ms: number, of = chat) => of.mute(alice.id, true, at(ms));

/** What the client shows of the mute, in the chat and of its own member. */
const shown = ({ client }: Seat, of = chat) => [
  client.chat(of.id)?.is_muted,
  client.chat(of.id)?.muted_until,
  client.member(of.id, alice.id)?.is_muted,
];

/** A connected client, and the mutes of its chats as they change. */
async function seated() {
  const seat = await harness.connected(alice);
  const told: string[] = [];
  seat.client.on('chat_updated', ({ chat: { id, is_muted } }) => told.push(`${id} ${is_muted}`));
  return { seat, told };
}

describe('a mute that ends by itself', () => {
  test('lasts up to its end, and its end is told', async () => {
    const { seat, told } = await seated();
    const end = at(HOUR);
    server.publish(chat, muteFor(HOUR));
    await advance(HOUR - 1);
    expect(shown(seat)).toEqual([true, end, true]);
    expect(told).toEqual([`${chat.id} true`]);
    await advance(1);
    expect(shown(seat)).toEqual([false, null, false]);
    expect(told).toEqual([`${chat.id} true`, `${chat.id} false`]);
  });

  test('is told of each chat at its own time', async () => {
    const other = server.addChat('Other', [alice]);
    const { told } = await seated();
    server.publish(chat, muteFor(2 * HOUR));
    server.publish(other, muteFor(HOUR, other));
    await advance(0);
    told.length = 0;
    await advance(HOUR);
    expect(told).toEqual([`${other.id} false`]);
    await advance(HOUR);
    expect(told).toEqual([`${other.id} false`, `${chat.id} false`]);
  });

  test('ends as it was set last', async () => {
    const { seat, told } = await seated();
    server.publish(chat, muteFor(HOUR));
    server.publish(chat, muteFor(3 * HOUR));
    await advance(2 * HOUR);
    expect(shown(seat)[0]).toBe(true);
    server.publish(chat, chat.mute(alice.id, true));
    await advance(2 * HOUR);
    expect(shown(seat)).toEqual([true, null, true]);
    server.publish(chat, chat.mute(alice.id, false));
    await advance(HOUR);
    expect(told.at(-1)).toBe(`${chat.id} false`);
    expect(told).toHaveLength(4);
  });

  test('that is further away than a timer reaches is not over before', async () => {
    const { seat } = await seated();
    const days = 60 * 24 * HOUR;
    server.publish(chat, muteFor(days));
    await advance(0);
    await seat.client.close();
    const later = harness.seat(alice, seat);
    const told: boolean[] = [];
    later.client.on('chat_updated', ({ chat: { is_muted } }) => told.push(is_muted));
    await later.client.load();
    await advance(days - 1);
    expect(told).toEqual([]);
    await advance(1);
    expect(told).toEqual([false]);
  });

  test('ends without a connection too, and in a later run', async () => {
    const { seat } = await seated();
    server.publish(chat, muteFor(HOUR));
    await advance(0);
    await seat.client.close();
    server.kill();
    const later = harness.seat(alice, seat);
    await later.client.load();
    expect(shown(later)[0]).toBe(true);
    await advance(HOUR);
    expect(shown(later)).toEqual([false, null, false]);
    await later.client.close();
    const last = harness.seat(alice, later);
    await last.client.load();
    expect(shown(last)).toEqual([false, null, false]);
  });

  test('keeps no timer behind a client that was closed', async () => {
    const { seat } = await seated();
    server.publish(chat, muteFor(HOUR));
    await advance(0);
    await seat.client.close();
    const left = harness.time.timers;
    await advance(0);
    expect(left).toBe(0);
    expect(shown(seat)[0]).toBe(true);
    await advance(HOUR);
    expect(shown(seat).slice(0, 2)).toEqual([false, null]);
  });
});

test('muting asks for an end or none', async () => {
  const { client } = await harness.connected(alice);
  const asked: unknown[] = [];
  server.answers.set(`PUT /api/chats/${chat.id}/settings`, (body) => {
    asked.push(body);
    return {};
  });
  const until = new Date(harness.time.now() + HOUR);
  await client.mute(chat.id, until);
  await client.mute(chat.id);
  await client.unmute(chat.id);
  expect(asked).toEqual([
    { is_muted: true, muted_until: until.toISOString() },
    { is_muted: true, muted_until: null },
    { is_muted: false },
  ]);
});
