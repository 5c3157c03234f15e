import { beforeEach, describe, expect, test } from 'bun:test';
import type { ChatId, ServerFrame, SyncAnswer, UserId } from '@confab/protocol';
import { FakeChat, type FakeUser } from '../testing/fake-chat';
import type { Change } from './chat-state';
import { ChatTable } from './chat-table';
import { SyncEngine } from './sync-engine';
import type { ChatFrame } from './waiting-frames';

const [ME, BOB, EVE] = [1, 2, 3].map((id) => ({ id: id as UserId, username: `user${id}` })) as [
  FakeUser,
  FakeUser,
  FakeUser,
];

let ids: number;
let chat: FakeChat;
let other: FakeChat;
let table: ChatTable;
let engine: SyncEngine;

beforeEach(() => {
  ids = 0;
  chat = makeChat(1);
  other = makeChat(2);
  table = new ChatTable(ME.id);
  engine = new SyncEngine(table);
});

function makeChat(id: number, users = [ME, BOB, EVE]): FakeChat {
  return new FakeChat(id as ChatId, 'group', `chat ${id}`, users, () => ++ids);
}

/** What the server answers to a request for all that was held. */
function answerOf(asked: Record<string, number>, chats = [chat, other]): SyncAnswer {
  const entries = chats.flatMap((one) => {
    const sync = one.members.has(ME.id) && one.syncFor(ME.id, asked[one.id] ?? null);
    return sync ? [[String(one.id), sync] as const] : [];
  });
  return { epoch: 'one', chats: Object.fromEntries(entries), removed: [] };
}

function sync(chats = [chat, other]): string[] {
  return told(engine.finishSync(answerOf(engine.beginSync().chats, chats)).changes);
}

const told = (changes: readonly Change[]) =>
  changes.map((change) =>
    change.type === 'message' ? `${change.message.content}` : `${change.type} ${change.chat_id}`,
  );

function said(by: FakeUser, text: string, to = chat): ChatFrame {
  return { type: 'new_message', message: to.send(by.id, text) };
}

const hear = (frame: ChatFrame) => told(engine.handle(frame).changes);

describe('a first load', () => {
  test('brings chats, not news', () => {
    chat.send(BOB.id, 'old');
    expect(engine.greet({ epoch: 'one', chats: { '1': 2, '2': 1 } })).toBe(true);
    expect(sync()).toEqual(['chat_added 1', 'chat_added 2']);
    expect(table.get(chat.id)?.messages.map((m) => m.content)).toEqual(['old']);
    expect(engine.greet({ epoch: 'one', chats: { '1': 2, '2': 1 } })).toBe(false);
    expect(engine.greet({ epoch: 'two', chats: { '1': 2, '2': 1 } })).toBe(true);
    expect(engine.greet({ epoch: 'one', chats: { '1': 2 } })).toBe(true);
    expect(engine.greet({ epoch: 'one', chats: { '1': 3, '2': 1 } })).toBe(true);
  });
});

