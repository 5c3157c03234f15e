import type { Ack, ChatId, MessageId, UserId } from '@confab/protocol';
import type { OpenCommand } from '../cipher';
import { ClientError } from '../errors';
import { MAX_TRIES, pauseMs } from '../pauses';
import type { Cancel, Runtime } from '../runtime';
import type { Draft, OutboxChange, OutboxEntry, OutboxStore } from './entry';

/** Sends one message and answers with its ack. */
export type Deliver = (command: OpenCommand) => Promise<Ack<'send_message'>>;

export interface OutboxOptions {
  readonly store: OutboxStore;
  readonly runtime: Pick<Runtime, 'now' | 'setTimer' | 'random' | 'uuid'>;
  readonly deliver: Deliver;
  readonly onChange: (change: OutboxChange) => void;
  readonly onFault: (fault: unknown) => void;
  /** Who is signed in; 0 while nobody is known to be. */
  readonly user: () => UserId;
  /** How many chats may have a message under way at once. */
  readonly window?: number;
}

/** An entry, and how far it got in this run. */
interface Item {
  entry: OutboxEntry;
  state: 'saving' | 'queued' | 'sending' | 'failed';
  /** How often the server failed at it. */
  tries: number;
}

const WINDOW = 16;
/** These concern the user, not the message: nothing else would be accepted either. */
const PAUSES_ALL: ReadonlySet<string> = new Set(['rate_limited', 'overloaded']);

