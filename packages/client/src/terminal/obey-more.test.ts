import { beforeEach, expect, test } from 'bun:test';
import type { FakeChat, FakeUser } from '../testing/fake-chat';
import { FakeServer } from '../testing/fake-server';
import { Harness } from '../testing/harness';
import { ChatApp } from './chat-app';
import { PlainScreen } from './screen';
import { localDay } from './times';

const NOW = Date.parse('2026-11-20T12:00:00.000Z');

let server: FakeServer;
let harness: Harness;
let alice: FakeUser;
let bob: FakeUser;
let chat: FakeChat;
let app: ChatApp;
let printed: string[];
/** What the fake server was asked for, with which body. */
let asked: [call: string, body: unknown][];

const answer = (call: string, with_: object | null) =>
  server.answers.set(call, (body) => {
    asked.push([call, body]);
    return with_;
  });

/** What was printed since this was last asked. */
async function output(ms = 0): Promise<string[]> {
  await harness.time.advance(ms);
  return printed.splice(0);
}

beforeEach(async () => {
  server = new FakeServer();
  harness = new Harness(server);
  [alice, bob] = [server.addUser('alice'), server.addUser('bob')];
  chat = server.addChat(null, [alice, bob]);
  [printed, asked] = [[], []];
  const { client } = await harness.connected(alice);
  const screen = new PlainScreen((text) => printed.push(...text.trimEnd().split('\n')));
  const surroundings = { clock: () => '12:00', now: () => NOW, server: 'http://fake' };
  app = new ChatApp({ client, screen, ...surroundings });
  server.say(chat, bob, 'the address');
  await output();
  await app.enter('/open bob');
  await output();
});

test('pins are set, shown and listed', async () => {
  answer('PUT /api/messages/1/pin', {});
  await app.enter('/pin 1');
  const message = { ...chat.edit(1, 'the address'), is_edited: false, is_pinned: true };
  server.publish(chat, { type: 'message_updated', message });
  answer(`GET /api/chats/${chat.id}/pins`, { items: [message], next_cursor: 'x' });
  await app.enter('/pins');
  expect(await output()).toEqual([
    '#1 12:00 bob: the address (pinned)',
    '#1 12:00 bob: the address (pinned)',
    '… and others',
  ]);
  answer('DELETE /api/messages/1/pin', {});
  await app.enter('/unpin 1');
  expect(asked.map(([call]) => call).at(-1)).toBe('DELETE /api/messages/1/pin');
});

test('a muted chat speaks up only for a mention', async () => {
  const group = server.addChat('Team', [alice, bob]);
  server.dropAll();
  await app.enter('/open Team');
  await output(1_000);
  await app.enter('/open Team');
  answer(`PUT /api/chats/${group.id}/settings`, {});
  await app.enter('/mute');
  expect((await output()).at(-1)).toBe('“Team” is muted: only mentions are told.');
  expect(asked).toEqual([
    [`PUT /api/chats/${group.id}/settings`, { is_muted: true, muted_until: null }],
  ]);
  server.publish(group, group.mute(alice.id, true));
  await app.enter('/open bob');
  await output();
  server.say(group, bob, 'never mind');
  server.say(group, bob, 'dear @alice');
  expect(await output()).toEqual(['[Team] bob: dear @alice @you']);
  await app.enter('/chats');
  expect((await output())[0]).toStartWith(' 1. Team  (muted)  2 new');
});

test('a chat is muted until a time, which the list of chats tells', async () => {
  const group = server.addChat('Team', [alice, bob]);
  server.dropAll();
  await output(1_000);
  await app.enter('/open Team');
  answer(`PUT /api/chats/${group.id}/settings`, {});
  await output();
  await app.enter('/mute 8h');
  const until = new Date(NOW + 8 * 3_600_000).toISOString();
  const words = `until ${localDay(until)} 12:00`;
  expect(await output()).toEqual([`“Team” is muted ${words}: only mentions are told.`]);
  expect(asked).toEqual([
    [`PUT /api/chats/${group.id}/settings`, { is_muted: true, muted_until: until }],
  ]);
  server.publish(group, group.mute(alice.id, true, until));
  await output();
  await app.enter('/chats');
  expect((await output()).find((line) => line.includes('Team'))).toContain(`(muted ${words})`);
  await app.enter('/mute soon');
  expect((await output()).join()).toContain('Until when?');
  await app.enter('/unmute');
  expect(await output()).toEqual(['“Team” is heard again.']);
  expect(asked.at(-1)?.[1]).toEqual({ is_muted: false });
});

