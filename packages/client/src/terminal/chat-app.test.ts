import { beforeEach, describe, expect, test } from 'bun:test';
import { ClientError, RestError } from '../errors';
import type { FakeChat, FakeUser } from '../testing/fake-chat';
import { FakeServer } from '../testing/fake-server';
import { Harness, type Seat } from '../testing/harness';
import { ChatApp } from './chat-app';
import { endOf, reasonOf } from './reasons';
import { PlainScreen, type Screen } from './screen';

const NOW = Date.parse('2026-11-20T12:00:00.000Z');

let server: FakeServer;
let harness: Harness;
let alice: FakeUser;
let bob: FakeUser;
let chat: FakeChat;
let seat: Seat;
let app: ChatApp;
let printed: string[];

beforeEach(async () => {
  server = new FakeServer();
  harness = new Harness(server);
  alice = server.addUser('alice');
  bob = server.addUser('bob');
  chat = server.addChat(null, [alice, bob]);
  printed = [];
  seat = await harness.connected(alice);
  app = seated(new PlainScreen((text) => printed.push(...text.trimEnd().split('\n'))));
});

const seated = (screen: Screen) =>
  new ChatApp({
    client: seat.client,
    screen,
    clock: () => '12:00',
    now: () => NOW,
    server: 'http://fake',
  });

/** What was printed since this was last asked. */
async function output(ms = 0): Promise<string[]> {
  await harness.time.advance(ms);
  return printed.splice(0);
}

