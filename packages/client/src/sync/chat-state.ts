import type { Chat, ChatId, ChatMember, Message, MessageId, UserId } from '@confab/protocol';

/** How far somebody received and read a chat: the newest such message, 0 for none. */
export interface Watermark {
  readonly delivered: number;
  readonly read: number;
}

/**
 * What is held of one chat. Immutable: every change makes a new one.
 *
 * A chat's message ids grow with seq, so watermarks, which are message ids, compare as numbers.
 */
export interface ChatState {
  /** As the server describes it, with `rev`, `last_seq` and the counts kept up to date. */
  readonly chat: Chat;
  /** Everything up to this seq was read here or on another device of the same user. */
  readonly readSeq: number;
  /** The newest messages, ascending by seq, without a hole. */
  readonly messages: readonly Message[];
  /** The members that are known: all of them once as many as `chat.member_count`. */
  readonly members: ReadonlyMap<UserId, ChatMember>;
  readonly watermarks: ReadonlyMap<UserId, Watermark>;
  /** Up to where everybody else received and read, as far as is known. */
  readonly everyone: Watermark;
  /** The newest message whose arrival the server was told of; 0 for none. */
  readonly confirmedId: number;
  /** `rev` of the last change to a message that is older than `messages`. */
  readonly outsideRev: number;
}

/** What a change of the state means to whoever shows it. */
export type Change =
  /** A message that was not here before: each once, in seq order. `live`: it was just sent. */
  | { type: 'message'; chat_id: ChatId; message: Message; live: boolean }
  | { type: 'message_updated'; chat_id: ChatId; message: Message }
  | { type: 'message_deleted'; chat_id: ChatId; message: Message }
  /** Somebody (null: everybody) received and read up to these. Ask for messages' status anew. */
  | {
      type: 'message_status';
      chat_id: ChatId;
      user_id: UserId | null;
      delivered_message_id: MessageId | null;
      read_message_id: MessageId | null;
    }
  | { type: 'chat_added'; chat_id: ChatId; chat: Chat }
  | { type: 'chat_updated'; chat_id: ChatId; chat: Chat }
  /** `chat`: as it was known last. */
  | { type: 'chat_removed'; chat_id: ChatId; chat: Chat }
  /**
   * The chat starts afresh from its newest messages: too much changed meanwhile, or the server was
   * restored from a backup. Messages between `had_seq` and `first_seq` are only in the history.
   */
  | { type: 'chat_reset'; chat_id: ChatId; had_seq: number; first_seq: number; last_seq: number }
  | { type: 'member_added'; chat_id: ChatId; member: ChatMember }
  | { type: 'member_updated'; chat_id: ChatId; member: ChatMember }
  | { type: 'member_removed'; chat_id: ChatId; user_id: UserId }
  | { type: 'unread'; chat_id: ChatId; unread_count: number; mention_count: number };

export type ChangeType = Change['type'];

export const NOTHING: Watermark = { delivered: 0, read: 0 };

/** A chat as it is first heard of. */
export function newChatState(chat: Chat): ChatState {
  const last = chat.last_message;
  return {
    chat,
    readSeq: chat.last_seq - chat.unread_count,
    messages: last && last.seq === chat.last_seq ? [last] : [],
    members: new Map(),
    watermarks: new Map(),
    everyone: NOTHING,
    confirmedId: 0,
    outsideRev: 0,
  };
}

/** The chat with other counts or settings; its `unread_count` follows from the watermark. */
export function withChat(state: ChatState, changed: Partial<Chat>): ChatState {
  const chat = { ...state.chat, ...changed };
  return withReadSeq({ ...state, chat }, state.readSeq);
}

/** Moves the own read watermark: never back, and never past the last message. */
export function withReadSeq(state: ChatState, seq: number): ChatState {
  const readSeq = Math.min(Math.max(state.readSeq, seq), state.chat.last_seq);
  const unread_count = state.chat.last_seq - readSeq;
  const mention_count = unread_count === 0 ? 0 : state.chat.mention_count;
  return { ...state, readSeq, chat: { ...state.chat, unread_count, mention_count } };
}

/** Moves somebody's watermark: never back. Reading implies having received. */
export function withWatermark(state: ChatState, userId: UserId, mark: Watermark): ChatState {
  const merged = mergeMarks(state.watermarks.get(userId) ?? NOTHING, mark);
  const watermarks = new Map(state.watermarks).set(userId, merged);
  return { ...state, watermarks };
}

export function mergeMarks(a: Watermark, b: Watermark): Watermark {
  const read = Math.max(a.read, b.read);
  return { read, delivered: Math.max(a.delivered, b.delivered, read) };
}

export function withMembers(state: ChatState, members: Iterable<ChatMember>): ChatState {
  const all = new Map(state.members);
  const watermarks = new Map(state.watermarks);
  for (const member of members) {
    all.set(member.user_id, member);
    const had = watermarks.get(member.user_id) ?? NOTHING;
    watermarks.set(member.user_id, mergeMarks(had, memberMark(member)));
  }
  return { ...state, members: all, watermarks };
}

export function withoutMember(state: ChatState, userId: UserId): ChatState {
  const members = new Map(state.members);
  const watermarks = new Map(state.watermarks);
  members.delete(userId);
  watermarks.delete(userId);
  return { ...state, members, watermarks };
}

function memberMark(member: ChatMember): Watermark {
  return {
    delivered: member.last_delivered_message_id ?? 0,
    read: member.last_read_message_id ?? 0,
  };
}
