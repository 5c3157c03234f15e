import { ClientError, type OutboxEntry, type Unsubscribe } from '@confab/client';
import { batch, computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import { session } from '../../state/session';
import type { Chat, ChatId, Message, MessageId } from '../../state/types';
import { attempt } from '../../ui/faults';
import { isEncrypted } from '../encryption/encryption';
import { shownOf } from '../encryption/view';
import { Landing } from './landing';
import { type Row, rowsOf } from './rows';
import {
  newest,
  startingAt,
  type Timeline,
  trimmed,
  withLive,
  withMessage,
  withNewer,
  withOlder,
} from './timeline-model';

/** How a page of the history is doing, at either end of what is loaded. */
export type Edge = 'idle' | 'loading' | 'failed';

/**
 * What the view shall bring before the user's eyes, once its row is there. `missed`: the first unread
 * one, if the view is at the end.
 */
export type Goal = 'newest' | 'unread' | 'missed' | MessageId;

const PAGE = 100;

/** What of a chat is loaded, and the way to the rest of it. */
export class TimelineStore {
  readonly chatId: ChatId;
  /** Grows when the rows are of another part of the chat, so that nothing of the old list counts. */
  readonly list = signal(0);
  readonly phase = signal<'opening' | 'ready'>('opening');
  readonly older = signal<Edge>('idle');
  readonly newer = signal<Edge>('idle');
  readonly goal = signal<Goal | null>(null);
  /** The message that was jumped to, for a moment. */
  readonly marked = signal<MessageId | null>(null);
  /** The first message that was unread when the user came. */
  readonly unreadFrom = signal<number | null>(null);
  /** Where the user jumped from, to come back to. */
  readonly origins = signal<readonly MessageId[]>([]);
  readonly rows: ReadonlySignal<readonly Row[]>;
  readonly #timeline = signal<Timeline>({ messages: [], hasOlder: false, isLive: true });
  readonly #landing = new Landing();
  readonly #ends: Unsubscribe[] = [];
  #shown: readonly Row[] = [];

  constructor(chatId: ChatId) {
    this.chatId = chatId;
    this.rows = computed(() => {
      this.#shown = this.#rows();
      return this.#shown;
    });
  }

  get hasOlder(): boolean {
    return this.#timeline.value.hasOlder;
  }

  /** Whether the newest message is among the rows. */
  get isLive(): boolean {
    return this.#timeline.value.isLive;
  }

  /** Begins to follow the chat; at a message, at the first unread one, or at the newest. */
  async start(at?: MessageId): Promise<void> {
    this.#follow();
    if (at !== undefined) await this.#open(at);
    else if (!(await this.#openUnread()) && this.goal.peek() === null) this.#aim('newest');
    this.phase.value = 'ready';
  }

  stop(): void {
    for (const end of this.#ends.splice(0)) end();
  }

  /** Loads the page above. */
  loadOlder(): Promise<void> {
    const { messages, hasOlder } = this.#timeline.peek();
    if (!hasOlder || this.older.peek() === 'loading') return Promise.resolve();
    const [first] = messages;
    return this.#load('older', first ? { before: first.id } : {}, withOlder);
  }

  /** Loads the page beneath, when the newest are not here. */
  loadNewer(): Promise<void> {
    const { messages, isLive } = this.#timeline.peek();
    const last = messages.at(-1);
    if (isLive || !last || this.newer.peek() === 'loading') return Promise.resolve();
    return this.#load('newer', { after: last.id }, withNewer);
  }

  /** Brings a message before the user's eyes, wherever in the history it is, and marks it. */
  async jump(to: MessageId, from?: MessageId): Promise<void> {
    const isThere = this.#isShown(to) || (await attempt(() => this.#move({ around: to })));
    if (!isThere) return;
    if (from !== undefined) this.origins.value = [...this.origins.value, from];
    this.#point(to);
  }

  /** The first message of that day or later. */
  async jumpToDate(at: Date): Promise<void> {
    const found = await attempt(() => this.#move({ at: at.toISOString() }));
    const { messages } = this.#timeline.peek();
    const first = messages.find(({ created_at }) => Date.parse(created_at) >= at.getTime());
    const message = first ?? messages.at(-1);
    if (found && message) this.#point(message.id);
  }

  /** Back to where the user jumped from, else to the newest message. */
  async back(): Promise<void> {
    const origin = this.origins.value.at(-1);
    if (origin === undefined) return this.toNewest();
    this.origins.value = this.origins.value.slice(0, -1);
    await this.jump(origin);
  }

  toNewest(): void {
    batch(() => {
      this.origins.value = [];
      if (!this.isLive) this.#replace(this.#newest());
      this.#aim('newest');
    });
  }

  /** Forgets the end of a long list that is far from where the user reads. */
  trim(keep: 'oldest' | 'newest'): void {
    this.#timeline.value = trimmed(this.#timeline.peek(), keep);
  }

  #rows(): Row[] {
    const { messages, hasOlder, isLive } = this.#timeline.value;
    const { client } = session;
    const waiting = [...this.#landing.entries.value, ...session.pending(this.chatId)];
    const isSecret = isEncrypted(this.chatId);
    const input = {
      messages: messages.map((message) => client.current(message)),
      pending: isLive ? waiting : [],
      self: client.userId,
      hasOlder,
      unreadFrom: this.unreadFrom.value,
      ...(isSecret && { isHidden: (one: Message) => shownOf(one).state === 'hidden' }),
    };
    return rowsOf(input, this.#shown);
  }

  #follow(): void {
    const { client } = session;
    this.#timeline.value = this.#newest();
    const replace = ({ chat_id, message }: { chat_id: ChatId; message: Message }) => {
      if (chat_id === this.chatId) this.#update((timeline) => withMessage(timeline, message));
    };
    this.#ends.push(
      client.on('message_updated', replace),
      client.on('message_deleted', replace),
      client.on('outbox', ({ type, entry }) => this.#sending(type, entry)),
      client.on('message', ({ chat_id, message, live }) => {
        if (chat_id !== this.chatId) return;
        if (live) this.#arrived(message);
        else this.#missed(message);
      }),
      client.on('chat_reset', ({ chat_id }) => {
        if (chat_id === this.chatId && this.isLive) void this.#reopen();
      }),
      effect(() => {
        const live = session.messages(this.chatId);
        batch(() => {
          this.#update((timeline) => withLive(timeline, live));
          this.#landing.shown(live);
        });
      }),
      effect(() => {
        if (session.connection.value.name === 'online') this.#retry();
      }),
    );
  }

  #update(change: (timeline: Timeline) => Timeline): void {
    this.#timeline.value = change(this.#timeline.peek());
  }

  /** What could not be loaded is loaded now that there is a connection. */
  #retry(): void {
    if (this.older.peek() === 'failed') void this.loadOlder();
    if (this.newer.peek() === 'failed') void this.loadNewer();
  }

  #sending(type: string, entry: OutboxEntry): void {
    if (entry.chat_id !== this.chatId) return;
    if (type === 'sent') this.#landing.sent(entry, this.#timeline.peek().messages);
    if (type !== 'adding' || entry.draft.secret?.statement !== undefined) return;
    this.unreadFrom.value = null;
    this.toNewest();
  }

  #arrived(message: Message): void {
    if (message.sender_id === session.client.userId) return;
    // Somebody who looks elsewhere finds a divider before what came meanwhile.
    const isAway = document.hidden || !document.hasFocus();
    const unread = session.client.chat(this.chatId)?.unread_count ?? 0;
    if (isAway && unread <= 1) this.unreadFrom.value = message.seq;
  }

  /** What came while there was no connection is read from where it begins. */
  #missed({ seq }: Message): void {
    const { client } = session;
    if (seq !== firstUnreadOf(client.chat(this.chatId))) return;
    this.#update((timeline) => withLive(timeline, client.messages(this.chatId)));
    if (!this.#holdsSeq(seq)) return;
    batch(() => {
      this.unreadFrom.value = seq;
      if (typeof this.goal.peek() !== 'number') this.#aim('missed');
    });
  }

  /** More came than is held. */
  async #reopen(): Promise<void> {
    this.unreadFrom.value = null;
    // Nothing counts as seen until it is known where to go.
    this.#aim('unread');
    if (!(await this.#openUnread())) this.#aim('newest');
  }

  #newest(): Timeline {
    const { client } = session;
    const lastSeq = client.chat(this.chatId)?.last_seq ?? 0;
    return newest(client.messages(this.chatId), lastSeq);
  }

  async #open(at: MessageId): Promise<void> {
    this.#aim('newest');
    await this.jump(at);
  }

  /** @returns whether there is anything unread to open at */
  async #openUnread(): Promise<boolean> {
    const from = firstUnreadOf(session.client.chat(this.chatId));
    if (from === null) return false;
    if (!this.#holdsSeq(from)) await this.#moveToUnread();
    if (!this.#holdsSeq(from)) return false;
    batch(() => {
      this.unreadFrom.value = from;
      this.#aim('unread');
    });
    return true;
  }

  /** Where the user left off is further back than what is held: the server knows. */
  async #moveToUnread(): Promise<void> {
    try {
      const { last_read_message_id: read } = await session.client.api.chat(this.chatId);
      if (read !== null) await this.#move({ around: read });
    } catch {
      // Without a connection it opens at the newest that is held.
    }
  }

  #holdsSeq(seq: number): boolean {
    const { messages, hasOlder } = this.#timeline.peek();
    // The oldest one is not shown while there are others before it.
    return messages.some((one, index) => one.seq === seq && (index > 0 || !hasOlder));
  }

  #isShown = (id: MessageId): boolean =>
    this.rows.value.some(({ item }) => item.kind === 'message' && item.message.id === id);

  async #move(query: { around: MessageId } | { at: string }): Promise<void> {
    const page = await session.client.history(this.chatId, { ...query, limit: PAGE });
    const live = session.client.messages(this.chatId);
    this.#replace(withLive(startingAt(page), live));
  }

  #replace(timeline: Timeline): void {
    batch(() => {
      this.#timeline.value = timeline;
      this.older.value = 'idle';
      this.newer.value = 'idle';
      this.list.value++;
    });
  }

  async #load(
    edge: 'older' | 'newer',
    query: { before?: MessageId; after?: MessageId },
    join: typeof withOlder,
  ): Promise<void> {
    const list = this.list.peek();
    this[edge].value = 'loading';
    try {
      const page = await session.client.history(this.chatId, { ...query, limit: PAGE });
      if (list !== this.list.peek()) return;
      batch(() => {
        this[edge].value = 'idle';
        this.#update((timeline) => join(timeline, page));
      });
    } catch (fault) {
      if (list !== this.list.peek()) return;
      this[edge].value = 'failed';
      this.#retryLater(fault);
    }
  }

  /** Somebody who flies through years asks for more than they may for the moment. */
  #retryLater(fault: unknown): void {
    if (!(fault instanceof ClientError) || fault.code !== 'rate_limited') return;
    const timer = setTimeout(() => this.#retry(), (fault.retryAfter ?? 1) * 1_000);
    this.#ends.push(() => clearTimeout(timer));
  }

  #point(to: MessageId): void {
    batch(() => {
      this.marked.value = to;
      this.#aim(to);
    });
  }

  #aim(goal: Goal): void {
    this.goal.value = goal;
  }
}

/** The seq of the first message that its user has not read; null where there is none. */
function firstUnreadOf(chat: Chat | undefined): number | null {
  if (!chat || chat.unread_count === 0) return null;
  return chat.last_seq - chat.unread_count + 1;
}
