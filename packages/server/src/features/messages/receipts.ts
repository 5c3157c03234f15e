import { ConfabError, type EventBody, type Receipts } from '@confab/protocol';
import { type Clock, isoOrNull } from '../../lib/clock';
import { frame } from '../../lib/frame';
import type { Bus } from '../../realtime/bus';
import type { Committer } from '../../storage/committer';
import type { ChatState, ChatStates, Invitations } from '../chats';
import type { Visibility } from '../privacy';
import { advanceWatermarks, type WatermarkRow } from './receipt-writes';
import type { MessageRepository } from './repository';

/** Delivered marks are stored in bulk at this pace. */
const FLUSH_MS = 1000;
/** How often counts are read again while their chat goes on. */
const COUNT_TRIES = 3;

/**
 * Receipts as watermarks: up to which place a member has received and read. A read mark is stored
 * before it counts. A delivered mark counts at once and is stored soon after; who confirmed it is
 * answered then, and so confirms again what a crash has lost.
 */
export class ReceiptService {
  readonly #clock: Clock;
  readonly #states: ChatStates;
  readonly #messages: MessageRepository;
  readonly #invitations: Pick<Invitations, 'read'>;
  readonly #visibility: Visibility;
  readonly #committer: Committer;
  readonly #bus: Bus;
  readonly #limitRead: (userId: number) => void;
  readonly #onError: (error: unknown) => void;
  readonly #unsaved = new Map<string, WatermarkRow>();
  /** Settles with the flush to come, if one is planned. */
  #planned: PromiseWithResolvers<void> | undefined;
  /** The flush under way, or the last one. */
  #running: Promise<void> = Promise.resolve();