describe('later', () => {
  beforeEach(() => {
    engine.greet({ epoch: 'one', chats: {} });
    sync();
  });

  test('a chat joined while away brings what is unread in it', () => {
    const joined = makeChat(3, [BOB]);
    joined.send(BOB.id, 'before');
    joined.add(ME);
    joined.send(BOB.id, 'welcome');
    expect(sync([chat, other, joined])).toEqual(['chat_added 3', 'welcome']);
  });

  test('frames that come during a sync follow it, and those that it held do not', () => {
    const request = engine.beginSync();
    const first = said(BOB, 'one');
    const answer = answerOf(request.chats);
    const second = said(BOB, 'two');
    expect([...hear(first), ...hear(second)]).toEqual([]);
    expect(told(engine.finishSync(answer).changes)).toEqual(['chat_updated 1', 'one', 'two']);
  });

  test('a sync that holds newer messages than its revision says hides none of them', () => {
    const row = chat.chatFor(ME.id);
    chat.rename('moves the revision');
    const newer = said(BOB, 'newer');
    const early = chat.syncFor(ME.id, row.rev, { ...row, rev: row.rev + 1 });
    engine.beginSync();
    if (!early) throw new Error('unreachable');
    const answer: SyncAnswer = { epoch: 'one', chats: { '1': early }, removed: [] };
    expect(told(engine.finishSync(answer).changes)).toEqual(['chat_updated 1', 'newer']);
    expect(hear(newer)).toEqual([]);
    expect(hear(said(BOB, 'next'))).toEqual(['next']);
  });

  test('a last_seq ahead of the messages does not swallow the one still to come', () => {
    const request = engine.beginSync();
    const first = said(BOB, 'one');
    const answer = answerOf(request.chats);
    const second = said(BOB, 'two');
    const raced = answer.chats['1'];
    if (raced) raced.last_seq = 2;
    expect(hear(first)).toEqual([]);
    engine.finishSync(answer);
    expect(hear(second)).toEqual(['two']);
  });

  test('a gap is asked about once, and nothing overtakes what is missing', () => {
    said(BOB, 'lost');
    const after = engine.handle(said(BOB, 'after'));
    expect(after).toEqual({ changes: [], syncWanted: true });
    expect(engine.handle(said(BOB, 'later'))).toEqual({ changes: [], syncWanted: false });
    expect(sync()).toEqual(['chat_updated 1', 'lost', 'after', 'later']);
  });

  test('a frame of a chat that nobody knows of leads to one sync, not to one after another', () => {
    const gone = makeChat(9);
    expect(engine.handle(said(BOB, 'hello?', gone)).syncWanted).toBe(true);
    const outcome = engine.finishSync(answerOf(engine.beginSync().chats));
    expect(outcome).toEqual({ changes: [], syncWanted: false });
  });

  test('a chat left and joined again during a sync is told of by its frames alone', () => {
    const request = engine.beginSync();
    chat.remove(ME.id);
    hear({ type: 'chat_removed', chat_id: chat.id });
    chat.add(ME);
    hear({ type: 'chat_created', chat: chat.chatFor(ME.id) });
    const hello = said(BOB, 'welcome back');
    hear(hello);
    const { changes } = engine.finishSync(answerOf(request.chats));
    expect(told(changes)).toEqual(['chat_removed 1', 'chat_added 1', 'welcome back']);
  });

  test('a chat known twice, with more in it, is asked about', () => {
    said(BOB, 'lost');
    const created = { type: 'chat_created', chat: chat.chatFor(ME.id) } as const;
    expect(engine.handle(created).syncWanted).toBe(true);
    expect(sync()).toEqual(['chat_updated 1', 'lost']);
    expect(engine.handle({ type: 'chat_created', chat: chat.chatFor(ME.id) })).toEqual({
      changes: [],
      syncWanted: false,
    });
  });

  test('a chat that a call answered with, during a sync, keeps what came since', () => {
    const made = makeChat(5, [ME, BOB]);
    const request = engine.beginSync();
    table.add(made.chatFor(ME.id));
    made.send(BOB.id, 'at once');
    const answer = answerOf(request.chats, [chat, other, made]);
    expect(told(engine.finishSync(answer).changes)).toEqual(['at once']);
  });

  test("a chat's description cannot hide a message still to come", () => {
    chat.rename('new name');
    const info = chat.info();
    const message = said(BOB, 'hi');
    hear({ type: 'chat_updated', chat: { ...info, last_seq: 1 } });
    expect(hear(message)).toEqual(['hi']);
  });

  test('being removed ends the chat, however it is told', () => {
    chat.remove(ME.id);
    const { rev } = chat;
    const frame = { type: 'member_removed', chat_id: chat.id, rev, user_id: ME.id } as const;
    expect(hear(frame)).toEqual(['chat_removed 1']);
    expect(hear({ type: 'chat_removed', chat_id: chat.id })).toEqual([]);
  });

  test('a page of history that was made before an edit does not undo it', () => {
    hear(said(BOB, 'original'));
    const page = [...chat.messages];
    hear({ type: 'message_updated', message: chat.edit(1, 'edited') });
    table.mergeHistory(chat.id, page);
    expect(table.get(chat.id)?.messages[0]?.content).toBe('edited');
  });

  test('a reply shows no more of a message that was deleted', () => {
    hear(said(BOB, 'secret'));
    const [quoted] = chat.messages;
    if (!quoted) throw new Error('unreachable');
    const reply = chat.send(EVE.id, 'really?');
    const reply_to = { ...quoted, content: 'secret' };
    hear({ type: 'new_message', message: { ...reply, reply_to_id: quoted.id, reply_to } });
    hear({ type: 'message_deleted', message: chat.edit(1, null) });
    expect(table.get(chat.id)?.messages[1]?.reply_to).toMatchObject({
      content: '',
      is_deleted: true,
    });
  });

  test('mentions count until the chat is read', () => {
    hear(said(BOB, 'hello @user1'));
    hear(said(BOB, 'and @user3'));
    expect(table.get(chat.id)?.chat).toMatchObject({ unread_count: 2, mention_count: 1 });
    table.markRead(chat.id, 2);
    expect(table.get(chat.id)?.chat).toMatchObject({ unread_count: 0, mention_count: 0 });
  });

  test('only so many messages are held as were asked for', () => {
    const small = new SyncEngine(table, 'one', 3);
    small.finishSync(answerOf(small.beginSync().chats));
    for (let n = 1; n <= 20; n++) small.handle(said(BOB, `${n}`));
    const held = table.get(chat.id)?.messages.map((m) => m.content) ?? [];
    expect(held.length).toBeLessThanOrEqual(6);
    expect(held.at(-1)).toBe('20');
  });

  test('a large group tells how far all of it got in one frame', () => {
    hear(said(ME, 'to all'));
    const [message] = chat.messages;
    const frame: ServerFrame = {
      type: 'message_status',
      chat_id: chat.id,
      user_id: null,
      delivered_message_id: message?.id ?? null,
      read_message_id: null,
    };
    hear(frame);
    expect(table.get(chat.id)?.everyone).toEqual({ delivered: 1, read: 0 });
  });
});