/**
 * The messages that the server does not have yet. Each is kept in the store before it is first
 * sent and until the server has committed it, and sent again after every loss; the same
 * client_message_id makes it one message however often it arrives.
 *
 * Of each chat one message at a time is under way: were there more, the server could refuse one
 * for the moment and take the next, and they would stand in the wrong order for ever.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #items = new Map<string, Item>();
  /** The items of each chat, in the order of sending. */
  readonly #queues = new Map<ChatId, Item[]>();
  readonly #chatPauses = new Map<ChatId, Cancel>();
  #pause: Cancel | null = null;
  #isOnline = false;
  #lastOrder = 0;
  #idleWaiters: (() => void)[] = [];
  /** What was dropped since the store was asked for its entries. */
  #droppedMeanwhile = new Set<string>();

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Takes in what earlier runs left behind. */
  async load(): Promise<void> {
    this.#takeIn(await this.#options.store.load());
    this.#pump();
  }

  /** Takes over what other clients that share the store left there, and lets go what they took out. */
  async refresh(): Promise<void> {
    const resting = [...this.#items.values()].filter(isResting);
    this.#droppedMeanwhile = new Set();
    const entries = await this.#options.store.load();
    const found = new Set(entries.map((entry) => entry.client_message_id));
    for (const { entry } of resting.filter(isResting)) {
      if (!found.has(entry.client_message_id)) this.#letGo(entry);
    }
    const dropped = this.#droppedMeanwhile;
    const added = this.#takeIn(entries.filter((entry) => !dropped.has(entry.client_message_id)));
    for (const entry of added) this.#options.onChange({ type: entry.status, entry });
    this.#pump();
  }

  /** The entries of a chat, or of all chats, in the order of sending. */
  entries(chatId?: ChatId): OutboxEntry[] {
    const items =
      chatId === undefined ? [...this.#queues.values()].flat() : (this.#queues.get(chatId) ?? []);
    const own = items.filter((item) => this.#isOwn(item));
    return own.map((item) => item.entry).sort((a, b) => a.order - b.order);
  }

  /** Answers once the message is safe in the store; it is sent as soon as that can be. */
  async add(chatId: ChatId, draft: Draft): Promise<OutboxEntry> {
    const { store, runtime, onChange, user } = this.#options;
    const now = runtime.now();
    this.#lastOrder = Math.max(this.#lastOrder + 1, now);
    const entry: OutboxEntry = {
      client_message_id: runtime.uuid(),
      user_id: user(),
      chat_id: chatId,
      draft,
      created_at: now,
      order: this.#lastOrder,
      status: 'queued',
      error: null,
    };
    const item: Item = { entry, state: 'saving', tries: 0 };
    this.#enqueue(item);
    onChange({ type: 'adding', entry });
    try {
      await store.put(entry);
    } catch (fault) {
      this.#forget(entry);
      onChange({ type: 'discarded', entry });
      this.#pump();
      throw fault;
    }
    item.state = 'queued';
    onChange({ type: 'queued', entry });
    this.#pump();
    return entry;
  }

  /** The connection is up and current: what waits is sent. */
  online(): void {
    this.#isOnline = true;
    this.#resumeAll();
  }

  offline(): void {
    this.#isOnline = false;
  }

  /** A message of one's own came from the server: it need not be sent any more. */
  settle(clientMessageId: string, messageId: MessageId, seq: number): void {
    const item = this.#items.get(clientMessageId);
    if (!item) return;
    const { entry } = item;
    this.#drop(entry, { type: 'sent', entry, message_id: messageId, seq });
  }

  /** Queues a failed message again, at its old place. */
  async retry(clientMessageId: string): Promise<void> {
    const item = this.#items.get(clientMessageId);
    if (item?.state !== 'failed') return;
    await this.#update(item, { ...item.entry, status: 'queued', error: null });
    item.tries = 0;
    item.state = 'queued';
    this.#options.onChange({ type: 'queued', entry: item.entry });
    this.#pump();
  }

  /** Gives a message up. One that is under way may arrive all the same. */
  discard(clientMessageId: string): void {
    const entry = this.#items.get(clientMessageId)?.entry;
    if (entry) this.#drop(entry, { type: 'discarded', entry });
  }

  /** Resolves once nothing is left but what failed for good. */
  idle(): Promise<void> {
    if (this.#heads().length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idleWaiters.push(resolve));
  }

  /** Stops all timers. What is queued stays in the store. */
  stop(): void {
    this.offline();
    this.#clearPauses();
  }

  #takeIn(entries: readonly OutboxEntry[]): OutboxEntry[] {
    const added = entries.filter((entry) => !this.#items.has(entry.client_message_id));
    added.sort((a, b) => a.order - b.order);
    for (const entry of added) {
      this.#enqueue({ entry, state: entry.status, tries: 0 });
      this.#lastOrder = Math.max(this.#lastOrder, entry.order);
    }
    return added;
  }

  /** Somebody else took it out of the store. */
  #letGo(entry: OutboxEntry): void {
    if (this.#items.get(entry.client_message_id)?.entry !== entry) return;
    this.#forget(entry);
    this.#options.onChange({ type: 'discarded', entry });
  }

  #enqueue(item: Item): void {
    const { chat_id, client_message_id } = item.entry;
    this.#items.set(client_message_id, item);
    const queue = this.#queues.get(chat_id);
    if (queue) queue.push(item);
    else this.#queues.set(chat_id, [item]);
  }

  #forget({ chat_id, client_message_id }: OutboxEntry): void {
    this.#items.delete(client_message_id);
    const rest = (this.#queues.get(chat_id) ?? []).filter(
      (item) => item.entry.client_message_id !== client_message_id,
    );
    if (rest.length > 0) this.#queues.set(chat_id, rest);
    else this.#queues.delete(chat_id);
  }

  /** The next message of every chat. */
  #heads(): Item[] {
    const isNext = (item: Item) => item.state !== 'failed' && this.#isOwn(item);
    const heads = [...this.#queues.values()].map((queue) => queue.find(isNext));
    return heads.filter((item) => item !== undefined);
  }

  /** Sends the next message of every chat that has none under way. */
  #pump(): void {
    const heads = this.#heads();
    if (heads.length === 0) this.#tellIdle();
    if (!this.#isOnline || this.#pause) return;
    const ready = heads.filter((item) => item.state === 'queued' && !this.#isPaused(item));
    const free = (this.#options.window ?? WINDOW) - heads.filter(isSending).length;
    for (const item of ready.slice(0, Math.max(0, free))) void this.#send(item);
  }

  /** Another user's messages may lie in the store: they wait until that one is back. */
  #isOwn({ entry }: Item): boolean {
    const user = this.#options.user();
    return entry.user_id === 0 || user === 0 || entry.user_id === user;
  }

  #isPaused(item: Item): boolean {
    return this.#chatPauses.has(item.entry.chat_id);
  }

  async #send(item: Item): Promise<void> {
    item.state = 'sending';
    const { entry } = item;
    const { chat_id, client_message_id } = entry;
    try {
      const ack = await this.#options.deliver({ ...entry.draft, chat_id, client_message_id });
      this.settle(client_message_id, ack.message_id, ack.seq);
    } catch (error) {
      if (this.#items.get(client_message_id) === item) await this.#failed(item, asError(error));
    }
  }

  async #failed(item: Item, error: ClientError): Promise<void> {
    item.state = 'queued';
    if (error.code === 'disconnected') return;
    if (error.code === 'timeout') return this.#pump();
    item.tries++;
    if (!error.temporary || (item.tries >= MAX_TRIES && !PAUSES_ALL.has(error.code))) {
      return this.#refused(item, error);
    }
    const ms = pauseMs(error, item.tries, this.#options.runtime.random());
    if (PAUSES_ALL.has(error.code)) this.#pauseAll(ms);
    else this.#pauseChat(item.entry.chat_id, ms);
  }

  async #refused(item: Item, error: ClientError): Promise<void> {
    item.state = 'failed';
    const { code, detail } = error;
    await this.#update(item, { ...item.entry, status: 'failed', error: { code, detail } });
    this.#options.onChange({ type: 'failed', entry: item.entry });
    this.#pump();
  }

  #pauseAll(ms: number): void {
    this.#pause?.();
    this.#pause = this.#options.runtime.setTimer(() => {
      this.#pause = null;
      this.#pump();
    }, ms);
  }

  #pauseChat(chatId: ChatId, ms: number): void {
    const cancel = this.#options.runtime.setTimer(() => {
      this.#chatPauses.delete(chatId);
      this.#pump();
    }, ms);
    this.#chatPauses.set(chatId, cancel);
  }

  #resumeAll(): void {
    this.#clearPauses();
    this.#pump();
  }

  #clearPauses(): void {
    this.#pause?.();
    this.#pause = null;
    for (const cancel of this.#chatPauses.values()) cancel();
    this.#chatPauses.clear();
  }

  async #update(item: Item, entry: OutboxEntry): Promise<void> {
    item.entry = entry;
    await this.#options.store.put(entry).catch(this.#options.onFault);
  }

  #drop(entry: OutboxEntry, change: OutboxChange): void {
    this.#forget(entry);
    this.#droppedMeanwhile.add(entry.client_message_id);
    // Were this lost, the message would be sent once more and be known by its id.
    void this.#options.store.remove(entry.client_message_id).catch(this.#options.onFault);
    this.#options.onChange(change);
    this.#pump();
  }

  #tellIdle(): void {
    const waiters = this.#idleWaiters;
    this.#idleWaiters = [];
    for (const resolve of waiters) resolve();
  }
}

/** In the store, and not on its way. */
const isResting = ({ state }: Item) => state === 'queued' || state === 'failed';
const isSending = (item: Item) => item.state === 'sending';

function asError(error: unknown): ClientError {
  if (error instanceof ClientError) return error;
  return new ClientError('internal', String(error), { temporary: true, cause: error });
}