test('a message is sent later, listed, and told of when it could not be', async () => {
  const scheduled = {
    id: 7,
    chat_id: chat.id,
    content: 'see you',
    send_at: new Date(NOW + 600_000).toISOString(),
    status: 'failed',
    failure: { code: 'blocked', detail: 'x' },
  };
  answer('POST /api/messages/scheduled', scheduled);
  await app.enter('/schedule 10m see you');
  expect(asked[0]?.[1]).toEqual({
    chat_id: chat.id,
    content: 'see you',
    send_at: '2026-11-20T12:10:00.000Z',
  });
  const day = localDay(scheduled.send_at);
  expect(await output()).toEqual([`It will be sent ${day} 12:00. /unschedule 7 stops that.`]);
  answer('GET /api/messages/scheduled', { items: [scheduled], next_cursor: null });
  await app.enter('/scheduled');
  const why = 'one of you has blocked the other, so neither can write here';
  expect(await output()).toEqual([`7. ${day} 12:00 [bob] see you ! not sent: ${why}`]);
  const event = { type: 'scheduled_message', scheduled_id: 7, scheduled };
  server.sockets[0]?.socket.push(event);
  expect(await output()).toEqual([`! not sent at its time: see you (${why})`]);
  answer('DELETE /api/messages/scheduled/7', null);
  await app.enter('/unschedule 7');
  expect(asked.at(-1)?.[0]).toBe('DELETE /api/messages/scheduled/7');
});

test('messages are made to disappear', async () => {
  answer(`PUT /api/chats/${chat.id}`, {});
  await app.enter('/disappear 7d');
  await app.enter('/disappear off');
  expect(asked.map(([, body]) => body)).toEqual([
    { disappear_after_s: 604_800 },
    { disappear_after_s: 0 },
  ]);
  expect(await output()).toEqual([
    'Messages sent from now on are erased after 1w.',
    'Messages sent from now on stay.',
  ]);
});

test('one invites by a link, and joins by one', async () => {
  answer(`POST /api/chats/${chat.id}/invites`, { url: '/app/invite/q0Yl3mT6' });
  await app.enter('/invite 1d');
  expect(asked[0]?.[1]).toEqual({ expires_in: 86_400 });
  expect(await output()).toEqual([
    'By this link one joins “bob” within 1d, with /join too:',
    'http://fake/app/invite/q0Yl3mT6',
  ]);
  const group = server.addChat('Hikers', [bob]);
  group.add(alice);
  answer('POST /api/invites/q0Yl3mT6/accept', group.chatFor(alice.id));
  await app.enter('/join http://fake/app/invite/q0Yl3mT6');
  expect(await output()).toContain('— Hikers —');
  expect(app.chat?.id).toBe(group.id);
});

test('notifications are listed and cleared', async () => {
  const created_at = '2026-11-20T12:00:00.000Z';
  const one = { title: 'bob in Team', body: 'who is in?', created_at };
  answer('GET /api/notifications', { items: [one], next_cursor: null });
  await app.enter('/notifications');
  expect(await output()).toEqual([`${localDay(created_at)} 12:00 bob in Team: who is in?`]);
  answer('POST /api/notifications/read-all', null);
  await app.enter('/notifications read');
  answer('GET /api/notifications', { items: [], next_cursor: null });
  await app.enter('/notifications');
  expect(await output()).toEqual(['All notifications are read.', 'Nothing is new.']);
});
