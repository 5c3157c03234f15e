import {
  type Chat,
  type ChatId,
  type ChatSync,
  type EventBody,
  LIMITS,
  type SyncAnswer,
} from '@confab/protocol';
import { applyChatSync } from './apply-sync';
import type { Change, ChatState } from './chat-state';
import type { ChatTable } from './chat-table';
import {
  type DurableFrame,
  isOwnSettings,
  type Reduced,
  reduceChat,
  reduceSettings,
  reduceStatus,
  reduceUnread,
  revisionOf,
} from './reduce-chat';
import { type ChatFrame, chatOf, WaitingFrames } from './waiting-frames';

export interface Outcome {
  readonly changes: readonly Change[];
  /** True: something is missing. Ask for a sync and hand its answer to `finishSync`. */
  readonly syncWanted: boolean;
}

export interface SyncRequestBody {
  chats: Record<string, number>;
  epoch?: string;
}

const NO_CHANGE: Outcome = { changes: [], syncWanted: false };
const KEEP_MESSAGES = 500;

/**
 * Keeps a table of chats equal to the server's by two streams: live frames and sync answers.
 *
 * A frame applies when its revision follows the one held, and is known already when it does not
 * exceed it; anything else is a gap. From a gap (or a new connection) until the sync answer, frames
 * wait, and apply after it in their order. So every change is seen exactly once, however the two
 * streams overlap. No I/O, no clock: whoever drives it sends the requests.
 */
export class SyncEngine {
  readonly #table: ChatTable;
  readonly #keep: number;
  readonly #waiting = new WaitingFrames();
  #epoch: string | null;
  /** The chats that the sync request under way names. */
  #asked: ReadonlySet<ChatId> = new Set();
  /** Whether frames apply as they come. */
  #current = false;

  /** `epoch`: of the history that the table's chats belong to, null when it was never loaded. */
  constructor(table: ChatTable, epoch: string | null = null, keep = KEEP_MESSAGES) {
    this.#table = table;
    this.#epoch = epoch;
    this.#keep = keep;
  }

  get epoch(): string | null {
    return this.#epoch;
  }

  get current(): boolean {
    return this.#current;
  }

