import type { Chat, ChatId, ChatMember, Message, UserId } from '@confab/protocol';
import {
  type Change,
  type ChatState,
  newChatState,
  withChat,
  withMembers,
  withReadSeq,
} from './chat-state';
import { ownSettings, unreadChange, updatedChange, withOwnSettings } from './reduce-chat';
import { advanceEveryone } from './statuses';
import { joinPage, messageById } from './window';

/** Pages of history make no more of a chat be held than this, the newest of it. */
const MOST_HELD = 1_000;

/** The chats that are held, and what REST answers and the user add to them. */
export class ChatTable {
  readonly self: UserId;
  readonly #chats = new Map<ChatId, ChatState>();
  readonly #touched = new Set<ChatId>();
  /** Asked for far more often than it changes; null once it may have. */
  #byActivity: readonly ChatState[] | null = null;

  constructor(self: UserId, chats: Iterable<ChatState> = []) {
    this.self = self;
    for (const state of chats) this.#chats.set(state.chat.id, state);
  }

  get size(): number {
    return this.#chats.size;
  }

  get(id: ChatId): ChatState | undefined {
    return this.#chats.get(id);
  }

  all(): ChatState[] {
    return [...this.#chats.values()];
  }

  /** The last active first. */
  byActivity(): readonly ChatState[] {
    this.#byActivity ??= lastActiveFirst(this.all());
    return this.#byActivity;
  }

  set(state: ChatState): void {
    const before = this.#chats.get(state.chat.id);
    const moved = state.watermarks !== before?.watermarks || state.members !== before.members;
    this.#chats.set(state.chat.id, moved ? advanceEveryone(state, this.self) : state);
    this.#changed(state.chat.id);
  }

  remove(id: ChatId): readonly Change[] {
    const state = this.#chats.get(id);
    if (!state) return [];
    this.#chats.delete(id);
    this.#changed(id);
    return [{ type: 'chat_removed', chat_id: id, chat: state.chat }];
  }

  #changed(id: ChatId): void {
    this.#touched.add(id);
    this.#byActivity = null;
  }

  /** The chats that changed since this was last asked, to be saved. */
  takeTouched(): Set<ChatId> {
    const touched = new Set(this.#touched);
    this.#touched.clear();
    return touched;
  }

  revSum(): number {
    return this.all().reduce((sum, { chat }) => sum + chat.rev, 0);
  }

  /** Takes in a chat that a REST call answered with, unless it is held already. */
  add(chat: Chat): readonly Change[] {
    if (this.#chats.has(chat.id)) return [];
    this.set(newChatState(chat));
    return [{ type: 'chat_added', chat_id: chat.id, chat }];
  }

  /** Takes the caller's own counts from a chat as a REST call describes it. */
  mergeSummary(chat: Chat): readonly Change[] {
    const before = this.#chats.get(chat.id);
    if (!before) return [];
    const next = this.#withCounts(withOwnSettings(before, this.self, chat), chat);
    this.set(next);
    return [
      ...(next.chat.unread_count === before.chat.unread_count ? [] : [unreadChange(next)]),
      ...(isSettled(next.chat, before.chat) ? [] : [updatedChange(next)]),
    ];
  }

  /** Counts that know of messages not held yet are left to the sync that brings these. */
  #withCounts(state: ChatState, chat: Chat): ChatState {
    if (chat.last_seq > state.chat.last_seq) return state;
    const { nickname, mention_count } = chat;
    const current = chat.last_seq === state.chat.last_seq ? { mention_count } : {};
    const merged = withChat(state, { nickname, ...current });
    return withReadSeq(merged, chat.last_seq - chat.unread_count);
  }

  mergeMembers(chatId: ChatId, members: Iterable<ChatMember>): void {
    const state = this.#chats.get(chatId);
    if (!state) return;
    const all = [...members];
    const own = all.find((member) => member.user_id === this.self);
    const next = withMembers(state, all);
    const settings = own && ownSettings(own);
    this.set(settings ? withOwnSettings(next, this.self, settings) : next);
  }

  /** Joins a page of history to the messages held, when it touches them. */
  mergeHistory(chatId: ChatId, page: readonly Message[]): void {
    const state = this.#chats.get(chatId);
    if (!state) return;
    const joined = joinPage(state.messages, page, state.chat.last_seq);
    const most = Math.max(MOST_HELD, state.messages.length);
    this.set({ ...state, messages: joined.slice(-most) });
  }

  /** The user read up to here on this device. */
  markRead(chatId: ChatId, seq: number): readonly Change[] {
    const state = this.#chats.get(chatId);
    if (!state || seq <= state.readSeq) return [];
    const next = withReadSeq(state, seq);
    this.set(next);
    return [unreadChange(next)];
  }

  /** The server knows that messages up to this one arrived here. */
  markConfirmed(chatId: ChatId, messageId: number): void {
    const state = this.#chats.get(chatId);
    if (state && state.confirmedId < messageId) this.set({ ...state, confirmedId: messageId });
  }

  findMessage(messageId: number): Message | undefined {
    for (const { messages } of this.#chats.values()) {
      const message = messageById(messages, messageId);
      if (message) return message;
    }
    return undefined;
  }
}

const isSettled = (one: Chat, other: Chat): boolean =>
  one.is_muted === other.is_muted &&
  one.muted_until === other.muted_until &&
  one.notification_level === other.notification_level;

function lastActiveFirst(states: readonly ChatState[]): ChatState[] {
  const dated = states.map((state) => ({ state, id: state.chat.id, at: activity(state) }));
  return dated.sort((a, b) => b.at - a.at || b.id - a.id).map(({ state }) => state);
}

function activity({ chat }: ChatState): number {
  return Date.parse(chat.last_message?.created_at ?? chat.created_at);
}
