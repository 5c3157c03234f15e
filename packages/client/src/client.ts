import type {
  Chat,
  ChatId,
  ChatMember,
  CursorPage,
  Invite,
  Me,
  Media,
  Message,
  MessageId,
  MessagePage,
  Presence,
  Register,
  TokenWithUser,
  User,
  UserId,
} from '@confab/protocol';
import { type Cipher, cannotEncrypt, resealing, type Statement } from './cipher';
import type { ConnectionState } from './connection/machine';
import { Core } from './core';
import type { Unsubscribe } from './emitter';
import type { ClientEvents } from './events';
import { history } from './history';
import { inviteCode, inviteLink } from './invite-link';
import { avatarUrl, setAvatar, setChatAvatar } from './media/avatars';
import { type DownloadOptions, download } from './media/download';
import { bareDraft, type FileDraft, sendFiles } from './media/send-files';
import type { FileInput } from './media/source';
import type { Upload } from './media/upload';
import type { UploadOptions } from './media/uploads';
import { type ClientOptions, coreOptions } from './options';
import type { OutboxEntry } from './outbox/entry';
import { Api, type HistoryQuery, type PageQuery } from './rest/api';
import { tokenSet } from './rest/tokens';
import { shownChat, shownMessage } from './sync/expired';
import { withStatus, withStatuses } from './sync/statuses';
import type { Typist } from './typing';
import { untilOnline } from './until-online';

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
  readonly #server: string;

  constructor(options: ClientOptions) {
    const resolved = coreOptions(options);
    this.#core = new Core(resolved);
    this.#server = resolved.server;
    this.api = new Api(this.#core.rest);
  }

  /** Lets this client take part in encrypted chats: give it an `Encryption` of `./e2ee`. */
  use(cipher: Cipher): void {
    this.#core.cipher = cipher;
    cipher.attach(this);
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

  /** When the next try to connect comes, in milliseconds since 1970; null when none is planned. */
  get retryAt(): number | null {
    return this.#core.connection.retryAt;
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

  /**
   * Connects now where the next try would come later; where there is a connection, makes sure that
   * it is alive. For apps that know more of the network than the SDK, or whose user asks for it.
   */
  reconnect(): void {
    this.#core.connection.dispatch({ type: 'hint' });
  }

  /** Disconnects and saves. What is queued to be sent stays in its store. */
  close(): Promise<void> {
    return this.#core.shutDown();
  }

  // What is held

  /** The user's chats, the last active first. */
  chats(): Chat[] {
    const now = this.#core.runtime.now();
    return this.#core.table.byActivity().map((state) => this.#shown(state.chat, now));
  }

  chat(chatId: ChatId): Chat | undefined {
    const chat = this.#core.table.get(chatId)?.chat;
    return chat && this.#shown(chat, this.#core.runtime.now());
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

  /** A message of a page of history as of now: with its status, and empty once it disappeared. */
  current(message: Message): Message {
    const state = this.#core.table.get(message.chat_id);
    const known = state ? withStatus(message, state, this.userId) : message;
    return shownMessage(known, this.#core.runtime.now());
  }

  /** The messages of a chat, or of all, that the server does not have yet, in order. */
  pending(chatId?: ChatId): OutboxEntry[] {
    return this.#core.outbox.entries(chatId);
  }

  /** The members of a chat that are known: `joinChat` asks for the first hundred. */
  members(chatId: ChatId): ChatMember[] {
    return [...(this.#core.table.get(chatId)?.members.values() ?? [])];
  }

  /**
   * Learns of a page of a chat's members: the first one, or the one that an earlier page's
   * `next_cursor` names. They are in `members` then.
   */
  async loadMembers(chatId: ChatId, page: PageQuery = {}): Promise<CursorPage<ChatMember>> {
    const found = await this.api.members(chatId, page);
    this.#core.learnMembers(chatId, found.items);
    return found;
  }

  member(chatId: ChatId, userId: UserId): ChatMember | undefined {
    return this.#core.table.get(chatId)?.members.get(userId);
  }

  typists(chatId: ChatId): Typist[] {
    return this.#core.typists.in(chatId);
  }

  /**
   * Whether somebody is online, as far as was heard: of those one has a direct chat with, and of members
   * of chats that were joined.
   */
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

  /** The whole address of an invite link: for others, who do not know this server yet. */
  inviteLink(invite: Pick<Invite, 'url'>): string {
    return inviteLink(this.#server, invite);
  }

  /** Joins a group by an invite link, or its code. Fails with `not_found` or `group_full`. */
  async joinByInvite(link: string): Promise<Chat> {
    return this.#took(await this.api.acceptInvite(inviteCode(link)));
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

  /** Silences all of a chat but mentions, for good or until a time: then `chat_updated` tells. */
  async mute(chatId: ChatId, until?: Date): Promise<void> {
    const muted_until = until?.toISOString() ?? null;
    await this.api.chatSettings(chatId, { is_muted: true, muted_until });
  }

  async unmute(chatId: ChatId): Promise<void> {
    await this.api.chatSettings(chatId, { is_muted: false });
  }

  /**
   * Says that the user is looking at a chat, until `leaveChat`: its members' presence comes, and
   * notifications for it pause. It is said again after every reconnect.
   */
  async joinChat(chatId: ChatId): Promise<void> {
    this.#core.joined.add(chatId);
    await this.#core.join(chatId);
  }

  leaveChat(chatId: ChatId): void {
    this.#core.typing.stop(chatId);
    if (this.#core.joined.delete(chatId)) {
      this.#core.connection.notify('leave_chat', { chat_id: chatId });
    }
  }

  /**
   * Whether the user cannot see what they look at: the window is hidden. Meanwhile the chats that were
   * joined count as left, so that notifications for them come.
   */
  setAway(isAway: boolean): void {
    this.#core.setAway(isAway);
  }

  // Messages

  /**
   * Sends a text, or a draft with more to it. Answers once the message is safe in the outbox; from
   * there it reaches the server once, in order, however often the connection breaks. What becomes
   * of it comes as `outbox` events. Fails only when the outbox's store does, and in an encrypted chat
   * at once where nothing may be sent (`identity_changed`, `cannot_encrypt`).
   *
   * Files of the draft are uploaded before that, encrypted where the chat is: then it answers, and may
   * fail, when they are. If one of them cannot be uploaded, nothing is sent.
   */
  async send(chatId: ChatId, message: string | FileDraft): Promise<OutboxEntry> {
    this.#core.typing.stop(chatId);
    const draft = typeof message === 'string' ? { content: message } : message;
    const { outbox, uploads } = this.#core;
    const cipher = (await this.#mustEncrypt(chatId, draft)) ? this.#cipher() : null;
    await cipher?.check(chatId, draft);
    if (!draft.files?.length) return outbox.add(chatId, bareDraft(draft));
    const deleteFile = (media: Media) => this.api.deleteMedia(media.id);
    return sendFiles({ uploads, deleteFile, cipher }, draft, (whole) => outbox.add(chatId, whole));
  }

  /** Sends a message again that the server refused for good. */
  retry(clientMessageId: string): Promise<void> {
    return this.#core.outbox.retry(clientMessageId);
  }

  /** Gives up a message that was not sent. */
  discard(clientMessageId: string): void {
    this.#core.outbox.discard(clientMessageId);
  }

  /**
   * Takes over messages that other clients which share the outbox's store left there, and lets go what
   * they discarded: for apps with several tabs, when one of them closes.
   */
  refreshOutbox(): Promise<void> {
    return this.#core.outbox.refresh();
  }

  /** Resolves once every message was sent or refused for good. */
  allSent(): Promise<void> {
    return this.#core.outbox.idle();
  }

  /**
   * Changes the text of a message of one's own. In an encrypted chat a message that is not held is
   * given whole, as a page of history has it.
   */
  async edit(target: MessageId | Message, content: string): Promise<Message> {
    const message = await this.#encrypted(target);
    if (!message) return this.api.editMessage(idOf(target), content);
    const cipher = this.#cipher();
    return resealing(cipher, message.chat_id, async () => {
      const envelope = await cipher.sealEdit(message, content);
      return [envelope, () => this.api.editMessage(message.id, '', envelope)];
    });
  }

  /** In an encrypted chat its members are told that it was not the server that deleted it. */
  async delete(target: MessageId | Message): Promise<void> {
    await this.#state(target, { kind: 'deletion' });
    await this.api.deleteMessage(idOf(target));
  }

  async react(target: MessageId | Message, emoji: string): Promise<Message> {
    const stated = await this.#state(target, { kind: 'reaction', emoji });
    return stated ?? this.api.addReaction(idOf(target), emoji);
  }

  async unreact(target: MessageId | Message, emoji: string): Promise<Message> {
    const stated = await this.#state(target, { kind: 'reaction', emoji, remove: true });
    return stated ?? this.api.removeReaction(idOf(target), emoji);
  }

  /**
   * A page of messages: the newest, or those before, after or around one, or around a time. Pages that touch the
   * messages held are kept with them.
   */
  history(chatId: ChatId, query: HistoryQuery = {}): Promise<MessagePage> {
    return history(this.#core, this.api, chatId, query);
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

  // Files

  /**
   * Uploads a file, to be sent with `media_ids` within a day or, with `messageId`, for a message that
   * is there. Large ones go in pieces, and go on after a loss of the network, a restart of the
   * server, or, when the same file is uploaded again, another run of the program.
   */
  upload(file: FileInput, options: UploadOptions = {}): Upload {
    return this.#core.uploads.begin(file, options);
  }

  /** The largest file that the server takes, in bytes; null when it does not say. Asked once. */
  maxFileBytes(): Promise<number | null> {
    return this.#core.uploads.maxFileBytes();
  }

  /** A file's bytes, to be read bit by bit. Fails with `not_found`; losses on the way are waited out. */
  download(
    media: Pick<Media, 'id' | 'file_size'>,
    options: DownloadOptions = {},
  ): Promise<ReadableStream<Uint8Array>> {
    return download(this.#core, media, options);
  }

  /**
   * An address from which `<img>`, `<video>` and `<audio>` can load a file for the next minutes; with
   * `download`, from which browsers save it. Ask again each time one is needed: it is kept.
   */
  mediaUrl(media: Pick<Media, 'id'>, options: { readonly download?: boolean } = {}) {
    return this.#core.links.original(media, options.download ?? false);
  }

  /** The same for its thumbnail; null when there is none. */
  async thumbnailUrl(media: Pick<Media, 'id' | 'thumbnail_path'>): Promise<string | null> {
    return media.thumbnail_path === null ? null : this.#core.links.thumbnail(media);
  }

  /** Sets one's own picture; `api.removeAvatar` takes it away. */
  setAvatar(image: FileInput): Promise<Me> {
    return setAvatar(this.#core.rest, image);
  }

  /** Sets a group's picture; `api.removeChatAvatar` takes it away. */
  setChatAvatar(chatId: ChatId, image: FileInput): Promise<Chat> {
    return setChatAvatar(this.#core.rest, chatId, image);
  }

  /** Where a page loads the picture of a user or chat: 512 pixels wide, or 96. It never changes. */
  avatarUrl(
    { avatar_url }: { readonly avatar_url: string | null },
    size: 'large' | 'small' = 'large',
  ): string | null {
    return avatarUrl(this.#core.rest, avatar_url, size);
  }

  #shown(chat: Chat, now: number): Chat {
    const shown = shownChat(chat, now);
    return this.#core.cipher?.shown(shown) ?? shown;
  }

  #isEncrypted(chatId: ChatId): boolean {
    const held = this.#core.table.get(chatId)?.chat.is_encrypted ?? false;
    return held || (this.#core.cipher?.isEncrypted(chatId) ?? false);
  }

  /** Files leave before their message does: of a chat that is not held the server is asked. */
  async #mustEncrypt(chatId: ChatId, { files }: FileDraft): Promise<boolean> {
    if (!files?.length) return this.#isEncrypted(chatId);
    await this.#core.cipher?.ready();
    if (this.#core.table.get(chatId)) return this.#isEncrypted(chatId);
    return this.#isEncrypted(chatId) || (await this.api.chat(chatId)).is_encrypted;
  }

  #cipher(): Cipher {
    if (this.#core.cipher) return this.#core.cipher;
    throw cannotEncrypt('This chat is encrypted, and this client cannot encrypt');
  }

  /** A message of an encrypted chat; undefined for one of another. Nothing is sent open by chance. */
  async #encrypted(target: MessageId | Message): Promise<Message | undefined> {
    await this.#core.cipher?.ready();
    const message = typeof target === 'number' ? this.message(target) : target;
    if (message) return this.#isEncrypted(message.chat_id) ? message : undefined;
    if (!this.#core.table.all().some(({ chat }) => chat.is_encrypted)) return undefined;
    throw cannotEncrypt('This message is not held here: pass it whole, as the history has it');
  }

  /** Says something of a message of an encrypted chat by a message of its own, which is not shown. */
  async #state(target: MessageId | Message, what: Statement): Promise<Message | undefined> {
    const message = await this.#encrypted(target);
    if (!message) return undefined;
    await this.#cipher().checkStatement(message, what);
    const { client_message_id, sender_id } = message;
    const statement = { ...what, target: client_message_id, target_from: sender_id };
    await this.send(message.chat_id, { content: '', secret: { statement } });
    return message;
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

const idOf = (target: MessageId | Message): MessageId =>
  typeof target === 'number' ? target : target.id;
