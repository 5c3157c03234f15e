import { type Kysely, type Selectable, sql } from 'kysely';
import type { Schema } from '../../storage/schema';

export type MessageRow = Selectable<Schema['messages']>;

/** A message with the names and the quote that are shown with it. */
export interface StoredMessage extends MessageRow {
  sender_username: string;
  quote_id: number | null;
  quote_sender_id: number | null;
  quote_sender_username: string | null;
  quote_content: string | null;
  quote_content_type: MessageRow['content_type'] | null;
  quote_is_deleted: number | null;
}

export interface ReactionRow {
  message_id: number;
  emoji: string;
  user_id: number;
}

/** The query that every read of messages begins with; writes use it within their transaction. */
export function storedMessages(db: Kysely<Schema>) {
  return db
    .selectFrom('messages as m')
    .innerJoin('users as u', 'u.id', 'm.sender_id')
    .leftJoin('messages as q', 'q.id', 'm.reply_to_id')
    .leftJoin('users as qu', 'qu.id', 'q.sender_id')
    .selectAll('m')
    .select([
      'u.username as sender_username',
      'q.id as quote_id',
      'q.sender_id as quote_sender_id',
      'qu.username as quote_sender_username',
      'q.content_type as quote_content_type',
      'q.is_deleted as quote_is_deleted',
    ])
    .select(() => sql<string | null>`substr(q.content, 1, 200)`.as('quote_content'));
}

export function reactionsOf(
  db: Kysely<Schema>,
  messageIds: readonly number[],
): Promise<ReactionRow[]> {
  if (messageIds.length === 0) return Promise.resolve([]);
  return db
    .selectFrom('reactions')
    .select(['message_id', 'emoji', 'user_id'])
    .where('message_id', 'in', messageIds)
    .orderBy('created_at')
    .orderBy('user_id')
    .execute();
}

export interface Floor {
  delivered: number;
  read: number;
}

export class MessageRepository {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  byId(id: number): Promise<StoredMessage | undefined> {
    return storedMessages(this.#db).where('m.id', '=', id).executeTakeFirst();
  }

  /** Where a message stands. */
  place(id: number): Promise<{ chat_id: number; seq: number } | undefined> {
    return this.#db
      .selectFrom('messages')
      .select(['chat_id', 'seq'])
      .where('id', '=', id)
      .executeTakeFirst();
  }

  /** At most `limit` messages with lower places than `seq`, ascending. */
  async before(chatId: number, seq: number, limit: number): Promise<StoredMessage[]> {
    const rows = await storedMessages(this.#db)
      .where('m.chat_id', '=', chatId)
      .where('m.seq', '<', seq)
      .orderBy('m.seq', 'desc')
      .limit(limit)
      .execute();
    return rows.reverse();
  }

  /** At most `limit` messages with higher places than `seq`, ascending. */
  after(chatId: number, seq: number, limit: number): Promise<StoredMessage[]> {
    return storedMessages(this.#db)
      .where('m.chat_id', '=', chatId)
      .where('m.seq', '>', seq)
      .orderBy('m.seq')
      .limit(limit)
      .execute();
  }

  /** Messages that are new or changed after a revision, in the order of their places. */
  changedSince(chatId: number, rev: number): Promise<StoredMessage[]> {
    return storedMessages(this.#db)
      .where('m.chat_id', '=', chatId)
      .where('m.rev', '>', rev)
      .orderBy('m.seq')
      .execute();
  }

  reactions(messageIds: readonly number[]): Promise<ReactionRow[]> {
    return reactionsOf(this.#db, messageIds);
  }

  /** The newest message of each chat. */
  newest(chatIds: readonly number[]): Promise<StoredMessage[]> {
    if (chatIds.length === 0) return Promise.resolve([]);
    return storedMessages(this.#db)
      .innerJoin('chats as c', (join) =>
        join.onRef('c.id', '=', 'm.chat_id').onRef('c.last_seq', '=', 'm.seq'),
      )
      .where('c.id', 'in', chatIds)
      .execute();
  }

  /** For each chat, how far everybody but its last message's sender has come. */
  async floors(chatIds: readonly number[]): Promise<Map<number, Floor>> {
    if (chatIds.length === 0) return new Map();
    const rows = await this.#db
      .selectFrom('chats as c')
      .innerJoin('messages as m', (join) =>
        join.onRef('m.chat_id', '=', 'c.id').onRef('m.seq', '=', 'c.last_seq'),
      )
      .innerJoin('chat_members as o', (join) =>
        join.onRef('o.chat_id', '=', 'c.id').onRef('o.user_id', '<>', 'm.sender_id'),
      )
      .where('c.id', 'in', chatIds)
      .where('o.left_at', 'is', null)
      .groupBy('c.id')
      .select((eb) => [
        'c.id',
        eb.fn.min('o.last_delivered_seq').as('delivered'),
        eb.fn.min('o.last_read_seq').as('read'),
      ])
      .execute();
    return new Map(
      rows.map((row) => [row.id, { delivered: Number(row.delivered), read: Number(row.read) }]),
    );
  }

  /** Ids of the messages at these places. */
  async idsAt(chatId: number, seqs: readonly number[]): Promise<Map<number, number>> {
    if (seqs.length === 0) return new Map();
    const rows = await this.#db
      .selectFrom('messages')
      .select(['seq', 'id'])
      .where('chat_id', '=', chatId)
      .where('seq', 'in', seqs)
      .execute();
    return new Map(rows.map((row) => [row.seq, row.id]));
  }

  /** Who sent messages in a range of places; of a long range, its newest part. */
  async sendersBetween(chatId: number, after: number, upTo: number): Promise<number[]> {
    const rows = await this.#db
      .selectFrom('messages')
      .select('sender_id')
      .distinct()
      .where('chat_id', '=', chatId)
      .where('seq', '>', Math.max(after, upTo - 1000))
      .where('seq', '<=', upTo)
      .execute();
    return rows.map((row) => row.sender_id);
  }
}
