import { beforeEach, describe, expect, test } from 'bun:test';
import type { ChatId, ServerFrame, SyncAnswer, UserId } from '@confab/protocol';
import { FakeChat, type FakeUser } from '../testing/fake-chat';
import type { Change } from './chat-state';
import { ChatTable } from './chat-table';
import { withStatuses } from './statuses';
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

  test('history makes no more of a chat be held than a thousand messages, the newest', () => {
    for (let n = 1; n <= 1_500; n++) chat.send(BOB.id, `${n}`);
    sync();
    const pages = Array.from({ length: 15 }, (_, page) =>
      chat.messages.slice(0, 1_500 - page * 100),
    );
    for (const page of pages) table.mergeHistory(chat.id, page.slice(-100));
    const held = table.get(chat.id)?.messages ?? [];
    expect([held.length, held[0]?.seq, held.at(-1)?.seq]).toEqual([1_000, 501, 1_500]);
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

  test('receipts move on what one wrote, and no system message', () => {
    hear(said(ME, 'to all'));
    const held = table.get(chat.id);
    const [message] = held?.messages ?? [];
    if (!held || !message) throw new Error('It is not held');
    const everyone = { delivered: message.id, read: message.id };
    const shown = (content_type: 'text' | 'system') => {
      const messages = [{ ...message, content_type }];
      return withStatuses({ ...held, messages, everyone }, ME.id)[0]?.status;
    };
    expect([shown('text'), shown('system')]).toEqual(['read', 'sent']);
  });
});

describe("the user's own settings", () => {
  const muted = () => {
    const state = table.get(chat.id);
    return [state?.chat.is_muted, state?.members.get(ME.id)?.is_muted];
  };
  const mute = (isMuted: boolean) => hear(chat.mute(ME.id, isMuted) as ChatFrame);
  const promoted = (): ChatFrame => {
    chat.setRole(ME.id, 'admin');
    const member = chat.memberOf(ME.id);
    return { type: 'member_updated', chat_id: chat.id, rev: chat.rev, member };
  };

  beforeEach(() => void sync());

  test('are taken in, and move no revision', () => {
    expect(mute(true)).toEqual(['chat_updated 1']);
    expect(muted()).toEqual([true, true]);
    expect(hear(said(BOB, 'next'))).toEqual(['next']);
  });

  test('are not those of a frame that everybody gets', () => {
    mute(true);
    expect(hear(promoted())).toEqual(['member_updated 1']);
    expect(muted()).toEqual([true, true]);
    expect(table.get(chat.id)?.chat.my_role).toBe('admin');
  });

  test('that overtake a change of the chat leave it to its own frame', () => {
    const late = promoted();
    mute(true);
    expect(table.get(chat.id)?.chat.my_role).toBe('owner');
    expect(hear(late)).toEqual(['member_updated 1']);
    expect([table.get(chat.id)?.chat.my_role, ...muted()]).toEqual(['admin', true, true]);
  });

  test('that changed while a sync was under way are the newest', () => {
    chat.send(BOB.id, 'before');
    const answer = answerOf(engine.beginSync().chats);
    expect(mute(true)).toEqual([]);
    engine.finishSync(answer);
    expect(muted()).toEqual([true, true]);
  });

  test('that changed while nobody was connected come with the list of chats', () => {
    chat.mute(ME.id, true);
    expect(told(table.mergeSummary(chat.chatFor(ME.id)))).toEqual(['chat_updated 1']);
    expect(told(table.mergeSummary(chat.chatFor(ME.id)))).toEqual([]);
    expect(muted()).toEqual([true, true]);
    chat.mute(ME.id, false);
    table.mergeMembers(chat.id, chat.allMembers(ME.id));
    expect(muted()).toEqual([false, false]);
  });
});
