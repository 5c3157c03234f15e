import type { ChatId, MessageId, UserId } from '@confab/protocol';
import { ClientError } from './errors';
import type { Cancel, Runtime } from './runtime';
import type { Change, ChatState } from './sync/chat-state';
import type { ChatTable } from './sync/chat-table';

export type ReceiptCommand = 'message_delivered' | 'message_read';

export interface ReceiptsOptions {
  readonly runtime: Pick<Runtime, 'now' | 'setTimer'>;
  readonly table: () => ChatTable;
  readonly send: (type: ReceiptCommand, chat: ChatId, message: MessageId) => Promise<unknown>;
}

/** How long receipts gather, so that a burst of messages makes one, milliseconds. */
const GATHER_MS = 100;
/** A server may take this long to write down what it was told of arrivals, milliseconds. */
const WRITTEN_AFTER_MS = 5_000;
/** How many chats are told of at once: after a long absence there may be thousands. */
const BATCH = 20;

/**
 * Tells the server what arrived here and what was read. Both are watermarks: of each chat only the
 * newest counts, and what could not be said is said after the next connect.
 */
export class Receipts {
  readonly #options: ReceiptsOptions;
  readonly #delivered = new Map<ChatId, MessageId>();
  readonly #read = new Map<ChatId, MessageId>();
  /** What the server was told of lately, and when: should it die, it may not remember. */
  readonly #lately = new Map<ChatId, { id: MessageId; at: number }>();
  #cancel: Cancel | null = null;
  #isOnline = false;

  constructor(options: ReceiptsOptions) {
    this.#options = options;
  }

  /** Takes note of messages of others that came. */
  follow(change: Change): void {
    const table = this.#options.table();
    if (change.type === 'message' && change.message.sender_id !== table.self) {
      this.#note(this.#delivered, change.chat_id, change.message.id);
    }
    if (change.type === 'chat_reset' || change.type === 'chat_added') {
      const state = table.get(change.chat_id);
      if (state) this.#noteUnconfirmed(state, table.self);
    }
  }

  read(chatId: ChatId, messageId: MessageId): void {
    this.#note(this.#read, chatId, messageId);
  }

  online(): void {
    this.#isOnline = true;
    const table = this.#options.table();
    for (const state of table.all()) this.#noteUnconfirmed(state, table.self);
    for (const [chat, { id }] of this.#lately) this.#note(this.#delivered, chat, id);
    this.#lately.clear();
    this.#schedule();
  }

  offline(): void {
    this.#isOnline = false;
    this.#cancel?.();
    this.#cancel = null;
    this.#forgetWritten();
  }

  /** Says at once what waits to be said, as far as it goes. */
  async flush(): Promise<void> {
    this.#cancel?.();
    this.#cancel = null;
    const read = take(this.#read, BATCH);
    // Having read a message says that it arrived.
    for (const [chat, id] of read) {
      if ((this.#delivered.get(chat) ?? 0) <= id) this.#delivered.delete(chat);
    }
    const delivered = take(this.#delivered, BATCH - read.length);
    await Promise.all([
      ...read.map(([chat, id]) => this.#send('message_read', chat, id)),
      ...delivered.map(([chat, id]) => this.#send('message_delivered', chat, id)),
    ]);
    this.#forgetWritten();
    this.#schedule();
  }

  #forgetWritten(): void {
    const since = this.#options.runtime.now() - WRITTEN_AFTER_MS;
    for (const [chat, { at }] of this.#lately) if (at < since) this.#lately.delete(chat);
  }

  #noteUnconfirmed(state: ChatState, self: UserId): void {
    const unconfirmed = unconfirmedOf(state, self);
    if (unconfirmed !== null) this.#note(this.#delivered, state.chat.id, unconfirmed);
  }

  #note(map: Map<ChatId, MessageId>, chatId: ChatId, messageId: MessageId): void {
    if ((map.get(chatId) ?? 0) < messageId) map.set(chatId, messageId);
    this.#schedule();
  }

  #schedule(): void {
    if (!this.#isOnline || this.#read.size + this.#delivered.size === 0) return;
    this.#cancel ??= this.#options.runtime.setTimer(() => void this.flush(), GATHER_MS);
  }

  async #send(type: ReceiptCommand, chat: ChatId, message: MessageId): Promise<void> {
    try {
      await this.#options.send(type, chat, message);
      this.#options.table().markConfirmed(chat, message);
      this.#lately.set(chat, { id: message, at: this.#options.runtime.now() });
    } catch (error) {
      // A refusal for good is of a chat or message that is gone: nobody waits for its receipt.
      if (!(error instanceof ClientError) || !error.temporary) return;
      this.#note(type === 'message_read' ? this.#read : this.#delivered, chat, message);
    }
  }
}

/** The newest message of others that is unread and of which the server was not told. */
function unconfirmedOf(state: ChatState, self: UserId): MessageId | null {
  if (state.chat.unread_count === 0) return null;
  const newest = state.messages.findLast((message) => message.sender_id !== self);
  return newest && newest.id > state.confirmedId ? newest.id : null;
}

function take(map: Map<ChatId, MessageId>, count: number): [ChatId, MessageId][] {
  const taken = [...map].slice(0, count);
  for (const [chat] of taken) map.delete(chat);
  return taken;
}
