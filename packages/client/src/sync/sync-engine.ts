import type {
  Chat,
  ChatId,
  ChatSync,
  EventBody,
  Message,
  ServerFrame,
  SyncAnswer,
  UserId,
} from '@confab/protocol';
import { applyChatSync } from './apply-sync';
import {
  type Change,
  type ChatState,
  newChatState,
  withChat,
  withMembers,
  withReadSeq,
} from './chat-state';
import {
  type Context,
  type DurableFrame,
  type Reduced,
  reduceChat,
  reduceStatus,
  reduceUnread,
  revisionOf,
  unreadChange,
} from './reduce-chat';
import { advanceEveryone } from './statuses';
import { joinPage, messageById } from './window';

/** Frames that change what is held of the chats. Their order matters. */
export type ChatFrame =
  | DurableFrame
  | Extract<ServerFrame, { type: 'chat_created' | 'chat_removed' | 'message_status' | 'unread' }>;

export interface Outcome {
  readonly changes: readonly Change[];
  /** True: something is missing. Ask for a sync and hand its answer to `finishSync`. */
  readonly syncWanted: boolean;
}

export interface SyncRequestBody {
  chats: Record<string, number>;
  epoch?: string;
}

/** A frame that waits for a sync, and for a count of unread messages, what it counted from. */
interface Waiting {
  readonly frame: ChatFrame;
  readonly lastSeq: number;
}

const NO_CHANGE: Outcome = { changes: [], syncWanted: false };
/** Past this many, frames that wait for a sync are dropped: what they said comes by the next one. */
const MAX_WAITING = 5_000;
const KEEP_MESSAGES = 500;

/**
 * The chats of one user, kept equal to the server's by two streams: live frames and sync answers.
 *
 * A frame applies when its revision follows the one held, and is known already when it does not
 * exceed it; anything else is a gap. From a gap (or a new connection) until the sync answer, frames
 * wait, and apply after it in their order. So every change is seen exactly once, however the two
 * streams overlap. No I/O, no clock: whoever drives it sends the requests.
 */
export class SyncEngine {
  #by: Context;
  #epoch: string | null = null;
  #chats = new Map<ChatId, ChatState>();
  #asked: ReadonlySet<ChatId> | null = null;
  #waiting: Waiting[] = [];
  /** Whether frames apply as they come. */
  #current = false;
  readonly #touched = new Set<ChatId>();

  constructor(self: UserId, keep = KEEP_MESSAGES) {
    this.#by = { self, keep };
  }

  get self(): UserId {
    return this.#by.self;
  }

  get epoch(): string | null {
    return this.#epoch;
  }

  get chats(): ReadonlyMap<ChatId, ChatState> {
    return this.#chats;
  }

  get current(): boolean {
    return this.#current;
  }

  /** Takes in what was saved of an earlier run. */
  restore(epoch: string, chats: Iterable<ChatState>): void {
    this.#epoch = epoch;
    for (const state of chats) this.#chats.set(state.chat.id, state);
  }