  constructor(deps: {
    clock: Clock;
    states: ChatStates;
    messages: MessageRepository;
    invitations: Pick<Invitations, 'read'>;
    visibility: Visibility;
    committer: Committer;
    bus: Bus;
    /** Counts that a user asks for receipts. @throws ConfabError `rate_limited` */
    limitRead: (userId: number) => void;
    onError: (error: unknown) => void;
  }) {
    this.#clock = deps.clock;
    this.#states = deps.states;
    this.#messages = deps.messages;
    this.#invitations = deps.invitations;
    this.#visibility = deps.visibility;
    this.#committer = deps.committer;
    this.#bus = deps.bus;
    this.#limitRead = deps.limitRead;
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
    if (!member) return;
    if (member.readSeq >= seq) return this.seen(state, userId);
    const row = {
      chatId: state.id,
      userId,
      readSeq: seq,
      deliveredSeq: seq,
      at: this.#clock.now(),
    };
    await this.#committer.submit(advanceWatermarks, { rows: [row] }, state.id, () => {
      this.#bus.publish({ kind: 'watermarks', chatId: state.id, marks: [row] });
      this.tellUnread(state, [userId]);
    });
  }

  /** A member has the chat before their eyes: that they were added to it is news no more. */
  async seen(state: ChatState, userId: number): Promise<void> {
    const member = state.members.get(userId);
    if (!member || state.type === 'direct') return;
    const wasNews = await this.#invitations.read(state.id, userId, member.readSeq);
    if (wasNews) this.tellUnread(state, [userId]);
  }

  /** Keeps the devices of these users in step: how much of a chat each has not read. */
  tellUnread(state: ChatState, userIds: readonly number[]): void {
    const behind = userIds.filter((userId) => state.unread(userId) > 0);
    for (const userId of userIds) if (!behind.includes(userId)) this.#tellCounts(state, userId, 0);
    if (behind.length > 0) this.#tellBehind(state, behind).catch(this.#onError);
  }

  /** Counts of one moment: when the chat went on while they were read, they are read again. */
  async #tellBehind(state: ChatState, userIds: readonly number[]): Promise<void> {
    for (let tries = 1; ; tries++) {
      const { rev } = state;
      const mentions = await this.#messages.mentionCounts(state.id, userIds);
      if (rev !== state.rev && tries < COUNT_TRIES) continue;
      for (const userId of userIds) this.#tellCounts(state, userId, mentions.get(userId) ?? 0);
      return;
    }
  }

  #tellCounts(state: ChatState, userId: number, mention_count: number) {
    if (!state.members.has(userId)) return;
    const text = frame('unread', {
      chat_id: state.id as EventBody<'unread'>['chat_id'],
      unread_count: state.unread(userId),
      mention_count,
    });
    this.#bus.publish({ kind: 'user', userId, frame: text });
  }

  /** Everything up to the message has arrived. Resolves when that is on disk. */
  async markDelivered(userId: number, messageId: number, chatId: number): Promise<void> {
    const { state, seq } = await this.locate(userId, messageId, chatId);
    this.delivered(state, [userId], seq);
    const isUnsaved = this.#unsaved.has(keyOf(state.id, userId));
    await (isUnsaved ? this.#planFlush() : this.#running);
  }

  /** Everything up to a place has reached these members. */
  delivered(state: ChatState, userIds: Iterable<number>, seq: number): void {
    const at = this.#clock.now();
    const marks = [];
    for (const userId of userIds) {
      const member = state.members.get(userId);
      if (!member || member.deliveredSeq >= seq) continue;
      marks.push({ userId, readSeq: 0, deliveredSeq: seq, at });
      this.#keep({ chatId: state.id, userId, readSeq: 0, deliveredSeq: seq, at });
    }
    if (marks.length === 0) return;
    this.#bus.publish({ kind: 'watermarks', chatId: state.id, marks });
  }

  /** To be stored with the next flush, unless something newer is. */
  #keep(row: WatermarkRow) {
    const key = keyOf(row.chatId, row.userId);
    if ((this.#unsaved.get(key)?.deliveredSeq ?? 0) >= row.deliveredSeq) return;
    this.#unsaved.set(key, row);
    void this.#planFlush();
  }

  #planFlush(): Promise<void> {
    if (this.#planned) return this.#planned.promise;
    const planned = Promise.withResolvers<void>();
    // Not everybody waits for it; a failure is told where the flush began.
    planned.promise.catch(() => {});
    this.#planned = planned;
    this.#clock.after(FLUSH_MS, () => void this.flush().catch(this.#onError));
    return planned.promise;
  }

  /** Stores what is known of deliveries. */
  flush(): Promise<void> {
    const rows = [...this.#unsaved.values()];
    this.#unsaved.clear();
    const planned = this.#planned;
    this.#planned = undefined;
    const stored = this.#store(rows);
    planned?.resolve(stored);
    this.#running = stored;
    return stored;
  }

  async #store(rows: readonly WatermarkRow[]): Promise<void> {
    const byChat = Map.groupBy(rows, (row) => row.chatId);
    try {
      await Promise.all(
        [...byChat].map(([chatId, ofChat]) =>
          this.#committer.submit(advanceWatermarks, { rows: ofChat }, chatId),
        ),
      );
    } catch (error) {
      for (const row of rows) this.#keep(row);
      throw error;
    }
  }

  async of(userId: number, messageId: number): Promise<Receipts> {
    this.#limitRead(userId);
    const { state, seq } = await this.locate(userId, messageId);
    const row = await this.#messages.byId(messageId);
    const others = [...state.members.values()].filter((member) => member.userId !== row?.sender_id);
    const ids = others.map((member) => member.userId);
    const seesRead = await this.#visibility.reads(userId, ids);
    const seesDelivered = await this.#visibility.deliveries(userId);
    const seesPresence = await this.#visibility.presence(userId, ids);
    const read = others.filter((member) => seesRead(member.userId) && member.readSeq >= seq);
    const delivered = others.filter((member) =>
      seesDelivered(member.userId) ? member.deliveredSeq >= seq : read.includes(member),
    );
    return {
      delivered: delivered.map(({ userId: id }) => ({
        user_id: id as Receipts['delivered'][number]['user_id'],
        at: isoOrNull(seesPresence(id) ? state.passedAt(id, seq, 'delivered') : null),
      })),
      read: read.map(({ userId: id }) => ({
        user_id: id as Receipts['read'][number]['user_id'],
        at: isoOrNull(state.passedAt(id, seq, 'read')),
      })),
    };
  }
}

const keyOf = (chatId: number, userId: number) => `${chatId}:${userId}`;

export const noSuchMessage = () => new ConfabError('not_found', 'There is no such message');
