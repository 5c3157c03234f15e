import {
  type AddMember,
  type Chat,
  type ChatDetails,
  type ChatMember,
  type ChatSettings,
  ConfabError,
  type CreateDirect,
  type CreateGroup,
  type CursorPage,
  LIMITS,
  type Message,
  type Role,
  type UpdateChat,
  type UpdateMember,
} from '@confab/protocol';
import { decodeCursor, encodeCursor } from '../../lib/cursor';
import { frame } from '../../lib/frame';
import type { Bus } from '../../realtime/bus';
import type { Committer } from '../../storage/committer';
import type { Write } from '../../storage/write';
import type { Visibility } from '../privacy';
import type { UserDirectory } from '../users';
import type { ChatAnnouncer } from './announcer';
import {
  type Actor,
  addMember,
  deleteChat,
  type NewSettings,
  removeMember,
  type UpdateChatFields,
  updateChat,
  updateMember,
} from './change-writes';
import type { ChatChanges } from './changes';
import { createDirect, createGroup } from './create-writes';
import type { ChatEraser } from './eraser';
import { wantedMute } from './mute';
import { presentChat, presentMembers } from './present';
import type { ChatOfUser, ChatRepository, MemberWithMarks } from './repository';
import { mostMembers } from './state';
import type { ChatStates } from './states';

/** The newest message of each chat, as the messages feature shows it. */
export type LatestMessages = (
  chats: readonly { id: number; last_seq: number }[],
) => Promise<ReadonlyMap<number, Message>>;

export interface ChatDeps {
  chats: ChatRepository;
  states: ChatStates;
  directory: UserDirectory;
  visibility: Visibility;
  committer: Committer;
  bus: Bus;
  announcer: ChatAnnouncer;
  eraser: ChatEraser;
  latest: LatestMessages;
  now: () => number;
  maxGroupMembers: number;
  /** Counts a change that a user makes. @throws ConfabError `rate_limited` */
  limit: (userId: number, cost?: number) => void;
  /** Counts a heavy read of a user. @throws ConfabError `rate_limited` */
  limitRead: (userId: number) => void;
  /** Whether anybody would hear what is told to a user. */
  isConnected: (userId: number) => boolean;
  onError: (error: unknown) => void;
}

/** Members of a new group that count as one more change. */
const MEMBERS_PER_CHANGE = 200;

type PageQuery = { limit: number; cursor?: string | undefined };

/** Chats and who is in them. */
export class ChatService {
  readonly #deps: ChatDeps;

  constructor(deps: ChatDeps) {
    this.#deps = deps;
  }

  async list(userId: number, query: PageQuery): Promise<CursorPage<Chat>> {
    this.#deps.limitRead(userId);
    const after =
      query.cursor === undefined ? undefined : decodeCursor(query.cursor, 'number', 'number');
    const rows = await this.#deps.chats.pageOfUser(userId, after, query.limit + 1);
    const page = rows.slice(0, query.limit);
    const last = page.at(-1);
    return {
      items: await this.present(userId, page),
      next_cursor:
        rows.length > query.limit && last ? encodeCursor(last.last_activity_at, last.id) : null,
    };
  }

  /**
   * Rows as the member sees them, with last message and peer.
   * @param known last messages that need not be read
   */
  async present(
    userId: number,
    rows: readonly ChatOfUser[],
    known: ReadonlyMap<number, Message> = new Map(),
  ): Promise<Chat[]> {
    const latest = await this.#deps.latest(rows.filter((row) => !known.has(row.id)));
    const peerIds = rows.flatMap((row) => (row.peer_id === null ? [] : [row.peer_id]));
    const peers = await this.#deps.directory.many(peerIds);
    const sees = await this.#deps.visibility.presence(userId, peerIds);
    const now = this.#deps.now();
    return rows.map((row) => {
      const peer = row.peer_id === null ? undefined : peers.get(row.peer_id);
      const summary = peer ? this.#deps.directory.summary(peer, sees) : null;
      return presentChat(row, known.get(row.id) ?? latest.get(row.id) ?? null, summary, now);
    });
  }

