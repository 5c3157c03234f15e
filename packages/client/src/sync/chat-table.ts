import type { Chat, ChatId, ChatMember, Message, UserId } from '@confab/protocol';
import {
  type Change,
  type ChatState,
  newChatState,
  withChat,
  withMembers,
  withReadSeq,
} from './chat-state';
import { unreadChange } from './reduce-chat';
import { advanceEveryone } from './statuses';
import { joinPage, messageById } from './window';

/** The chats that are held, and what REST answers and the user add to them. */
export class ChatTable {
  readonly self: UserId;
  readonly #chats = new Map<ChatId, ChatState>();
  readonly #touched = new Set<ChatId>();

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
  byActivity(): ChatState[] {
    return this.all().sort((a, b) => activity(b) - activity(a) || b.chat.id - a.chat.id);
  }

  set(state: ChatState): void {
    const before = this.#chats.get(state.chat.id);
    const moved = state.watermarks !== before?.watermarks || state.members !== before.members;
    this.#chats.set(state.chat.id, moved ? advanceEveryone(state, this.self) : state);
    this.#touched.add(state.chat.id);
  }

  remove(id: ChatId): readonly Change[] {
    if (!this.#chats.delete(id)) return [];
    this.#touched.add(id);
    return [{ type: 'chat_removed', chat_id: id }];
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
    if (!before || chat.last_seq > before.chat.last_seq) return [];
    const { is_muted, nickname, mention_count } = chat;
    const current = chat.last_seq === before.chat.last_seq ? { mention_count } : {};
    const merged = withChat(before, { is_muted, nickname, ...current });
    const next = withReadSeq(merged, chat.last_seq - chat.unread_count);
    this.set(next);
    return next.chat.unread_count === before.chat.unread_count ? [] : [unreadChange(next)];
  }

  mergeMembers(chatId: ChatId, members: Iterable<ChatMember>): void {
    const state = this.#chats.get(chatId);
    if (state) this.set(withMembers(state, members));
  }

  /** Joins a page of history to the messages held, when it touches them. */
  mergeHistory(chatId: ChatId, page: readonly Message[]): void {
    const state = this.#chats.get(chatId);
    if (!state) return;
    this.set({ ...state, messages: joinPage(state.messages, page, state.chat.last_seq) });
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

function activity({ chat }: ChatState): number {
  return Date.parse(chat.last_message?.created_at ?? chat.created_at);
}
