import { describe, expect, test } from 'bun:test';
import type { ChatId, Message, MessageId, UserId } from '@confab/protocol';
import type { ConnectionState, OutboxEntry } from '../index';
import { FakeChat } from '../testing/fake-chat';
import { COLOURS, NO_PAINT } from './paint';
import {
  chatList,
  connectionWord,
  elsewhereLine,
  memberLine,
  messageLines,
  pendingLine,
  statusLine,
  ticks,
  typingWords,
  type View,
} from './render';

const ALICE = { id: 1 as UserId, username: 'alice' };
const BOB = { id: 2 as UserId, username: 'bob' };
const view: View = { self: ALICE.id, paint: NO_PAINT, clock: () => '12:00' };

let ids = 0;
const makeChat = (name: string | null, users = [ALICE, BOB]) =>
  new FakeChat(++ids as ChatId, name === null ? 'direct' : 'group', name, users, () => ++ids);
const chat = makeChat('Book club');
const say = (content: string, changes: Partial<Message> = {}, by = BOB): Message => ({
  ...chat.send(by.id, content),
  seq: 7,
  ...changes,
});

describe('a message', () => {
  test("of somebody else's", () => {
    expect(messageLines(say('hello'), view)).toBe('#7 12:00 bob: hello');
  });

  test("of one's own has its ticks", () => {
    const lines = (['sent', 'delivered', 'read'] as const).map((status) =>
      messageLines(say('hi', { status }, ALICE), view),
    );
    expect(lines).toEqual([
      '#7 12:00 you: hi ✓',
      '#7 12:00 you: hi ✓✓',
      '#7 12:00 you: hi ✓✓ read',
    ]);
    expect(ticks('read', COLOURS)).toBe('\u001b[34m✓✓ read\u001b[39m');
    expect(ticks('failed', NO_PAINT)).toBe('! not sent');
  });

  test('that mentions one says so, here and from elsewhere', () => {
    const mention = say('look, @alice', {}, BOB);
    expect(messageLines(mention, view)).toBe('#7 12:00 bob: look, @alice @you');
    expect(elsewhereLine(chat.chatFor(ALICE.id), mention, view)).toBe(
      '[Book club] bob: look, @alice @you',
    );
    expect(messageLines(say('all of you', { mentions: [ALICE.id] }), view)).toEndWith('@you');
  });

  test('shows what became of it', () => {
    expect(messageLines(say('better', { is_edited: true }), view)).toEndWith(
      'bob: better (edited)',
    );
    expect(messageLines(say('', { is_deleted: true }), view)).toEndWith('bob: (deleted)');
    const reactions = [{ emoji: '👍', count: 2, user_ids: [] }];
    expect(messageLines(say('yes', { reactions }), view)).toEndWith('bob: yes [👍 2]');
  });

  test('shows what it answers, and the lines it has', () => {
    const reply_to = {
      id: 3 as MessageId,
      sender_id: ALICE.id,
      sender_username: 'alice',
      content: 'x'.repeat(100),
      content_type: 'text' as const,
      is_deleted: false,
    };
    expect(messageLines(say('one\ntwo', { reply_to }), view)).toBe(
      `      ↳ alice: ${'x'.repeat(60)}…\n#7 12:00 bob: one\n      two`,
    );
  });

  test('of the system or with a file says so', () => {
    const system = say('bob joined', { content_type: 'system' });
    expect(messageLines(system, view)).toBe('#7 12:00 — bob joined');
    expect(messageLines(say('', { content_type: 'image' }), view)).toBe('#7 12:00 bob: (image)');
  });

  test('cannot fake another line', () => {
    const line = messageLines(say('hi\r\u001b[1A#8 12:00 alice: I owe you'), view);
    expect(line).toBe('#7 12:00 bob: hi␍␛[1A#8 12:00 alice: I owe you');
    const name = messageLines(say('hi', { sender_username: 'bob\nalice' }), view);
    expect(name).toBe('#7 12:00 bob ⏎ alice: hi');
  });
});

