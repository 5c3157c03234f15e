import {
  ConfabError,
  type EditMessage,
  type Message,
  type MessagePage,
  type MessagePageQuery,
  type SendMessage,
} from '@confab/protocol';
import { frame } from '../../lib/frame';
import type { Bus } from '../../realtime/bus';
import type { Committer } from '../../storage/committer';
import type { Write } from '../../storage/write';
import type { ChatState, ChatStates, Floor } from '../chats';
import { BLOCKED } from '../chats/writes';
import type { Visibility } from '../privacy';
import type { UserDirectory } from '../users';
import { deleteMessage, editMessage, react } from './change-writes';
import { tellChange } from './changed-message';
import { kindOf, mustBeFree, type SentWithMedia, sendWithMedia } from './media-writes';
import { type Apart, MentionChecks } from './mention-checks';
import { presentMessage, presentMessages, presentNew, toldFloor, type View } from './present';
import { noSuchMessage, type ReceiptService } from './receipts';
import type { MessageRepository, StoredMessage } from './repository';
import { onlyDevices, sealedOf } from './sealed-input';
import { type SendInput, type Sent, sendMessage } from './send-write';
import type { ChangedMessage, MessageActor } from './stored-writes';

export interface MessageDeps {
  messages: MessageRepository;
  states: ChatStates;
  directory: UserDirectory;
  visibility: Visibility;
  receipts: ReceiptService;
  committer: Committer;
  bus: Bus;
  now: () => number;
  maxMessageBytes: number;
  /** Counts a message of a user. @throws ConfabError `rate_limited` */
  limit: (userId: number, cost?: number) => void;
  /** The same for a deletion. */
  limitChange: (userId: number) => void;
  /** The same for a page of history. */
  limitRead: (userId: number) => void;
  /** How many connections a user has. */
  connectionsOf: (userId: number) => number;
  /** Hears when a message will disappear that was just sent. */
  onExpiring: (expiresAt: number) => void;
  /** Something was erased for good. */
  onErased: () => void;
  /** Everybody whom a user blocked or who blocked them; at once when it is in memory. */
  apartFrom: (userId: number) => Apart | Promise<Apart>;
}

export interface SendResult {
  sent: Sent;
  /** The message as it was published; undefined when the first one's was, long ago. */
  message: Message | undefined;
}

/** Messages: sending, changing, and reading them back. */
export class MessageService {
  readonly #deps: MessageDeps;
  readonly #mentions: MentionChecks;

  constructor(deps: MessageDeps) {
    this.#deps = deps;
    this.#mentions = new MentionChecks(deps);
  }

