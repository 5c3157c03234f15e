import type {
  Chat,
  ChatId,
  ChatMember,
  Me,
  Message,
  MessageId,
  MessagePage,
  Presence,
  Register,
  TokenWithUser,
  User,
  UserId,
} from '@confab/protocol';
import type { ConnectionState } from './connection/machine';
import { Core } from './core';
import type { Unsubscribe } from './emitter';
import type { ClientEvents } from './events';
import { type ClientOptions, coreOptions } from './options';
import type { Draft, OutboxEntry } from './outbox/entry';
import { Api, type HistoryQuery } from './rest/api';
import { tokenSet } from './rest/tokens';
import { shownChat, shownMessage } from './sync/expired';
import { withStatuses } from './sync/statuses';
import type { Typist } from './typing';
import { untilOnline } from './until-online';

/** How often a page of history is asked for anew when the chat changed meanwhile. */
const PAGE_TRIES = 3;

/**
 * A user's chats, kept current over one WebSocket, and everything that can be done with them.
 *
 * Calls fail with a ClientError; programs decide by its `code`. `send` and `markRead` work without
 * a connection too: what they say reaches the server once there is one.
 */
export class ConfabClient {
  /** Every REST call of the server, by name. */
  readonly api: Api;
  readonly #core: Core;

  constructor(options: ClientOptions) {
    this.#core = new Core(coreOptions(options));
    this.api = new Api(this.#core.rest);
  }

  /** Calls the listener at each such event. Answers a function that ends this. */
  on<T extends keyof ClientEvents>(
    type: T,
    listener: (event: ClientEvents[T]) => void,
  ): Unsubscribe {
    return this.#core.events.on(type, listener);
  }

  get connection(): ConnectionState {
    return this.#core.connection.state;
  }

  /** Who is signed in; 0 while nobody is known to be. */
  get userId(): UserId {
    return this.#core.table.self;
  }

  // Signing in

  /** Makes an account and signs in. Fails with `username_taken`, `email_taken` or `invalid`. */
  async register(account: Register): Promise<Me> {
    return this.#signedIn(await this.#core.rest.call('register', { body: account }));
  }

  /** Signs in with a username or an email address. Fails with `invalid_credentials`. */
  async login(username: string, password: string): Promise<Me> {
    return this.#signedIn(await this.#core.rest.call('login', { body: { username, password } }));
  }

  /**
   * Ends the session here and, as far as it can be reached, on the server, and forgets the chats.
   * What was not sent yet stays in the outbox, for this user alone.
   */
  async logout(): Promise<void> {
    await this.close();
    await this.#core.rest.call('logout').catch(() => {});
    await this.#core.forget();
  }

  /** Whether there is a session to connect with. */
  async isSignedIn(): Promise<boolean> {
    return (await this.#core.rest.tokens.current()) !== null;
  }

  // The connection

  /** Reads what earlier runs saved, so that it can be shown before there is a connection. */
  load(): Promise<void> {
    return this.#core.load();
  }

  /**
   * Connects and stays connected until `close`. Resolves once everything missed is here, however
   * long that takes; fails with `signed_out` or `closed` when it will never be.
   */
  async connect(): Promise<void> {
    await this.load();
    this.#core.connection.dispatch({ type: 'connect' });
    await untilOnline(
      (listener) => this.on('connection', listener),
      () => this.connection,
    );
  }

  /** Disconnects and saves. What is queued to be sent stays in its store. */
  close(): Promise<void> {
    return this.#core.shutDown();
  }

  // What is held

  /** The user's chats, the last active first. */
  chats(): Chat[] {
    const now = this.#core.runtime.now();
    return this.#core.table.byActivity().map((state) => shownChat(state.chat, now));
  }

  chat(chatId: ChatId): Chat | undefined {
    const chat = this.#core.table.get(chatId)?.chat;
    return chat && shownChat(chat, this.#core.runtime.now());
  }

  /** The newest messages of a chat, in order; older ones come by `history`. */
  messages(chatId: ChatId): Message[] {
    const state = this.#core.table.get(chatId);
    const now = this.#core.runtime.now();
    const messages = state ? withStatuses(state, this.userId) : [];
    return messages.map((message) => shownMessage(message, now));
  }

  /** A message that is held. */
  message(messageId: MessageId): Message | undefined {
    const message = this.#core.table.findMessage(messageId);
    return message && shownMessage(message, this.#core.runtime.now());
  }

  /** The messages of a chat, or of all, that the server does not have yet, in order. */
  pending(chatId?: ChatId): OutboxEntry[] {
    return this.#core.outbox.entries(chatId);
  }

  /** The members of a chat that are known: `joinChat` asks for the first hundred. */
  members(chatId: ChatId): ChatMember[] {
    return [...(this.#core.table.get(chatId)?.members.values() ?? [])];
  }

  typists(chatId: ChatId): Typist[] {
    return this.#core.typists.in(chatId);
  }

  /** Whether somebody is online, as far as was heard: of members of chats that were joined. */
  presence(userId: UserId): Presence | undefined {
    return this.#core.presence.get(userId);
  }

  // Chats

  /** The direct chat with somebody, made if there is none. Oneself is allowed: notes. */
  async openDirect(userId: UserId): Promise<Chat> {
    return this.#took(await this.api.createDirect({ user_id: userId }));
  }

  async createGroup(name: string, memberIds: UserId[] = []): Promise<Chat> {
    return this.#took(await this.api.createGroup({ name, member_ids: memberIds }));
  }

  /** Joins a group by the code of an invite link. Fails with `not_found` or `group_full`. */
  async joinByInvite(code: string): Promise<Chat> {
    return this.#took(await this.api.acceptInvite(code));
  }

  /** The user of exactly this name. */
  async findUser(username: string): Promise<User | undefined> {
    const name = username.toLowerCase();
    const { items } = await this.api.searchUsers(name, { limit: 100 });
    return items.find((user) => user.username === name);
  }

  /** Leaves a group; an owner's group goes over to the oldest admin or member. */
  async leaveGroup(chatId: ChatId): Promise<void> {
    await this.api.removeMember(chatId, this.userId);
  }

  /**
   * Says that the user is looking at a chat, until `leaveChat`: its members' presence comes, and
   * notifications for it pause. It is said again after every reconnect.
   */
  async joinChat(chatId: ChatId): Promise<void> {
    this.#core.joined.add(chatId);
    if (this.connection.name === 'online') await this.#core.join(chatId);
  }

  leaveChat(chatId: ChatId): void {
    this.#core.typing.stop(chatId);
    if (this.#core.joined.delete(chatId)) {
      this.#core.connection.notify('leave_chat', { chat_id: chatId });
    }
  }

  // Messages

  /**
   * Sends a text, or a draft with more to it. Answers once the message is safe in the outbox; from
   * there it reaches the server once, in order, however often the connection breaks. What becomes
   * of it comes as `outbox` events. Fails only when the outbox's store does.
   */
  send(chatId: ChatId, message: string | Draft): Promise<OutboxEntry> {
    this.#core.typing.stop(chatId);
    const draft = typeof message === 'string' ? { content: message } : message;
    return this.#core.outbox.add(chatId, draft);
  }

  /** Sends a message again that the server refused for good. */
  retry(clientMessageId: string): Promise<void> {
    return this.#core.outbox.retry(clientMessageId);
  }

  /** Gives up a message that was not sent. */
  discard(clientMessageId: string): void {
    this.#core.outbox.discard(clientMessageId);
  }

  /** Resolves once every message was sent or refused for good. */
  allSent(): Promise<void> {
    return this.#core.outbox.idle();
  }

  edit(messageId: MessageId, content: string): Promise<Message> {
    return this.api.editMessage(messageId, content);
  }

  async delete(messageId: MessageId): Promise<void> {
    await this.api.deleteMessage(messageId);
  }

  react(messageId: MessageId, emoji: string): Promise<Message> {
    return this.api.addReaction(messageId, emoji);
  }

  unreact(messageId: MessageId, emoji: string): Promise<Message> {
    return this.api.removeReaction(messageId, emoji);
  }

  /**
   * A page of messages: the newest, or those before, after or around one. Pages that touch the
   * messages held are kept with them.
   */
  async history(chatId: ChatId, query: HistoryQuery = {}): Promise<MessagePage> {
    for (let tries = 1; ; tries++) {
      const rev = this.chat(chatId)?.rev ?? 0;
      const page = await this.api.messages(chatId, query);
      const changed = (this.#core.table.get(chatId)?.outsideRev ?? 0) > rev;
      // A message may have changed after the page was made and before it came.
      if (changed && tries < PAGE_TRIES) continue;
      this.#core.table.mergeHistory(chatId, page.items);
      return page;
    }
  }

  /** Everything up to this message, or to the last one, was read. */
  markRead(chatId: ChatId, messageId?: MessageId): void {
    const messages = this.#core.table.get(chatId)?.messages ?? [];
    const message = messageId === undefined ? messages.at(-1) : this.message(messageId);
    if (message) {
      const changes = this.#core.table.markRead(chatId, message.seq);
      if (changes.length > 0) this.#core.receipts.read(chatId, message.id);
      this.#core.tell(changes);
    } else if (messageId !== undefined) {
      this.#core.receipts.read(chatId, messageId);
    }
  }

  /** To be called at each key: the others see that the user is typing, until that ends. */
  typing(chatId: ChatId): void {
    if (this.connection.name === 'online') this.#core.typing.keystroke(chatId);
  }

  stopTyping(chatId: ChatId): void {
    this.#core.typing.stop(chatId);
  }

  async #signedIn(answer: TokenWithUser): Promise<Me> {
    await this.#core.rest.tokens.set(tokenSet(answer, this.#core.runtime.now()));
    return answer.user;
  }

  #took(chat: Chat): Chat {
    this.#core.tell(this.#core.table.add(chat));
    return this.chat(chat.id) ?? chat;
  }
}
