import { type Kysely, sql } from 'kysely';
import type { MemberState } from '../../realtime/bus';
import type { Schema } from '../../storage/schema';
import { type ChatRow, type MemberRow, memberState } from './records';

/** A chat with what one of its members has in it. */
export interface ChatOfUser extends ChatRow {
  role: MemberRow['role'];
  nickname: string | null;
  is_muted: number;
  last_read_seq: number;
  last_read_message_id: number | null;
  peer_id: number | null;
}

export interface MemberWithMarks extends MemberRow {
  last_read_message_id: number | null;
  last_delivered_message_id: number | null;
}

export class ChatRepository {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async state(chatId: number): Promise<{ chat: ChatRow; members: MemberState[] } | undefined> {
    const chat = await this.#db
      .selectFrom('chats')
      .selectAll()
      .where('id', '=', chatId)
      .where('is_active', '=', 1)
      .executeTakeFirst();
    if (!chat) return undefined;
    const members = await this.#db
      .selectFrom('chat_members')
      .selectAll()
      .where('chat_id', '=', chatId)
      .where('left_at', 'is', null)
      .execute();
    return { chat, members: members.map(memberState) };
  }

  /** Every chat of a user with its revision: what `ready` tells. */
  async revisions(userId: number): Promise<{ chatId: number; rev: number }[]> {
    const rows = await this.#db
      .selectFrom('chat_members as m')
      .innerJoin('chats as c', 'c.id', 'm.chat_id')
      .select(['c.id', 'c.rev'])
      .where('m.user_id', '=', userId)
      .where('m.left_at', 'is', null)
      .where('c.is_active', '=', 1)
      .execute();
    return rows.map((row) => ({ chatId: row.id, rev: row.rev }));
  }

  #ofUser(userId: number) {
    return this.#db
      .selectFrom('chat_members as m')
      .innerJoin('chats as c', 'c.id', 'm.chat_id')
      .leftJoin('messages as read', (join) =>
        join.onRef('read.chat_id', '=', 'c.id').onRef('read.seq', '=', 'm.last_read_seq'),
      )
      .selectAll('c')
      .select(['m.role', 'm.nickname', 'm.is_muted', 'm.last_read_seq'])
      .select('read.id as last_read_message_id')
      .select((eb) =>
        eb
          .case()
          .when('c.chat_type', '=', 'direct')
          .then(
            sql<number | null>`coalesce((select p.user_id from chat_members p
              where p.chat_id = c.id and p.user_id <> ${userId}), ${userId})`,
          )
          .end()
          .as('peer_id'),
      )
      .where('m.user_id', '=', userId)
      .where('m.left_at', 'is', null)
      .where('c.is_active', '=', 1);
  }

  oneOfUser(userId: number, chatId: number): Promise<ChatOfUser | undefined> {
    return this.#ofUser(userId).where('c.id', '=', chatId).executeTakeFirst();
  }

  someOfUser(userId: number, chatIds: readonly number[]): Promise<ChatOfUser[]> {
    if (chatIds.length === 0) return Promise.resolve([]);
    return this.#ofUser(userId).where('c.id', 'in', chatIds).execute();
  }

  /** By last activity, newest first. */
  pageOfUser(
    userId: number,
    after: readonly [activityAt: number, chatId: number] | undefined,
    limit: number,
  ): Promise<ChatOfUser[]> {
    return this.#ofUser(userId)
      .$if(after !== undefined, (query) =>
        query.where(({ eb, refTuple, tuple }) =>
          eb(
            refTuple('c.last_activity_at', 'c.id'),
            '<',
            tuple(...(after as readonly [number, number])),
          ),
        ),
      )
      .orderBy('c.last_activity_at', 'desc')
      .orderBy('c.id', 'desc')
      .limit(limit)
      .execute();
  }

  #members(chatId: number) {
    return this.#db
      .selectFrom('chat_members as m')
      .leftJoin('messages as read', (join) =>
        join.onRef('read.chat_id', '=', 'm.chat_id').onRef('read.seq', '=', 'm.last_read_seq'),
      )
      .leftJoin('messages as got', (join) =>
        join.onRef('got.chat_id', '=', 'm.chat_id').onRef('got.seq', '=', 'm.last_delivered_seq'),
      )
      .selectAll('m')
      .select(['read.id as last_read_message_id', 'got.id as last_delivered_message_id'])
      .where('m.chat_id', '=', chatId);
  }

  /** In the order in which they joined first. */
  members(chatId: number, afterId: number, limit: number): Promise<MemberWithMarks[]> {
    return this.#members(chatId)
      .where('m.left_at', 'is', null)
      .where('m.id', '>', afterId)
      .orderBy('m.id')
      .limit(limit)
      .execute();
  }

  member(chatId: number, userId: number): Promise<MemberWithMarks | undefined> {
    return this.#members(chatId)
      .where('m.left_at', 'is', null)
      .where('m.user_id', '=', userId)
      .executeTakeFirst();
  }

  /** Memberships that changed after a revision, those that ended included. */
  membersSince(chatId: number, rev: number): Promise<MemberWithMarks[]> {
    return this.#members(chatId).where('m.rev', '>', rev).orderBy('m.id').execute();
  }

  /** Users who share a direct chat or a group of at most `smallGroup` members with someone. */
  async acquaintances(userId: number, smallGroup: number): Promise<number[]> {
    const rows = await this.#db
      .selectFrom('chat_members as mine')
      .innerJoin('chats as c', 'c.id', 'mine.chat_id')
      .innerJoin('chat_members as theirs', 'theirs.chat_id', 'mine.chat_id')
      .select('theirs.user_id')
      .distinct()
      .where('mine.user_id', '=', userId)
      .where('mine.left_at', 'is', null)
      .where('c.member_count', '<=', smallGroup)
      .where('c.is_active', '=', 1)
      .where('theirs.left_at', 'is', null)
      .where('theirs.user_id', '<>', userId)
      .execute();
    return rows.map((row) => row.user_id);
  }

  /** Deleted chats whose messages are still to be erased. */
  async unerased(): Promise<number[]> {
    const rows = await this.#db
      .selectFrom('chats')
      .select('id')
      .where('is_active', '=', 0)
      .where((eb) =>
        eb.exists(eb.selectFrom('messages').select('id').whereRef('chat_id', '=', 'chats.id')),
      )
      .execute();
    return rows.map((row) => row.id);
  }
}