  /**
   * Resolves when the message is committed and was published. Once the chat is in memory everything
   * up to the committer's queue happens in this very call, so that the messages of one connection
   * keep the order in which it sent them.
   * @param bySocket whether one of the sender's connections sends it
   */
  async send(
    senderId: number,
    chatId: number,
    body: SendMessage,
    bySocket: boolean,
  ): Promise<SendResult> {
    this.#deps.limit(senderId);
    const input = this.#sendInput(senderId, chatId, body);
    const { states, directory } = this.#deps;
    const state = states.peek(chatId) ?? (await states.load(chatId));
    if (!state?.members.has(senderId)) {
      throw new ConfabError('not_found', 'There is no such chat');
    }
    refuseClosed(state);
    const sealed = sealedOf(state, input, body.envelope);
    if (sealed) input.sealed = sealed;
    const wanted = this.#mentions.of(state, senderId, body.content);
    input.wanted = wanted instanceof Promise ? await wanted : wanted;
    const sender = directory.peek(senderId) ?? (await directory.get(senderId));
    const apply = (sent: Sent | SentWithMedia) =>
      sent.duplicate
        ? { sent, message: undefined }
        : { sent, message: this.#published(state, input, sent, sender?.username ?? '', bySocket) };
    const { committer } = this.#deps;
    if (!body.media_ids?.length) return committer.submit(sendMessage, input, chatId, apply);
    const contentType = namedType(body) ?? null;
    const withMedia = { ...input, contentType, mediaIds: body.media_ids };
    return committer.submit(sendWithMedia, withMedia, chatId, apply);
  }

  /**
   * Refuses what `send` would refuse now, but does not send it.
   * @throws ConfabError as `send` does
   */
  async check(
    senderId: number,
    chatId: number,
    body: SendMessage,
  ): Promise<SendInput['contentType']> {
    const { replyToId } = this.#sendInput(senderId, chatId, body);
    const state = await this.#deps.states.forMember(chatId, senderId);
    refuseClosed(state);
    if (state.isEncrypted) throw onlyDevices('wait for their time');
    const apart = state.type === 'direct' ? await this.#deps.apartFrom(senderId) : undefined;
    const isBlocked = [...state.members.keys()].some((userId) => apart?.has(userId));
    if (isBlocked) throw new ConfabError('blocked', BLOCKED);
    if (replyToId !== null) await this.#seq(state, replyToId);
    return this.#checkedMedia(senderId, body);
  }

  /** @returns what kind of message it makes */
  async #checkedMedia(userId: number, body: SendMessage): Promise<SendInput['contentType']> {
    const ids = body.media_ids ?? [];
    const named = namedType(body);
    if (ids.length === 0) return named ?? 'text';
    const rows = await this.#deps.messages.mediaByIds(ids);
    mustBeFree(rows, ids, { userId, at: this.#deps.now() });
    return named ?? kindOf(rows.find((row) => row.id === ids[0])?.media_type);
  }

  #sendInput(senderId: number, chatId: number, body: SendMessage): SendInput {
    const contentType = namedType(body) ?? 'text';
    const hasFiles = (body.media_ids?.length ?? 0) > 0;
    if (!body.envelope) this.#checkContent(body.content, contentType, hasFiles);
    return {
      chatId,
      senderId,
      content: body.content,
      contentType,
      replyToId: body.reply_to_id ?? null,
      clientMessageId: body.client_message_id ?? null,
      wanted: null,
      at: this.#deps.now(),
    };
  }

  #checkContent(content: string, contentType: string, hasMedia: boolean) {
    const limit = this.#deps.maxMessageBytes;
    if (content.length > limit || Buffer.byteLength(content) > limit) {
      throw new ConfabError('too_large', `A message has at most ${limit} bytes of UTF-8`);
    }
    if (contentType === 'text' && !hasMedia && content.trim() === '') {
      throw new ConfabError('invalid', 'A text message must not be empty', {
        errors: [{ path: 'content', message: 'must not be empty' }],
      });
    }
  }