describe('a session in plain lines', () => {
  test('lists chats, opens one by its number or name, and talks', async () => {
    server.say(chat, bob, 'hello');
    await harness.time.advance(0);
    printed.length = 0;
    await app.enter('/chats');
    expect(await output()).toEqual([' 1. bob  1 new  bob: hello']);
    await app.enter('/open 1');
    expect(await output()).toEqual(['— bob —', '#1 12:00 bob: hello']);
    expect(seat.client.chat(chat.id)?.unread_count).toBe(0);
    await app.enter('hi bob');
    expect(await output()).toEqual(['#2 12:00 you: hi bob ✓']);
    await app.enter('/open BOB');
    expect((await output()).at(0)).toBe('— bob —');
  });

  test('tells how far messages came, once', async () => {
    await app.enter('/open bob');
    await app.enter('one');
    await app.enter('two');
    await output();
    chat.deliver(bob.id, 2);
    server.publish(chat, chat.statusFrame(bob.id));
    expect(await output()).toEqual(['✓✓ delivered up to #2']);
    chat.read(bob.id, 2);
    server.publish(chat, chat.statusFrame(bob.id));
    server.publish(chat, chat.statusFrame(bob.id));
    expect(await output()).toEqual(['✓✓ read up to #2']);
  });

  test('tells who types and who comes and goes', async () => {
    await app.enter('/open bob');
    await output();
    const who = { user_id: bob.id, username: 'bob' };
    server.publish(chat, { type: 'typing_start', chat_id: chat.id, ...who });
    server.publish(chat, { type: 'user_status', ...who, status: 'online', last_seen: null });
    expect(await output()).toEqual(['bob is typing…', 'bob is online']);
  });

  test('shows a message of another chat as such, and changes as they come', async () => {
    const group = server.addChat('Team', [alice, bob]);
    server.dropAll();
    await output(1_000);
    server.say(group, bob, 'over here');
    expect(await output()).toEqual(['[Team] bob: over here']);
    await app.enter('/open Team');
    await output();
    server.publish(group, { type: 'message_updated', message: group.edit(1, 'here') });
    server.publish(group, { type: 'message_deleted', message: group.edit(1, null) });
    expect(await output()).toEqual(['#1 12:00 bob: here (edited)', '#1 12:00 bob: (deleted)']);
  });

  test('keeps what is sent without a connection, and says so', async () => {
    await app.enter('/open bob');
    await output();
    server.kill();
    await app.enter('are you there?');
    expect(await output()).toEqual([
      'reconnecting…',
      'Kept until there is a connection: are you there?',
    ]);
    server.start();
    expect(await output(5_000)).toEqual(['online', '#1 12:00 you: are you there? ✓']);
  });

  test('says what was refused, and sends it again when asked to', async () => {
    await app.enter('/open bob');
    await output();
    server.refusals.push({ type: 'send_message', code: 'too_large' });
    await app.enter('a long story');
    expect(await output()).toEqual(['! not sent: a long story (too_large)']);
    await app.enter('/retry');
    expect(await output()).toEqual(['#1 12:00 you: a long story ✓']);
    await app.enter('/retry');
    expect(await output()).toEqual(['Nothing was refused.']);
  });

  test('says plainly that nobody can write where one has blocked the other', async () => {
    await app.enter('/open bob');
    await output();
    server.refusals.push({ type: 'send_message', code: 'blocked' });
    await app.enter('hello?');
    expect(await output()).toEqual([
      '! not sent: hello? (one of you has blocked the other, so neither can write here)',
    ]);
  });

  test('shows a chat anew when too much happened', async () => {
    await app.enter('/open bob');
    await app.enter('one');
    await output();
    server.epoch = 'restored';
    server.dropAll();
    const lines = await output(5_000);
    expect(lines).toContain('A lot happened meanwhile. The newest messages:');
    expect(lines).toContain('#1 12:00 you: one ✓');
  });

  test('answers mistakes in words, and goes on', async () => {
    await app.enter('nobody hears this');
    await app.enter('/dance');
    await app.enter('/open bob');
    await app.enter('/reply 5 what?');
    expect(await output()).toEqual([
      '! No chat is open. /chats lists them, /open N opens one.',
      '! There is no /dance. /help lists what there is.',
      '— bob —',
      '! This chat has no message #5.',
    ]);
    expect(await app.enter('/quit')).toBe(true);
  });

  test('a fault of several fields is said once', async () => {
    const message = 'must be a positive integer';
    const detail = `The path is not valid: chat_id: ${message}`;
    const errors = [
      { path: 'chat_id', message },
      { path: 'limit', message: 'must be\u001b small' },
    ];
    const fault = new RestError(422, 'invalid', detail, { errors });
    expect(reasonOf(fault)).toBe(`chat_id ${message}; limit must be␛ small`);
  });

  test('a refusal is said once, in the words of the user', () => {
    const fault = (detail: string, path: string, message: string) =>
      reasonOf(new RestError(422, 'invalid', detail, { errors: [{ path, message }] }));
    const time = 'must be 0 (off) or at least 5 seconds';
    expect(
      fault(`The body is not valid: disappear_after_s ${time}`, 'disappear_after_s', time),
    ).toBe(`The time ${time}`);
    expect(fault('Nobody can block themselves', 'user_id', 'must be another user')).toBe(
      'Nobody can block themselves',
    );
  });

  test('says once where no server answers, and what to do', async () => {
    await seat.client.close();
    server.kill();
    seat = harness.seat(bob);
    printed.length = 0;
    app = seated(new PlainScreen((text) => printed.push(text)));
    void seat.client.connect();
    const said = await output(10_000);
    expect(said).toHaveLength(1);
    expect(said[0]).toContain('No server answers at http://fake. “npm start” starts one');
    server.start();
    expect(await output(10_000)).toEqual(['online\n']);
    expect(endOf(new ClientError('network', 'x'), 'http://fake')).toContain('npm start');
  });

  test('leaves a chat that one was removed from', async () => {
    const group = server.addChat('Team', [bob, alice]);
    server.dropAll();
    await output(1_000);
    await app.enter('/open Team');
    await output();
    server.publish(group, { type: 'chat_removed', chat_id: group.id });
    expect(await output()).toEqual(['! You are no longer in this chat.']);
    expect(app.chat).toBeUndefined();
  });
});

describe('a session on a live screen', () => {
  let status: string[];
  let repainted: string[];

  beforeEach(() => {
    status = [];
    repainted = [];
    app = seated({
      isLive: true,
      print: (text) => printed.push(text),
      repaint: (_key, text) => repainted.push(text) > 0,
      status: (line, prompt) => status.push(`${line} | ${prompt}`),
      close: () => {},
    });
    printed.length = 0;
  });

  test('paints ticks where the messages stand, and what goes on in the status line', async () => {
    await app.enter('/open bob');
    await app.enter('hi');
    await output();
    chat.read(bob.id, 1);
    server.publish(chat, chat.statusFrame(bob.id));
    const who = { chat_id: chat.id, user_id: bob.id, username: 'bob' };
    server.publish(chat, { type: 'typing_start', ...who });
    await output();
    expect(repainted).toEqual(['#1 12:00 you: hi ✓✓ read']);
    expect(status.at(-1)).toBe('bob ○ offline · bob is typing… | bob> ');
    server.kill();
    await app.enter('still there?');
    await output();
    expect(status.at(-1)).toBe('bob ○ offline · 1 waiting to be sent · reconnecting… | bob> ');
  });
});
