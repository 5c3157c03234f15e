import type { Chat, ChatId, ChatMember, Message, UserId } from '@confab/protocol';
import type { ChatState, Watermark } from '../sync/chat-state';

/** What of a chat survives a restart. One chat's record is whole in itself. */
export interface SavedChat {
  readonly epoch: string;
  readonly chat: Chat;
  readonly read_seq: number;
  readonly messages: readonly Message[];
  readonly members: readonly ChatMember[];
  readonly watermarks: readonly (readonly [UserId, Watermark])[];
  readonly everyone: Watermark;
  readonly confirmed_id: number;
  readonly outside_rev: number;
}

export interface SavedState {
  readonly user_id: UserId;
  readonly epoch: string;
  readonly chats: readonly SavedChat[];
}

/** Chats that changed, and chats that are gone. */
export interface StateChange extends SavedState {
  readonly removed: readonly ChatId[];
}

/**
 * Where the chats are kept between runs. It is a cache: what is lost comes again from the server.
 * But each chat's record must be written whole or not at all.
 */
export interface StateStore {
  load(): Promise<SavedState | null>;
  save(change: StateChange): Promise<void>;
  clear(): Promise<void>;
}

/** Keeps the chats as long as the object lives. */
export class MemoryStateStore implements StateStore {
  #head: { user_id: UserId; epoch: string } | null = null;
  readonly #chats = new Map<ChatId, SavedChat>();

  async load(): Promise<SavedState | null> {
    return this.#head && { ...this.#head, chats: [...this.#chats.values()] };
  }

  async save({ user_id, epoch, chats, removed }: StateChange): Promise<void> {
    this.#head = { user_id, epoch };
    for (const saved of chats) this.#chats.set(saved.chat.id, saved);
    for (const id of removed) this.#chats.delete(id);
  }

  async clear(): Promise<void> {
    this.#head = null;
    this.#chats.clear();
  }
}

/** How many of a chat's messages are saved. */
const SAVED_MESSAGES = 50;

export function toSaved(state: ChatState, epoch: string): SavedChat {
  return {
    epoch,
    chat: state.chat,
    read_seq: state.readSeq,
    messages: state.messages.slice(-SAVED_MESSAGES),
    members: [...state.members.values()],
    watermarks: [...state.watermarks],
    everyone: state.everyone,
    confirmed_id: state.confirmedId,
    outside_rev: state.outsideRev,
  };
}

export function fromSaved(saved: SavedChat): ChatState {
  return {
    chat: saved.chat,
    readSeq: saved.read_seq,
    messages: saved.messages,
    members: new Map(saved.members.map((member) => [member.user_id, member])),
    watermarks: new Map(saved.watermarks),
    everyone: saved.everyone,
    confirmedId: saved.confirmed_id,
    outsideRev: saved.outside_rev,
  };
}

/** The chats of a saved state that belong to its epoch: a save may have been cut short. */
export function savedChats(saved: SavedState): ChatState[] {
  return saved.chats.filter((chat) => chat.epoch === saved.epoch).map(fromSaved);
}