  async one(userId: number, chatId: number): Promise<Chat> {
    const row = await this.#deps.chats.oneOfUser(userId, chatId);
    const [chat] = row ? await this.present(userId, [row]) : [];
    if (!chat) throw new ConfabError('not_found', 'There is no such chat');
    return chat;
  }

  async details(userId: number, chatId: number): Promise<ChatDetails> {
    this.#deps.limitRead(userId);
    const chat = await this.one(userId, chatId);
    const rows = await this.#deps.chats.members(chatId, 0, LIMITS.detailMembers);
    return { ...chat, members: await this.presentMembers(userId, rows) };
  }

  /** Members as one of them sees the others. */
  async presentMembers(viewerId: number, rows: readonly MemberWithMarks[]): Promise<ChatMember[]> {
    const { directory, visibility } = this.#deps;
    const ids = rows.map((row) => row.user_id);
    const cards = await directory.many(ids);
    const reads = await visibility.reads(viewerId, ids);
    const presence = await visibility.presence(viewerId, ids);
    const deliveries = await visibility.deliveries(viewerId);
    const sight = { viewerId, presence, reads, deliveries, now: this.#deps.now() };
    return presentMembers(rows, cards, directory, sight);
  }

  async members(userId: number, chatId: number, query: PageQuery): Promise<CursorPage<ChatMember>> {
    this.#deps.limitRead(userId);
    await this.#deps.states.forMember(chatId, userId);
    const after = query.cursor === undefined ? 0 : decodeCursor(query.cursor, 'number')[0];
    const rows = await this.#deps.chats.members(chatId, after, query.limit + 1);
    const page = rows.slice(0, query.limit);
    const last = page.at(-1);
    return {
      items: await this.presentMembers(userId, page),
      next_cursor: rows.length > query.limit && last ? encodeCursor(last.id) : null,
    };
  }

  async openDirect(userId: number, body: CreateDirect): Promise<{ chat: Chat; created: boolean }> {
    this.#deps.limit(userId);
    const isEncrypted = body.is_encrypted === true;
    const input = { userId, peerId: body.user_id, isEncrypted, at: this.#deps.now() };
    const { chatId, created } = await this.#deps.committer.submit(createDirect, input, 0);
    if (created) this.#welcome(chatId, [userId, body.user_id]);
    return { chat: await this.one(userId, chatId), created };
  }

  async createGroup(userId: number, body: CreateGroup): Promise<Chat> {
    const memberIds = [...new Set<number>(body.member_ids)].filter((id) => id !== userId);
    const isEncrypted = body.is_encrypted === true;
    mustFit(memberIds.length + 1, mostMembers(this.#deps.maxGroupMembers, isEncrypted));
    this.#deps.limit(userId, 1 + memberIds.length / MEMBERS_PER_CHANGE);
    const group = {
      ownerId: userId,
      memberIds,
      name: body.name,
      description: body.description ?? null,
      avatarUrl: body.avatar_url ?? null,
      isEncrypted,
      at: this.#deps.now(),
    };
    const chatId = await this.#deps.committer.submit(createGroup, group, 0);
    this.#welcome(chatId, [userId, ...memberIds]);
    return this.one(userId, chatId);
  }

  /** A new chat for these users: their sockets hear it from now on. */
  #welcome(chatId: number, userIds: readonly number[]): void {
    for (const userId of new Set(userIds)) {
      this.#deps.bus.publish({ kind: 'membership', userId, chatId, rev: 1, joined: true });
    }
    this.#tellAllCreated([...new Set(userIds)], chatId).catch(this.#deps.onError);
  }

  async #tellAllCreated(userIds: readonly number[], chatId: number): Promise<void> {
    for (const userId of userIds) await this.tellCreated(userId, chatId);
  }

  /** Shows a chat to the connections of somebody who is new in it. */
  async tellCreated(userId: number, chatId: number): Promise<void> {
    if (!this.#deps.isConnected(userId)) return;
    const row = await this.#deps.chats.oneOfUser(userId, chatId);
    const [chat] = row ? await this.present(userId, [row]) : [];
    // They may have been removed while it was read.
    const state = this.#deps.states.peek(chatId);
    if (!chat || (state && !state.members.has(userId))) return;
    this.#deps.bus.publish({ kind: 'user', userId, frame: frame('chat_created', { chat }) });
  }

  async update(userId: number, chatId: number, body: UpdateChat): Promise<Chat> {
    const fields: UpdateChatFields = {};
    if (body.name !== undefined) fields.name = body.name;
    if (body.description !== undefined) fields.description = body.description;
    if (body.avatar_url !== undefined) fields.avatar_url = body.avatar_url;
    if (body.disappear_after_s !== undefined) fields.disappear_after_s = body.disappear_after_s;
    await this.#change(updateChat, { ...this.#actor(userId, chatId), fields });
    return this.one(userId, chatId);
  }

  async addMember(actorId: number, chatId: number, body: AddMember): Promise<ChatMember> {
    const { maxGroupMembers } = this.#deps;
    const state = await this.#deps.states.load(chatId);
    await this.#change(addMember, {
      ...this.#actor(actorId, chatId),
      userId: body.user_id,
      role: body.role ?? 'member',
      maxMembers: mostMembers(maxGroupMembers, state?.isEncrypted),
    });
    await this.tellCreated(body.user_id, chatId);
    return this.#member(actorId, chatId, body.user_id);
  }

  async updateMember(
    actorId: number,
    chatId: number,
    userId: number,
    body: UpdateMember & ChatSettings,
  ): Promise<ChatMember> {
    const change: NewSettings & { role?: Role } = {};
    const mute = wantedMute(body, this.#deps.now());
    if (mute !== undefined) change.mute = mute;
    if (body.role !== undefined) change.role = body.role;
    if (body.nickname !== undefined) change.nickname = body.nickname;
    if (body.notification_level !== undefined) change.level = body.notification_level;
    await this.#change(updateMember, { ...this.#actor(actorId, chatId), userId, ...change });
    return this.#member(actorId, chatId, userId);
  }

  async removeMember(actorId: number, chatId: number, userId: number): Promise<void> {
    const { chat } = await this.#change(removeMember, { ...this.#actor(actorId, chatId), userId });
    if (chat.is_active === 0) this.#deps.eraser.erase(chatId);
  }

  async delete(actorId: number, chatId: number): Promise<void> {
    await this.#deps.committer.submit(
      deleteChat,
      this.#actor(actorId, chatId),
      chatId,
      ({ rev, memberIds }) => this.#deps.announcer.deleted(chatId, rev, memberIds),
    );
    this.#deps.eraser.erase(chatId);
  }

  async #change<I extends Actor>(write: Write<I, ChatChanges>, input: I): Promise<ChatChanges> {
    this.#deps.limit(input.actorId);
    const state = await this.#deps.states.load(input.chatId);
    return this.#deps.committer.submit(write, input, input.chatId, (changes) => {
      this.#deps.announcer.announce(changes, state);
      return changes;
    });
  }

  #actor(actorId: number, chatId: number): Actor {
    return { actorId, chatId, at: this.#deps.now() };
  }

  async #member(viewerId: number, chatId: number, userId: number): Promise<ChatMember> {
    const row = await this.#deps.chats.member(chatId, userId);
    const [member] = row ? await this.presentMembers(viewerId, [row]) : [];
    if (!member) throw new ConfabError('not_a_member', 'This user is not a member of the chat');
    return member;
  }
}

function mustFit(members: number, max: number): void {
  if (members > max) throw new ConfabError('group_full', `A group has at most ${max} members`);
}