  /** The chats that changed since this was last asked, to be saved. */
  takeTouched(): Set<ChatId> {
    const touched = new Set(this.#touched);
    this.#touched.clear();
    return touched;
  }

  revSum(): number {
    let sum = 0;
    for (const { chat } of this.#chats.values()) sum += chat.rev;
    return sum;
  }

  /** A new connection tells where the server is. True when a sync is needed to get there. */
  greet(ready: Pick<EventBody<'ready'>, 'epoch' | 'chats'>): boolean {
    this.pause();
    const theirs = Object.entries(ready.chats);
    this.#current =
      ready.epoch === this.#epoch &&
      theirs.length === this.#chats.size &&
      theirs.every(([id, rev]) => this.#chats.get(Number(id) as ChatId)?.chat.rev === rev);
    return !this.#current;
  }

  /** The connection is gone: nothing applies until the next one's `greet`. */
  pause(): void {
    this.#current = false;
    this.#waiting = [];
    this.#asked = null;
  }

  /** From here on frames wait for the answer to this request. */
  beginSync(): SyncRequestBody {
    this.#current = false;
    this.#asked = new Set(this.#chats.keys());
    const chats: Record<string, number> = {};
    for (const [id, { chat }] of this.#chats) chats[id] = chat.rev;
    return this.#epoch === null ? { chats } : { chats, epoch: this.#epoch };
  }

  finishSync(answer: SyncAnswer): Outcome {
    const changes = [...this.#applyAnswer(answer)];
    this.#asked = null;
    this.#current = true;
    const waiting = this.#waiting;
    this.#waiting = [];
    let syncWanted = false;
    for (const { frame, lastSeq } of waiting) {
      if (this.#isUnknown(frame)) continue;
      const outcome = this.handle(frame, lastSeq);
      changes.push(...outcome.changes);
      syncWanted ||= outcome.syncWanted;
    }
    return { changes, syncWanted };
  }

  handle(frame: ChatFrame, lastSeq?: number): Outcome {
    if (!this.#current) return this.#wait(frame);
    switch (frame.type) {
      case 'chat_created':
        return this.#chatCreated(frame.chat, frame);
      case 'chat_removed':
        return this.#removed(frame.chat_id);
      case 'message_status':
        return this.#reduce(frame.chat_id, (state) => reduceStatus(state, frame));
      case 'unread':
        return this.#reduce(frame.chat_id, (state) =>
          reduceUnread(state, frame, lastSeq ?? state.chat.last_seq),
        );
      default:
        return this.#durable(frame);
    }
  }

  /** Takes in a chat that a REST call answered with, unless it is held already. */
  addChat(chat: Chat): readonly Change[] {
    if (this.#chats.has(chat.id)) return [];
    this.#set(newChatState(chat));
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
    this.#set(next);
    return next.chat.unread_count === before.chat.unread_count ? [] : [unreadChange(next)];
  }

  mergeMembers(chatId: ChatId, members: Parameters<typeof withMembers>[1]): void {
    const state = this.#chats.get(chatId);
    if (state) this.#set(withMembers(state, members));
  }

  /** Joins a page of history to the messages held, when it touches them. */
  mergeHistory(chatId: ChatId, page: readonly Message[]): void {
    const state = this.#chats.get(chatId);
    if (!state) return;
    this.#set({ ...state, messages: joinPage(state.messages, page, state.chat.last_seq) });
  }

  /** The user read up to here on this device. */
  markRead(chatId: ChatId, seq: number): readonly Change[] {
    const state = this.#chats.get(chatId);
    if (!state || seq <= state.readSeq) return [];
    const next = withReadSeq(state, seq);
    this.#set(next);
    return [unreadChange(next)];
  }

  /** The server knows that messages up to this one arrived here. */
  markConfirmed(chatId: ChatId, messageId: number): void {
    const state = this.#chats.get(chatId);
    if (!state || state.confirmedId >= messageId) return;
    this.#set({ ...state, confirmedId: messageId });
  }

  findMessage(messageId: number): Message | undefined {
    for (const { messages } of this.#chats.values()) {
      const message = messageById(messages, messageId);
      if (message) return message;
    }
    return undefined;
  }

  #wait(frame: ChatFrame): Outcome {
    if (this.#waiting.length >= MAX_WAITING) return NO_CHANGE;
    const lastSeq = frame.type === 'unread' ? this.#toldSeq(frame.chat_id) : 0;
    this.#waiting.push({ frame, lastSeq });
    return NO_CHANGE;
  }

  /** About a chat that even the sync does not tell of: the chat is gone again. */
  #isUnknown(frame: ChatFrame): boolean {
    return frame.type !== 'chat_created' && !this.#chats.has(chatOf(frame));
  }

  #durable(frame: DurableFrame): Outcome {
    const { chat_id, rev } = revisionOf(frame);
    const state = this.#chats.get(chat_id);
    if (!state || rev > state.chat.rev + 1) return this.#gap(frame);
    if (rev <= state.chat.rev) return NO_CHANGE;
    if (frame.type === 'member_removed' && frame.user_id === this.self)
      return this.#removed(chat_id);
    const reduced = reduceChat(state, frame, this.#by);
    return reduced ? this.#apply(reduced) : this.#gap(frame);
  }

  #chatCreated(chat: Chat, frame: ChatFrame): Outcome {
    const held = this.#chats.get(chat.id);
    if (!held) return { changes: this.addChat(chat), syncWanted: false };
    return chat.rev > held.chat.rev ? this.#gap(frame) : NO_CHANGE;
  }

  #removed(chatId: ChatId): Outcome {
    if (!this.#chats.delete(chatId)) return NO_CHANGE;
    this.#touched.add(chatId);
    return { changes: [{ type: 'chat_removed', chat_id: chatId }], syncWanted: false };
  }

  #gap(frame: ChatFrame): Outcome {
    this.#current = false;
    this.#wait(frame);
    return { changes: [], syncWanted: true };
  }

  #reduce(chatId: ChatId, reduce: (state: ChatState) => Reduced): Outcome {
    const state = this.#chats.get(chatId);
    return state ? this.#apply(reduce(state)) : NO_CHANGE;
  }

  #apply({ state, changes }: Reduced): Outcome {
    this.#set(state);
    return { changes, syncWanted: false };
  }

  #set(state: ChatState): void {
    const before = this.#chats.get(state.chat.id);
    const moved = state.watermarks !== before?.watermarks || state.members !== before.members;
    this.#chats.set(state.chat.id, moved ? advanceEveryone(state, this.self) : state);
    this.#touched.add(state.chat.id);
  }

  *#applyAnswer(answer: SyncAnswer): Generator<Change> {
    const firstLoad = this.#epoch === null;
    this.#epoch = answer.epoch;
    for (const id of answer.removed) yield* this.#removed(id).changes;
    // A removal that waits came after what this connection was told before. What follows it there
    // is complete, and may be newer or older than this answer: only the frames' order is sure.
    const removed = new Set(
      this.#waiting.flatMap(({ frame }) => (frame.type === 'chat_removed' ? frame.chat_id : [])),
    );
    for (const [key, sync] of Object.entries(answer.chats)) {
      const id = Number(key) as ChatId;
      if (!removed.has(id)) yield* this.#applyChat(id, sync, firstLoad);
    }
  }

  #applyChat(id: ChatId, sync: ChatSync, firstLoad: boolean): readonly Change[] {
    const held = this.#chats.get(id);
    const base = held && { state: held, asked: this.#asked?.has(id) ?? false };
    const reduced = applyChatSync(base, sync, this.#by, firstLoad);
    return reduced ? this.#apply(reduced).changes : [];
  }

  /** The newest seq of a chat that this connection has told of, waiting frames included. */
  #toldSeq(chatId: ChatId): number {
    let seq = this.#chats.get(chatId)?.chat.last_seq ?? 0;
    for (const { frame } of this.#waiting) {
      if (frame.type === 'new_message' && frame.message.chat_id === chatId) {
        seq = Math.max(seq, frame.message.seq);
      }
    }
    return seq;
  }
}

function chatOf(frame: Exclude<ChatFrame, { type: 'chat_created' }>): ChatId {
  switch (frame.type) {
    case 'chat_removed':
    case 'message_status':
    case 'unread':
      return frame.chat_id;
    default:
      return revisionOf(frame).chat_id as ChatId;
  }
}
