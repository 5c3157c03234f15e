import { ConfabError, type EventBody, type Receipts } from '@confab/protocol';
import { type Clock, isoOrNull } from '../../lib/clock';
import { frame } from '../../lib/frame';
import type { Bus } from '../../realtime/bus';
import type { Committer } from '../../storage/committer';
import type { ChatState, ChatStates } from '../chats';
import { advanceWatermarks, type WatermarkRow } from './receipt-writes';
import type { MessageRepository } from './repository';

/** Delivered marks are stored in bulk at this pace; a crash loses none that a sync would not tell. */
const FLUSH_MS = 1000;

/**
 * Receipts as watermarks: up to which place a member has received and read. A read mark is stored
 * before it is acknowledged; a delivered mark counts at once and is stored soon after.
 */
export class ReceiptService {
  readonly #clock: Clock;
  readonly #states: ChatStates;
  readonly #messages: MessageRepository;
  readonly #committer: Committer;
  readonly #bus: Bus;
  readonly #onError: (error: unknown) => void;
  readonly #unsaved = new Map<string, WatermarkRow>();
  #flushPlanned = false;

  constructor(deps: {
    clock: Clock;
    states: ChatStates;
    messages: MessageRepository;
    committer: Committer;
    bus: Bus;
    onError: (error: unknown) => void;
  }) {
    this.#clock = deps.clock;
    this.#states = deps.states;
    this.#messages = deps.messages;
    this.#committer = deps.committer;
    this.#bus = deps.bus;
    this.#onError = deps.onError;
  }

  /** The place of a message that the user may know of. */
  async locate(
    userId: number,
    messageId: number,
    chatId?: number,
  ): Promise<{ state: ChatState; seq: number }> {
    if (chatId !== undefined) {
      const state = await this.#states.forMember(chatId, userId);
      const recent = state.recentById(messageId);
      if (recent) return { state, seq: recent.seq };
    }
    const place = await this.#messages.place(messageId);
    if (!place || (chatId !== undefined && place.chat_id !== chatId)) throw noSuchMessage();
    const state = await this.#states.forMember(place.chat_id, userId).catch(() => undefined);
    if (!state) throw noSuchMessage();
    return { state, seq: place.seq };
  }

  /** Everything up to the message is read. Resolves when that is on disk. */
  async markRead(userId: number, messageId: number, chatId?: number): Promise<void> {
    const { state, seq } = await this.locate(userId, messageId, chatId);
    const member = state.members.get(userId);
    if (!member || member.readSeq >= seq) return;
    const row = {
      chatId: state.id,
      userId,
      readSeq: seq,
      deliveredSeq: seq,
      at: this.#clock.now(),
    };
    await this.#committer.submit(advanceWatermarks, { rows: [row] }, state.id, () => {
      this.#bus.publish({ kind: 'watermarks', chatId: state.id, marks: [row] });
      this.tellUnread(state, userId);
    });
  }

  /** Keeps a user's own devices in step. */
  tellUnread(state: ChatState, userId: number): void {
    const text = frame('unread', {
      chat_id: state.id as EventBody<'unread'>['chat_id'],
      unread_count: state.unread(userId),
      mention_count: 0,
    });
    this.#bus.publish({ kind: 'user', userId, frame: text });
  }

  async markDelivered(userId: number, messageId: number, chatId: number): Promise<void> {
    const { state, seq } = await this.locate(userId, messageId, chatId);
    this.delivered(state, [userId], seq);
  }

  /** Everything up to a place has reached these members. */
  delivered(state: ChatState, userIds: Iterable<number>, seq: number): void {
    const at = this.#clock.now();
    const marks = [];
    for (const userId of userIds) {
      const member = state.members.get(userId);
      if (!member || member.deliveredSeq >= seq) continue;
      marks.push({ userId, readSeq: 0, deliveredSeq: seq, at });
      this.#unsaved.set(`${state.id}:${userId}`, {
        chatId: state.id,
        userId,
        readSeq: 0,
        deliveredSeq: seq,
        at,
      });
    }
    if (marks.length === 0) return;
    this.#bus.publish({ kind: 'watermarks', chatId: state.id, marks });
    this.#planFlush();
  }

  #planFlush() {
    if (this.#flushPlanned) return;
    this.#flushPlanned = true;
    this.#clock.after(FLUSH_MS, () => {
      this.#flushPlanned = false;
      this.flush().catch(this.#onError);
    });
  }

  /** Stores what is known of deliveries. */
  async flush(): Promise<void> {
    const byChat = Map.groupBy(this.#unsaved.values(), (row) => row.chatId);
    this.#unsaved.clear();
    await Promise.all(
      [...byChat].map(([chatId, rows]) =>
        this.#committer.submit(advanceWatermarks, { rows }, chatId),
      ),
    );
  }

  async of(userId: number, messageId: number): Promise<Receipts> {
    const { state, seq } = await this.locate(userId, messageId);
    const row = await this.#messages.byId(messageId);
    const others = [...state.members.values()].filter((member) => member.userId !== row?.sender_id);
    const passed = (which: 'read' | 'delivered', reached: (m: (typeof others)[number]) => number) =>
      others
        .filter((member) => reached(member) >= seq)
        .map((member) => ({
          user_id: member.userId as Receipts['read'][number]['user_id'],
          at: isoOrNull(state.passedAt(member.userId, seq, which)),
        }));
    return {
      delivered: passed('delivered', (member) => member.deliveredSeq),
      read: passed('read', (member) => member.readSeq),
    };
  }
}

export const noSuchMessage = () => new ConfabError('not_found', 'There is no such message');
