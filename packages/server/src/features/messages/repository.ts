import type { Kysely, Selectable } from 'kysely';
import type { Schema } from '../../storage/schema';
import type { Floor } from '../chats';
import type { MediaRow } from './media-rows';
import { messageQueries } from './queries';

export type MessageRow = Selectable<Schema['messages']>;

/** A message with the names and the quote that are shown with it. */
export interface StoredMessage extends Omit<MessageRow, 'sent_rev'> {
  sender_username: string;
  quote_id: number | null;
  quote_sender_id: number | null;
  quote_sender_username: string | null;
  quote_content: string | null;
  quote_content_type: MessageRow['content_type'] | null;
  quote_is_deleted: number | null;
  quote_expires_at: number | null;
}

export interface ReactionRow {
  message_id: number;
  emoji: string;
  user_id: number;
}

export class MessageRepository {
  readonly #queries: ReturnType<typeof messageQueries>;

  constructor(db: Kysely<Schema>) {
    this.#queries = messageQueries(db);
  }

  async byId(id: number): Promise<StoredMessage | undefined> {
    return (await this.#queries.byId({ id }))[0];
  }

  byIds(ids: readonly number[]): Promise<StoredMessage[]> {
    return ids.length === 0 ? Promise.resolve([]) : this.#queries.byIds({ ids });
  }

  /** Where a message stands, and whose it is. */
  async place(
    id: number,
  ): Promise<{ chat_id: number; seq: number; sender_id: number } | undefined> {
    return (await this.#queries.place({ id }))[0];
  }

  /** At most `limit` messages with lower places than `seq`, ascending. */
  async before(chatId: number, seq: number, limit: number): Promise<StoredMessage[]> {
    return (await this.#queries.before({ chatId, seq, limit })).reverse();
  }

  /** At most `limit` messages with higher places than `seq`, ascending. */
  after(chatId: number, seq: number, limit: number): Promise<StoredMessage[]> {
    return this.#queries.after({ chatId, seq, limit });
  }

  /** As `before`, but of another message; undefined when the chat has no such message. */
  async beforeMessage(
    chatId: number,
    messageId: number,
    limit: number,
  ): Promise<StoredMessage[] | undefined> {
    const rows = await this.#queries.beforeMessage({ chatId, messageId, limit });
    return rows.length > 0 || (await this.#has(chatId, messageId)) ? rows.reverse() : undefined;
  }

  /** As `after`, but of another message; undefined when the chat has no such message. */
  async afterMessage(
    chatId: number,
    messageId: number,
    limit: number,
  ): Promise<StoredMessage[] | undefined> {
    const rows = await this.#queries.afterMessage({ chatId, messageId, limit });
    return rows.length > 0 || (await this.#has(chatId, messageId)) ? rows : undefined;
  }

  /**
   * The place of the first message sent at a time or later, past `lastSeq` when there is none. Places
   * are dense and times grow with them, so a few looks find it among any number.
   * @param at milliseconds since 1970
   */
  async firstSince(chatId: number, lastSeq: number, at: number): Promise<number> {
    let [low, high] = [1, lastSeq + 1];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const sentAt = (await this.#queries.sentAt({ chatId, seq: middle }))[0]?.created_at;
      if (Number(sentAt ?? 0) < at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  async #has(chatId: number, messageId: number): Promise<boolean> {
    return (await this.place(messageId))?.chat_id === chatId;
  }

  /**
   * Messages that are new or changed after a revision, in the order of their places.
   * @param now where the chat is: it has no more new messages than it made revisions since
   */
  async changedSince(
    chatId: number,
    rev: number,
    now: { rev: number; last_seq: number },
  ): Promise<StoredMessage[]> {
    const seq = now.last_seq - (now.rev - rev);
    const [changed, sent] = await Promise.all([
      this.#queries.changedSince({ chatId, rev }),
      this.#queries.sentSince({ chatId, rev, seq }),
    ]);
    // SQLite's own sorting would double what the queries take.
    return [...changed, ...sent].sort((a, b) => a.seq - b.seq);
  }

  reactions(messageIds: readonly number[]): Promise<ReactionRow[]> {
    return messageIds.length === 0 ? Promise.resolve([]) : this.#queries.reactions({ messageIds });
  }

  /** The files of those messages that have some: most pages have none, and need no query. */
  async media(rows: readonly { id: number; has_media: number }[]): Promise<MediaRow[]> {
    const messageIds = rows.filter((row) => row.has_media === 1).map((row) => row.id);
    return messageIds.length === 0 ? [] : this.#queries.media({ messageIds });
  }

  /** Those of some files that there are. */
  mediaByIds(ids: readonly number[]): Promise<MediaRow[]> {
    return this.#queries.mediaById({ ids });
  }

  /** Pinned messages, the newest pin first, that were pinned before another one. */
  pins(
    chatId: number,
    before: readonly [pinnedAt: number, id: number] | undefined,
    now: number,
    limit: number,
  ): Promise<StoredMessage[]> {
    const [pinnedAt, id] = before ?? [Number.MAX_SAFE_INTEGER, 0];
    return this.#queries.pins({ chatId, now, pinnedAt, id, limit });
  }

  /** The newest message of each chat. */
  newest(chatIds: readonly number[]): Promise<StoredMessage[]> {
    return chatIds.length === 0 ? Promise.resolve([]) : this.#queries.newest({ chatIds });
  }

  /** For each chat, how far everybody but its last message's sender has come. */
  async floors(chatIds: readonly number[]): Promise<Map<number, Floor>> {
    if (chatIds.length === 0) return new Map();
    const rows = await this.#queries.floors({ chatIds });
    return new Map(
      rows.map((row) => [row.id, { delivered: Number(row.delivered), read: Number(row.read) }]),
    );
  }

  /** Ids of the messages at these places. */
  async idsAt(chatId: number, seqs: readonly number[]): Promise<Map<number, number>> {
    if (seqs.length === 0) return new Map();
    const rows = await this.#queries.idsAt({ chatId, seqs });
    return new Map(rows.map((row) => [row.seq, row.id]));
  }

  /** How many unread mentions each of these members has in a chat; who has none is absent. */
  async mentionCounts(chatId: number, userIds: readonly number[]): Promise<Map<number, number>> {
    const rows = await this.#queries.mentionCounts({ chatId, userIds });
    return new Map(rows.map((row) => [row.user_id, Number(row.count)]));
  }

  /** Who sent messages in a range of places; of a long range, its newest part. */
  async sendersBetween(chatId: number, after: number, upTo: number): Promise<number[]> {
    const range = { chatId, after: Math.max(after, upTo - 1000), upTo };
    const rows = await this.#queries.sendersBetween(range);
    return rows.map((row) => row.sender_id);
  }
}