test('the list of chats has numbers, names and what is new', () => {
  const direct = makeChat(null);
  const group = makeChat('Team');
  const notes = makeChat(null, [ALICE]);
  direct.send(BOB.id, 'see you, @alice');
  const chats = [direct, group, notes].map((one) => one.chatFor(ALICE.id));
  expect(chatList(chats, view)).toBe(
    [
      ' 1. bob                1 new  @1  bob: see you, @alice',
      ' 2. Team',
      ' 3. notes to yourself',
    ].join('\n'),
  );
  expect(chatList([], view)).toContain('/direct');
});

test('a message elsewhere is one line', () => {
  const group = makeChat('Team');
  const message = group.send(BOB.id, 'two\nlines');
  expect(elsewhereLine(group.chatFor(ALICE.id), message, view)).toBe('[Team] bob: two ⏎ lines');
});

test('a message that waits says so', () => {
  const entry: OutboxEntry = {
    client_message_id: 'x',
    user_id: ALICE.id,
    chat_id: chat.id,
    draft: { content: 'hello' },
    created_at: 0,
    order: 0,
    status: 'queued',
    error: null,
  };
  expect(pendingLine(entry, NO_PAINT)).toBe('… waits to be sent: hello');
  const error = { code: 'too_large' as const, detail: 'at most 16 KiB' };
  expect(pendingLine({ ...entry, status: 'failed', error }, NO_PAINT)).toBe(
    '! not sent: hello (at most 16 KiB)',
  );
});

test('a member is online as was last heard', () => {
  const member = chat.memberOf(ALICE.id);
  expect(memberLine(member, undefined)).toBe('○ alice (owner)');
  const presence = {
    user_id: ALICE.id,
    username: 'alice',
    status: 'online',
    last_seen: null,
  } as const;
  expect(memberLine(member, presence)).toBe('● alice (owner)');
});

describe('the status line', () => {
  const online: ConnectionState = { name: 'online', attempt: 0, syncing: false };
  const calm = {
    connection: online,
    title: null,
    presence: null,
    typists: [],
    waiting: 0,
    transfers: [],
  };
  const typist = (name: string) => ({ user_id: 5 as UserId, username: name });

  test('says what is open and who types', () => {
    expect(statusLine(calm)).toBe('no chat open');
    expect(statusLine({ ...calm, title: 'bob', presence: 'online' })).toBe('bob ● online');
    const sending = { ...calm, title: 'bob', transfers: ['sending 40 % of 2.0 MB'] };
    expect(statusLine(sending)).toBe('bob · sending 40 % of 2.0 MB');
    const typing = { ...calm, title: 'Team', typists: [typist('bob'), typist('eve')] };
    expect(statusLine(typing)).toBe('Team · bob and eve are typing…');
    expect(typingWords(['a', 'b', 'c', 'd'].map(typist))).toBe('4 people are typing…');
  });

  test('says what is wrong with the connection, and what waits for it', () => {
    const connection: ConnectionState = { name: 'waiting', attempt: 1, refresh: false };
    expect(statusLine({ ...calm, title: 'bob', presence: 'offline', connection, waiting: 2 })).toBe(
      'bob ○ offline · 2 waiting to be sent · reconnecting…',
    );
  });

  test('has a word for every state', () => {
    const states: ConnectionState[] = [
      { name: 'idle' },
      { name: 'connecting', attempt: 0 },
      { name: 'connecting', attempt: 1 },
      { name: 'syncing', attempt: 0 },
      online,
      { name: 'stopped', reason: 'closed' },
      { name: 'stopped', reason: 'signed_out' },
    ];
    expect(states.map(connectionWord)).toEqual([
      'not connected',
      'connecting…',
      'reconnecting…',
      'catching up…',
      'online',
      'closed',
      'ended: signed out',
    ]);
  });
});
