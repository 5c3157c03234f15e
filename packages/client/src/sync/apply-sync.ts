import type { Chat, ChatId, ChatSync, Message } from '@confab/protocol';
import {
  type Change,
  type ChatState,
  newChatState,
  withChat,
  withMembers,
  withoutMember,
  withReadSeq,
} from './chat-state';
import {
  added,
  type Context,
  changedMessage,
  messageChange,
  newerSettings,
  type Reduced,
  withMember,
} from './reduce-chat';
import { newestRun } from './window';

/** A chat as it was when the sync answer came, and whether the request named it. */
export interface SyncBase {
  readonly state: ChatState;
  readonly asked: boolean;
}

/** Takes in what a sync answer says of one chat. Null when that is nothing new. */
export function applyChatSync(
  base: SyncBase | undefined,
  sync: ChatSync,
  by: Context,
  firstLoad: boolean,
): Reduced | null {
  if (!base) return addedBySync(sync, firstLoad);
  const { state: held, asked } = base;
  if (!asked && sync.rev <= held.chat.rev) return null;
  if (sync.recovered) return sync.rev < held.chat.rev ? null : applyRecovered(held, sync, by);
  const chat = sync.chat ?? held.chat;
  const state = freshChat({ ...chat, ...newerSettings(held.chat, chat) }, sync);
  const hadSeq = held.chat.last_seq;
  return { state, changes: asked ? [resetChange(state, hadSeq)] : newsOf(state, hadSeq) };
}

/** On the very first load of a user's chats their messages are history, not news. */
function addedBySync(sync: ChatSync, firstLoad: boolean): Reduced | null {
  if (!sync.chat) return null;
  const state = freshChat(sync.chat, sync);
  const chat_id = sync.chat.id;
  const added: Change = { type: 'chat_added', chat_id, chat: state.chat };
  return { state, changes: firstLoad ? [added] : [added, ...newsOf(state, state.readSeq)] };
}

/**
 * Brings a chat up to a sync answer that holds everything since the revision held.
 *
 * The server reads the chat first and its messages after that, so these may be newer than `rev`:
 * the frames that tell of them again are known by their seq. For the same reason only the messages
 * themselves say how many there are; a `last_seq` beyond them would swallow one still to come.
 */
function applyRecovered(state: ChatState, sync: ChatSync, by: Context): Reduced {
  const changes: Change[] = [];
  let next = applyMembers(state, sync, by, changes);
  for (const message of sync.messages) next = applyMessage(next, message, state, by, changes);
  next = withChat(next, { ...callersChat(next, sync.chat), rev: sync.rev });
  if (sync.chat) {
    next = withReadSeq(next, readSeqOf(sync.chat));
    changes.unshift({ type: 'chat_updated', chat_id: sync.chat.id, chat: next.chat });
  }
  return { state: next, changes };
}

/** The server's description wins, but for what the messages tell. */
function callersChat(state: ChatState, chat: Chat | undefined): Partial<Chat> {
  if (!chat) return {};
  const { last_seq, last_message } = state.chat;
  const settings = newerSettings(state.chat, chat);
  return { ...chat, ...settings, last_seq, last_message: last_message ?? chat.last_message };
}

const readSeqOf = (chat: Chat) => chat.last_seq - chat.unread_count;

function applyMembers(state: ChatState, sync: ChatSync, by: Context, changes: Change[]): ChatState {
  let next = state;
  const chat_id = state.chat.id;
  for (const user_id of sync.removed_member_ids ?? []) {
    next = withoutMember(next, user_id);
    changes.push({ type: 'member_removed', chat_id, user_id });
  }
  for (const member of sync.members ?? []) {
    const type = state.members.has(member.user_id) ? 'member_updated' : 'member_added';
    next = withMember(next, member, by);
    changes.push({ type, chat_id, member });
  }
  return next;
}

function applyMessage(
  state: ChatState,
  message: Message,
  before: ChatState,
  by: Context,
  changes: Change[],
): ChatState {
  if (message.seq <= before.chat.last_seq) {
    if (message.rev > before.chat.rev) changes.push(messageChange(message));
    return changedMessage(state, message);
  }
  const reduced = added(state, message, by, false);
  changes.push(...reduced.changes);
  return reduced.state;
}

/** A chat as a sync answer describes it whole. */
function freshChat(chat: Chat, sync: ChatSync): ChatState {
  const messages = newestRun(sync.messages);
  const last = messages.at(-1) ?? null;
  const counted = { ...chat, rev: sync.rev, last_seq: last?.seq ?? 0, last_message: last };
  const state = { ...newChatState(counted), messages };
  return withMembers(withReadSeq({ ...state, readSeq: 0 }, readSeqOf(chat)), sync.members ?? []);
}

/** News of a chat that was not held: what its user has not read of it yet. */
function newsOf(state: ChatState, afterSeq: number): Change[] {
  const chat_id: ChatId = state.chat.id;
  return state.messages
    .filter((message) => message.seq > afterSeq)
    .map((message) => ({ type: 'message', chat_id, message, live: false }));
}

function resetChange(state: ChatState, hadSeq: number): Change {
  const { id, last_seq } = state.chat;
  const first_seq = state.messages[0]?.seq ?? last_seq + 1;
  return { type: 'chat_reset', chat_id: id, had_seq: hadSeq, first_seq, last_seq };
}