  #published(
    state: ChatState,
    input: SendInput,
    sent: Sent,
    username: string,
    bySocket: boolean,
  ): Message {
    const message = presentNew({ ...input, ...sent }, username, state.members.size === 1);
    const hadUnread = state.unread(input.senderId) > 0;
    const { connectionsOf, receipts } = this.#deps;
    this.#deps.bus.publish({
      kind: 'chat',
      chatId: sent.chatId,
      rev: sent.rev,
      frame: frame('new_message', { message }),
      change: {
        kind: 'message',
        messageId: sent.id,
        seq: sent.seq,
        senderId: input.senderId,
        at: sent.at,
        mentions: sent.mentions !== undefined,
        encrypted: state.isEncrypted,
      },
    });
    if (sent.expiresAt !== null) this.#deps.onExpiring(sent.expiresAt);
    // The device that sends knows that this marks the chat read; the others are told.
    const others = connectionsOf(input.senderId) - (bySocket ? 1 : 0);
    if (hadUnread && others > 0) receipts.tellUnread(state, [input.senderId]);
    return message;
  }

  /** A message by id as a member of its chat sees it. */
  async get(userId: number, messageId: number): Promise<Message> {
    const row = await this.#deps.messages.byId(messageId);
    if (!row) throw noSuchMessage();
    const state = await this.#stateOf(userId, row.chat_id);
    const [message] = await this.present([row], state);
    return message as Message;
  }

  /** Those of some messages that a user may see, by id. */
  async many(userId: number, messageIds: readonly number[]): Promise<Map<number, Message>> {
    const rows = await this.#deps.messages.byIds(messageIds);
    const found = new Map<number, Message>();
    for (const [chatId, own] of Map.groupBy(rows, (row) => row.chat_id)) {
      const state = await this.#deps.states.load(chatId);
      if (!state?.members.has(userId)) continue;
      for (const message of await this.present(own, state)) found.set(message.id, message);
    }
    return found;
  }

  async #stateOf(userId: number, chatId: number): Promise<ChatState> {
    const state = await this.#deps.states.load(chatId);
    if (!state?.members.has(userId)) throw noSuchMessage();
    return state;
  }

  edit(userId: number, messageId: number, { content, envelope }: EditMessage): Promise<Message> {
    this.#deps.limit(userId);
    return this.#change(userId, messageId, async (actor, state, row) => {
      const place = { chatId: state.id, senderId: userId, content, clientMessageId: null };
      const sealed = sealedOf(state, { ...place, edits: row.client_message_id }, envelope);
      if (sealed) {
        const input = { ...actor, content, sealed, wanted: null };
        return this.#commit(editMessage, input, state, 'message_updated');
      }
      this.#checkContent(content, row.content_type, row.has_media === 1);
      const wanted = await this.#mentions.of(state, userId, content);
      return this.#commit(editMessage, { ...actor, content, wanted }, state, 'message_updated');
    });
  }

  delete(userId: number, messageId: number): Promise<Message> {
    this.#deps.limitChange(userId);
    return this.#change(userId, messageId, async (actor, state) => {
      const tombstone = await this.#commit(deleteMessage, actor, state, 'message_deleted');
      this.#deps.onErased();
      return tombstone;
    });
  }

  react(userId: number, messageId: number, emoji: string, add: boolean): Promise<Message> {
    this.#deps.limit(userId);
    return this.#change(userId, messageId, async (actor, state) => {
      if (state.isEncrypted) throw onlyDevices('be reacted to in the open');
      return this.#commit(react, { ...actor, emoji, add }, state, 'message_updated');
    });
  }

  async #change(
    userId: number,
    messageId: number,
    run: (actor: MessageActor, state: ChatState, row: StoredMessage) => Promise<Message>,
  ): Promise<Message> {
    const row = await this.#deps.messages.byId(messageId);
    if (!row) throw noSuchMessage();
    const state = await this.#stateOf(userId, row.chat_id);
    await this.prepareView([row.sender_id]);
    const actor = { chatId: row.chat_id, messageId, actorId: userId, at: this.#deps.now() };
    return run(actor, state, row);
  }

  #commit<I extends MessageActor>(
    write: Write<I, ChangedMessage>,
    input: I,
    state: ChatState,
    event: 'message_updated' | 'message_deleted',
  ): Promise<Message> {
    const { committer, bus } = this.#deps;
    return committer.submit(write, input, input.chatId, (changed) => {
      const message = tellChange(bus, event, changed, state, this.viewOf(state));
      this.#tellRecounted(state, changed.recounted ?? []);
      return message;
    });
  }

  /** Whose mentions an edit or a deletion changed learn their count, if they are there. */
  #tellRecounted(state: ChatState, userIds: readonly number[]) {
    const present = userIds.filter((userId) => this.#deps.connectionsOf(userId) > 0);
    if (present.length > 0) this.#deps.receipts.tellUnread(state, present);
  }

  /** A page of a chat's history. What is on it counts as delivered to the reader. */
  async page(userId: number, chatId: number, query: MessagePageQuery): Promise<MessagePage> {
    this.#deps.limitRead(userId);
    const state = await this.#deps.states.forMember(chatId, userId);
    const rows = await this.#rows(state, query);
    const first = rows[0];
    const last = rows.at(-1);
    if (last) this.#deps.receipts.delivered(state, [userId], last.seq);
    // Places are dense, so what lies beyond the page needs no query.
    const older = first !== undefined && first.seq > 1;
    const newer = last !== undefined && last.seq < state.lastSeq;
    return {
      items: await this.present(rows, state),
      has_more: hasMore(query, older, newer),
      next_before: older ? (first.id as Message['id']) : null,
      next_after: newer ? (last.id as Message['id']) : null,
    };
  }

  async #rows(state: ChatState, query: MessagePageQuery): Promise<StoredMessage[]> {
    const { messages } = this.#deps;
    const { before, after, limit } = query;
    if (before) return known(await messages.beforeMessage(state.id, before, limit));
    if (after) return known(await messages.afterMessage(state.id, after, limit));
    if (query.around) return this.#around(state, await this.#seq(state, query.around), limit);
    if (query.at) return this.#around(state, await this.#since(state, query.at), limit);
    return messages.before(state.id, Number.MAX_SAFE_INTEGER, limit);
  }

  async #since({ id, lastSeq }: ChatState, at: string): Promise<number> {
    const seq = await this.#deps.messages.firstSince(id, lastSeq, Date.parse(at));
    return Math.min(seq, Math.max(lastSeq, 1));
  }

  /** As many older as newer ones; where one side has too few, the other fills the page. */
  async #around(state: ChatState, seq: number, limit: number): Promise<StoredMessage[]> {
    const half = Math.floor(limit / 2);
    const highest = Math.max(seq, Math.min(state.lastSeq, seq + limit - 1 - half));
    const lowest = Math.max(1, highest - limit + 1);
    return this.#deps.messages.after(state.id, lowest - 1, limit);
  }

  async #seq(state: ChatState, messageId: number): Promise<number> {
    const place = await this.#deps.messages.place(messageId);
    if (place?.chat_id !== state.id) throw noSuchMessage();
    return place.seq;
  }

  /** How a chat's messages are shown now; see `prepareView`. */
  viewOf(state: ChatState): View {
    const { now, visibility } = this.#deps;
    return {
      now: now(),
      letsBeRead: visibility.letsBeRead(state),
      letsBeDelivered: (senderId) => visibility.letsBeDelivered(state.members, senderId),
    };
  }

  /** Must have run before messages of these senders are shown by a view. */
  prepareView(senderIds: Iterable<number>): Promise<void> {
    return this.#deps.visibility.loadBlocks(senderIds);
  }

  async present(rows: readonly StoredMessage[], state: ChatState): Promise<Message[]> {
    const reactions = await this.#deps.messages.reactions(rows.map((row) => row.id));
    const media = await this.#deps.messages.media(rows);
    await this.prepareView(rows.map((row) => row.sender_id));
    return presentMessages(rows, state, { reactions, media }, this.viewOf(state));
  }

  /** The newest message of each chat, for lists of chats. */
  async latest(chats: readonly { id: number; last_seq: number }[]): Promise<Map<number, Message>> {
    const { visibility } = this.#deps;
    const chatIds = chats.filter((chat) => chat.last_seq > 0).map((chat) => chat.id);
    const rows = await this.#deps.messages.newest(chatIds);
    const reactions = await this.#deps.messages.reactions(rows.map((row) => row.id));
    const media = await this.#deps.messages.media(rows);
    const unloaded = chatIds.filter((id) => !this.#deps.states.peek(id));
    const floors = await this.#deps.messages.floors(unloaded);
    const now = this.#deps.now();
    const neverRead = await visibility.neverRead(unloaded);
    const neverDelivered = await visibility.neverDelivered(unloaded);
    await this.prepareView(rows.map((row) => row.sender_id));
    const alone: Floor = { delivered: Number.POSITIVE_INFINITY, read: Number.POSITIVE_INFINITY };
    return new Map(
      rows.map((row) => {
        const state = this.#deps.states.peek(row.chat_id);
        if (state) {
          const [message] = presentMessages([row], state, { reactions, media }, this.viewOf(state));
          return [row.chat_id, message as Message];
        }
        const floor = floors.get(row.chat_id) ?? alone;
        const lets = (never: ReadonlySet<number>) => !never.has(row.chat_id);
        const told = toldFloor(floor, lets(neverRead), lets(neverDelivered));
        const around = { now, reactions, media, floorWithout: () => told };
        return [row.chat_id, presentMessage(row, around)];
      }),
    );
  }
}

const namedType = (body: SendMessage) => body.message_type ?? body.content_type;

function refuseClosed(state: ChatState): void {
  if (state.closed) throw new ConfabError('chat_closed', 'The other account no longer exists.');
}

/** Whether there is more in the direction that was asked for. */
function hasMore({ after, around, at }: MessagePageQuery, older: boolean, newer: boolean) {
  if (after) return newer;
  return around || at ? older || newer : older;
}

function known(rows: StoredMessage[] | undefined): StoredMessage[] {
  if (!rows) throw noSuchMessage();
  return rows;
}
