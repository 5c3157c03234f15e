import type { Chat, ChatId, Message, MessageId, ScheduledMessage, UserId } from '@confab/protocol';
import type { Encryption } from '../e2ee';
import type { ClientEvents, ConfabClient, OutboxChange, Progress } from '../index';
import { DISK, type Disk } from './disk';
import { progressWords } from './file-words';
import { readLine } from './input';
import { obey } from './obey';
import { watchOwnDevice } from './own-device';
import { NO_PAINT, type Paint } from './paint';
import { plainLine } from './plain-text';
import { reasonOf, unreachable } from './reasons';
import {
  chatList,
  chatTitle,
  connectionWord,
  draftGist,
  elsewhereLine,
  messageLines,
  pendingLine,
  refusal,
  shortened,
  statusLine,
  typingWords,
  type View,
} from './render';
import type { Screen } from './screen';
import { closed, readable, watchEncryption } from './secrets';

/** How many messages a chat shows when it is opened. */
const SHOWN_ON_OPEN = 20;

export interface ChatAppOptions {
  readonly client: ConfabClient;
  readonly screen: Screen;
  readonly encryption?: Encryption;
  /** What this device is called. */
  readonly device?: string;
  readonly paint?: Paint;
  readonly clock: View['clock'];
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** The address of the server, to name it when it does not answer. */
  readonly server: string;
  /** Where files are read and saved; this machine's by default. */
  readonly disk?: Disk;
}

/** The terminal client without its terminal: what happens is printed, what is typed is obeyed. */
export class ChatApp {
  readonly client: ConfabClient;
  readonly screen: Screen;
  readonly encryption: Encryption | undefined;
  readonly device: string;
  readonly #paint: Paint;
  readonly #clock: View['clock'];
  readonly now: () => number;
  readonly disk: Disk;
  readonly #server: string;
  /** Whether it was connected, or said that it cannot be. */
  #isTold = false;
  #open: ChatId | null = null;
  #oldestShown: MessageId | null = null;
  /** The chats as they were last listed: their numbers are what is typed. */
  #listed: readonly ChatId[] = [];
  /** Up to which message receipts were told of, where they are printed. */
  readonly #toldRead = new Map<ChatId, { delivered: number; read: number }>();

  /** Files that come and go, and how far they are. */
  readonly #transfers = new Map<symbol, string>();

  constructor(options: ChatAppOptions) {
    this.client = options.client;
    this.screen = options.screen;
    this.encryption = options.encryption;
    this.device = options.device ?? 'Terminal';
    this.#paint = options.paint ?? NO_PAINT;
    this.#clock = options.clock;
    this.now = options.now;
    this.#server = options.server;
    this.disk = options.disk ?? DISK;
    this.#listen();
    this.refresh();
  }

