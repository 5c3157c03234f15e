import type { Kysely } from 'kysely';
import type { Schema } from '../../storage/schema';

export interface PendingErasure {
  userId: number;
  /** The name that they had. */
  username: string;
}

export class ErasureRepository {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  /** Erasures that are not finished: all, or a user's. */
  async pending(userId?: number): Promise<PendingErasure[]> {
    const rows = await this.#db
      .selectFrom('erasures')
      .select(['user_id', 'username'])
      .$if(userId !== undefined, (query) => query.where('user_id', '=', userId as number))
      .orderBy('requested_at')
      .execute();
    return rows.map((row) => ({ userId: row.user_id, username: row.username }));
  }
}

/** A membership as its owner's export tells it. */
export interface MembershipRow {
  chat_id: number;
  chat_type: 'direct' | 'group';
  name: string | null;
  role: 'member' | 'admin' | 'owner';
  nickname: string | null;
  is_muted: number;
  muted_until: number | null;
  joined_at: number;
  left_at: number | null;
  last_seq: number;
  last_read_seq: number;
  read_at: number | null;
  last_delivered_seq: number;
  delivered_at: number | null;
}

export interface OwnReactionRow {
  message_id: number;
  emoji: string;
  created_at: number;
}

export interface OwnMessageRow {
  id: number;
  seq: number;
  content: string;
  content_type: string;
  reply_to_id: number | null;
  is_deleted: number;
  created_at: number;
  edited_at: number | null;
}

/** What a user's export is made of and no other feature reads, in pages. */
export class ExportRepository {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  memberships(userId: number, afterChatId: number, limit: number): Promise<MembershipRow[]> {
    return this.#db
      .selectFrom('chat_members as m')
      .innerJoin('chats as c', 'c.id', 'm.chat_id')
      .select(['m.chat_id', 'c.chat_type', 'c.name', 'm.role', 'm.nickname'])
      .select([
        'm.is_muted',
        'm.muted_until',
        'm.joined_at',
        'm.left_at',
        'c.last_seq',
        'm.last_read_seq',
        'm.read_at',
      ])
      .select(['m.last_delivered_seq', 'm.delivered_at'])
      .where('m.user_id', '=', userId)
      .where('m.chat_id', '>', afterChatId)
      .orderBy('m.chat_id')
      .limit(limit)
      .execute();
  }

  reactions(
    userId: number,
    after: { messageId: number; emoji: string },
    limit: number,
  ): Promise<OwnReactionRow[]> {
    return this.#db
      .selectFrom('reactions')
      .select(['message_id', 'emoji', 'created_at'])
      .where('user_id', '=', userId)
      .where((eb) =>
        eb.or([
          eb('message_id', '>', after.messageId),
          eb.and([eb('message_id', '=', after.messageId), eb('emoji', '>', after.emoji)]),
        ]),
      )
      .orderBy('message_id')
      .orderBy('emoji')
      .limit(limit)
      .execute();
  }

  /** What a user sent in a stretch of a chat's places. */
  ownMessages(
    chatId: number,
    userId: number,
    afterSeq: number,
    stretch: number,
  ): Promise<OwnMessageRow[]> {
    return this.#db
      .selectFrom('messages')
      .select(['id', 'seq', 'content', 'content_type', 'reply_to_id', 'is_deleted'])
      .select(['created_at', 'edited_at'])
      .where('chat_id', '=', chatId)
      .where('seq', '>', afterSeq)
      .where('seq', '<=', afterSeq + stretch)
      .where('sender_id', '=', userId)
      .where('content_type', '<>', 'system')
      .orderBy('seq')
      .execute();
  }
}