  /** A new connection tells where the server is. True when a sync is needed to get there. */
  greet(ready: Pick<EventBody<'ready'>, 'epoch' | 'chats'>): boolean {
    this.pause();
    const theirs = Object.entries(ready.chats);
    this.#current =
      ready.epoch === this.#epoch &&
      theirs.length === this.#table.size &&
      theirs.every(([id, rev]) => this.#table.get(Number(id) as ChatId)?.chat.rev === rev);
    return !this.#current;
  }

  /** How many changes there are, at the most, between what is held and where the server is. */
  behind({ epoch, chats }: Pick<EventBody<'ready'>, 'epoch' | 'chats'>): number {
    const missed = Object.entries(chats).map(([id, rev]) => {
      if (this.#epoch !== null && epoch !== this.#epoch) return LIMITS.defaultPageSize;
      const held = this.#table.get(Number(id) as ChatId)?.chat.rev ?? 0;
      return Math.min(Math.max(rev - held, 0), LIMITS.syncChanges);
    });
    return missed.reduce((sum, count) => sum + count, 0);
  }

  /** The connection is gone: nothing applies until the next one's `greet`. */
  pause(): void {
    this.#current = false;
    this.#waiting.takeAll();
  }

  /** From here on frames wait for the answer to this request. */
  beginSync(): SyncRequestBody {
    this.#current = false;
    const states = this.#table.all();
    this.#asked = new Set(states.map(({ chat }) => chat.id));
    const chats = Object.fromEntries(states.map(({ chat }) => [String(chat.id), chat.rev]));
    return this.#epoch === null ? { chats } : { chats, epoch: this.#epoch };
  }

  finishSync(answer: SyncAnswer): Outcome {
    const changes = [...this.#applyAnswer(answer)];
    this.#current = true;
    let syncWanted = false;
    for (const { frame, lastSeq } of this.#waiting.takeAll()) {
      if (this.#isUnknown(frame)) continue;
      const outcome = this.handle(frame, lastSeq);
      changes.push(...outcome.changes);
      syncWanted ||= outcome.syncWanted;
    }
    return { changes, syncWanted };
  }

  /** `lastSeq`: of a count of unread messages that waited, the seq that it counted from. */
  handle(frame: ChatFrame, lastSeq?: number): Outcome {
    if (!this.#current) return this.#wait(frame, lastSeq);
    if (isOwnSettings(frame)) {
      return this.#reduce(frame.chat_id, (state) => reduceSettings(state, frame));
    }
    switch (frame.type) {
      case 'chat_created':
        return this.#chatCreated(frame.chat, frame);
      case 'chat_removed':
        return { changes: this.#table.remove(frame.chat_id), syncWanted: false };
      case 'message_status':
        return this.#reduce(frame.chat_id, (state) => reduceStatus(state, frame));
      case 'unread':
        return this.#reduce(frame.chat_id, (state) =>
          reduceUnread(state, frame, lastSeq ?? state.chat.last_seq, this.#table.self),
        );
      default:
        return this.#durable(frame);
    }
  }

  #wait(frame: ChatFrame, lastSeq?: number): Outcome {
    this.#waiting.add(frame, lastSeq ?? this.#table.get(chatOf(frame))?.chat.last_seq ?? 0);
    return NO_CHANGE;
  }

  /** About a chat that even the sync does not tell of: the chat is gone again. */
  #isUnknown(frame: ChatFrame): boolean {
    return frame.type !== 'chat_created' && !this.#table.get(chatOf(frame));
  }

  #durable(frame: DurableFrame): Outcome {
    const { chat_id, rev } = revisionOf(frame);
    const state = this.#table.get(chat_id);
    if (!state || rev > state.chat.rev + 1) return this.#gap(frame);
    if (rev <= state.chat.rev) return NO_CHANGE;
    if (frame.type === 'member_removed' && frame.user_id === this.#table.self) {
      return { changes: this.#table.remove(chat_id), syncWanted: false };
    }
    const reduced = reduceChat(state, frame, { self: this.#table.self, keep: this.#keep });
    return reduced ? this.#apply(reduced) : this.#gap(frame);
  }

  #chatCreated(chat: Chat, frame: ChatFrame): Outcome {
    const held = this.#table.get(chat.id);
    if (!held) return { changes: this.#table.add(chat), syncWanted: false };
    return chat.rev > held.chat.rev ? this.#gap(frame) : NO_CHANGE;
  }

  #gap(frame: ChatFrame): Outcome {
    this.#current = false;
    this.#wait(frame);
    return { changes: [], syncWanted: true };
  }

  #reduce(chatId: ChatId, reduce: (state: ChatState) => Reduced): Outcome {
    const state = this.#table.get(chatId);
    return state ? this.#apply(reduce(state)) : NO_CHANGE;
  }

  #apply({ state, changes }: Reduced): Outcome {
    this.#table.set(state);
    return { changes, syncWanted: false };
  }

  *#applyAnswer(answer: SyncAnswer): Generator<Change> {
    const firstLoad = this.#epoch === null;
    this.#epoch = answer.epoch;
    for (const id of answer.removed) yield* this.#table.remove(id);
    // The frames after a removal that waits tell the chat's whole story from there, while this
    // answer may be of before or after: only the order among the frames is sure.
    const removed = this.#waiting.removedChats();
    for (const [key, sync] of Object.entries(answer.chats)) {
      const id = Number(key) as ChatId;
      if (!removed.has(id)) yield* this.#applyChat(id, sync, firstLoad);
    }
  }

  #applyChat(id: ChatId, sync: ChatSync, firstLoad: boolean): readonly Change[] {
    const held = this.#table.get(id);
    const base = held && { state: held, asked: this.#asked.has(id) };
    const by = { self: this.#table.self, keep: this.#keep };
    const reduced = applyChatSync(base, sync, by, firstLoad);
    return reduced ? this.#apply(reduced).changes : [];
  }
}