  get view(): View {
    return { self: this.client.userId, paint: this.#paint, clock: this.#clock };
  }

  /** The chat that is open. */
  get chat(): Chat | undefined {
    return this.#open === null ? undefined : this.client.chat(this.#open);
  }

  get listed(): readonly ChatId[] {
    return this.#listed;
  }

  /** Does what a line says. Answers whether the program is to end. */
  async enter(line: string): Promise<boolean> {
    const input = readLine(line);
    if (input.name === 'quit') return true;
    try {
      await obey(this, input);
    } catch (error) {
      this.warn(reasonOf(error));
    }
    this.refresh();
    return false;
  }

  showChats(): void {
    const chats = this.client.chats();
    this.#listed = chats.map((chat) => chat.id);
    this.screen.print(
      chatList(
        chats.map((chat) => this.#previewed(chat)),
        this.view,
      ),
    );
  }

  /** Shows a chat's newest messages, and from now on those that come. */
  async openChat(chatId: ChatId): Promise<void> {
    this.closeChat();
    this.#open = chatId;
    this.#oldestShown = null;
    const chat = this.client.chat(chatId);
    if (chat) this.screen.print(this.#paint.bold(`— ${chatTitle(chat, this.view.self)} —`));
    const held = this.client.messages(chatId);
    if (held.length < SHOWN_ON_OPEN && held.length < (chat?.last_seq ?? 0)) {
      await this.client.history(chatId, { limit: SHOWN_ON_OPEN }).catch(() => {});
    }
    for (const message of this.client.messages(chatId).slice(-SHOWN_ON_OPEN)) this.show(message);
    for (const entry of this.client.pending(chatId)) {
      this.screen.print(pendingLine(entry, this.#paint));
    }
    this.client.markRead(chatId);
    await this.client.joinChat(chatId).catch(() => {});
    this.refresh();
  }

  closeChat(): void {
    if (this.#open !== null) this.client.leaveChat(this.#open);
    this.#open = null;
  }

  /** The oldest message of the open chat that was shown. */
  get oldestShown(): MessageId | null {
    return this.#oldestShown;
  }

  show(message: Message): void {
    if (message.id < (this.#oldestShown ?? Number.POSITIVE_INFINITY))
      this.#oldestShown = message.id;
    const shown = readable(message, this.encryption);
    if (shown) this.screen.print(messageLines(shown, this.view), keyOf(message));
  }

  #previewed(chat: Chat): Chat {
    if (!chat.last_message) return chat;
    return { ...chat, last_message: readable(chat.last_message, this.encryption) };
  }

  say(text: string): void {
    this.screen.print(this.#paint.dim(text));
  }

  warn(text: string): void {
    this.screen.print(this.#paint.warn(`! ${text}`));
  }

  /**
   * Shows how far files are that come or go. Where the line of what goes on can be seen, whoever
   * types goes on meanwhile; else it answers when they are there.
   */
  async carry(
    what: string,
    run: (onProgress: (progress: Progress) => void) => Promise<unknown>,
  ): Promise<void> {
    const carried = this.#carried(what, run);
    if (this.screen.isLive) void carried.catch((error) => this.warn(reasonOf(error)));
    else await carried;
  }

  async #carried(
    what: string,
    run: (onProgress: (progress: Progress) => void) => Promise<unknown>,
  ): Promise<void> {
    const key = Symbol(what);
    const show = (progress: Progress) => {
      const words = progressWords(what, progress);
      if (this.#transfers.get(key) === words) return;
      this.#transfers.set(key, words);
      this.refresh();
    };
    try {
      await run(show);
    } finally {
      this.#transfers.delete(key);
      this.refresh();
    }
  }

  /** Brings the status line up to date. */
  refresh(): void {
    const { chat } = this;
    const title = chat ? chatTitle(chat, this.view.self) : null;
    const line = statusLine({
      connection: this.client.connection,
      title,
      presence: chat ? this.#peerPresence(chat) : null,
      typists: chat ? this.client.typists(chat.id) : [],
      transfers: [...this.#transfers.values()],
      waiting: this.client.pending().filter((entry) => entry.status === 'queued').length,
    });
    this.screen.status(line, `${title ?? 'confab'}> `);
  }

  #peerPresence(chat: Chat): 'online' | 'offline' | null {
    if (!chat.peer || chat.peer.id === this.view.self) return null;
    const known = this.client.presence(chat.peer.id)?.status;
    return known ?? (chat.peer.is_online ? 'online' : 'offline');
  }

  #listen(): void {
    const { client } = this;
    client.on('message', ({ message }) => this.#message(message));
    client.on('message_updated', ({ message }) => this.#changed(message));
    client.on('message_deleted', ({ message }) => this.#changed(message));
    client.on('message_status', ({ chat_id }) => this.#receipts(chat_id));
    client.on('chat_added', ({ chat }) => this.#added(chat));
    client.on('chat_removed', ({ chat_id }) => this.#removed(chat_id));
    client.on('chat_reset', ({ chat_id }) => void this.#reset(chat_id));
    client.on('typing', ({ chat_id }) => this.#typing(chat_id));
    client.on('presence', (presence) => this.#presence(presence.user_id));
    client.on('scheduled', ({ scheduled }) => this.#scheduled(scheduled));
    client.on('outbox', (change) => this.#outbox(change));
    client.on('connection', (event) => this.#connection(event));
    client.on('error', ({ error }) => this.warn(reasonOf(error)));
    if (!this.encryption) return;
    watchEncryption(this, this.encryption);
    watchOwnDevice(this, this.encryption);
    this.encryption.on('opened', ({ message_id }) => this.#opened(message_id));
  }

  /** A message that could not be shown when it came, or something that was said of another one. */
  #opened(messageId: number): void {
    const message = this.client.message(messageId as MessageId);
    const view = message && this.encryption?.view(message);
    if (view?.state === 'hidden') {
      const target = this.client.message(view.of as MessageId);
      if (target) this.#changed(target);
    } else if (message?.chat_id === this.#open && message) this.#changed(message);
    else if (message && this.#isNews(message)) this.#message(message);
  }

  /** Whether a message of another chat came while the program runs. */
  #isNews({ chat_id, seq }: Message): boolean {
    const chat = this.client.chat(chat_id);
    return chat !== undefined && seq > chat.last_seq - chat.unread_count;
  }

  #message(message: Message): void {
    const { encryption } = this;
    // Without keys it stays closed, and is not to be missed all the same.
    const isClosed = encryption?.view(message).state === 'opening';
    if (isClosed && (encryption?.isReady || message.chat_id === this.#open)) return;
    if (message.chat_id === this.#open) {
      this.show(this.client.message(message.id) ?? message);
      this.client.markRead(message.chat_id);
    } else if (message.sender_id !== this.view.self && message.content_type !== 'system') {
      const chat = this.client.chat(message.chat_id);
      const shown = isClosed ? closed(message) : readable(message, encryption);
      const isHeard = !chat?.is_muted || shown?.mentions.includes(this.view.self);
      if (chat && shown && isHeard) this.screen.print(elsewhereLine(chat, shown, this.view));
    }
    this.refresh();
  }

  /** In place where that can be; else once more, as it is now. */
  #changed(message: Message): void {
    if (message.chat_id !== this.#open) return;
    const now = this.client.messages(message.chat_id).find((held) => held.id === message.id);
    const shown = readable(now ?? message, this.encryption);
    if (!shown) return;
    const lines = messageLines(shown, this.view);
    if (this.encryption) this.client.markRead(message.chat_id);
    if (!this.screen.repaint(keyOf(message), lines)) this.screen.print(lines, keyOf(message));
  }

  #receipts(chatId: ChatId): void {
    if (chatId !== this.#open) return;
    const own = this.client
      .messages(chatId)
      .filter((m) => m.sender_id === this.view.self && m.content_type !== 'system');
    if (this.screen.isLive) for (const message of own) this.#repaintTicks(message);
    else this.#printReceipts(chatId, own);
  }

  #repaintTicks(message: Message): void {
    if (message.status !== 'sent') {
      const shown = readable(message, this.encryption);
      if (shown) this.screen.repaint(keyOf(message), messageLines(shown, this.view));
    }
  }

  #printReceipts(chatId: ChatId, own: readonly Message[]): void {
    const told = this.#toldRead.get(chatId) ?? { delivered: 0, read: 0 };
    const read = own.findLast((m) => m.status === 'read')?.seq ?? 0;
    const delivered = own.findLast((m) => m.status !== 'sent')?.seq ?? 0;
    if (delivered > Math.max(told.delivered, read))
      this.screen.print(`✓✓ delivered up to #${delivered}`);
    if (read > told.read) this.screen.print(`✓✓ read up to #${read}`);
    this.#toldRead.set(chatId, { delivered, read });
  }

  #added(chat: Chat): void {
    const isNews = this.client.connection.name === 'online' && chat.last_seq > 0;
    if (isNews) this.say(`You are now in “${chatTitle(chat, this.view.self)}”.`);
    this.refresh();
  }

  #removed(chatId: ChatId): void {
    if (chatId !== this.#open) return;
    this.#open = null;
    this.warn('You are no longer in this chat.');
    this.refresh();
  }

  async #reset(chatId: ChatId): Promise<void> {
    if (chatId !== this.#open) return;
    this.say('A lot happened meanwhile. The newest messages:');
    await this.openChat(chatId);
  }

  #typing(chatId: ChatId): void {
    const typists = this.client.typists(chatId);
    if (chatId === this.#open && typists.length > 0 && !this.screen.isLive) {
      this.say(typingWords(typists));
    }
    this.refresh();
  }

  #presence(userId: UserId): void {
    const peer = this.chat?.peer;
    if (peer?.id === userId && userId !== this.view.self && !this.screen.isLive) {
      this.say(
        `${plainLine(peer.username)} is ${this.client.presence(userId)?.status ?? 'offline'}`,
      );
    }
    this.refresh();
  }

  #outbox(change: OutboxChange): void {
    const text = draftGist(change.entry.draft);
    if (change.type === 'failed') this.screen.print(pendingLine(change.entry, this.#paint));
    if (change.type === 'queued' && this.client.connection.name !== 'online') {
      this.say(`Kept until there is a connection: ${text}`);
    }
    this.refresh();
  }

  #scheduled(scheduled: ScheduledMessage | null): void {
    if (!scheduled?.failure) return;
    const text = shortened(scheduled.content);
    this.warn(`not sent at its time: ${text} (${refusal(scheduled.failure)})`);
  }

  #connection({ state, before }: ClientEvents['connection']): void {
    const fails = before.name === 'connecting' && state.name === 'waiting' && !this.#isTold;
    if (fails) this.warn(`${unreachable(this.#server)} Trying again…`);
    this.#isTold ||= fails || state.name === 'online';
    const lost = before.name === 'online' && state.name === 'waiting';
    const isBack = state.name === 'online' && before.name !== 'online';
    if (lost && !this.screen.isLive) this.say(connectionWord(state));
    if (isBack && !this.screen.isLive) this.say('online');
    this.refresh();
  }
}

const keyOf = (message: Message) => String(message.id);
