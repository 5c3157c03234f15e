import { type Kysely, type Selectable, sql } from 'kysely';
import type { Schema } from '../../storage/schema';
import { notificationQueries } from './queries';
import { NO_QUIET_HOURS, type QuietHours } from './quiet-hours';
import type { FollowedMessage } from './recipients';
import type { Cursor } from './writes';

type NotificationRow = Selectable<Schema['notifications']>;

/** A notification with what its words are made of. */
export interface ShownRow
  extends Pick<
    NotificationRow,
    | 'id'
    | 'user_id'
    | 'type'
    | 'chat_id'
    | 'message_id'
    | 'actor_id'
    | 'messages'
    | 'is_read'
    | 'created_at'
    | 'updated_at'
  > {
  chat_name: string | null;
  chat_type: 'direct' | 'group';
  is_encrypted: number;
  actor_username: string;
  content: string | null;
  content_type: Selectable<Schema['messages']>['content_type'] | null;
  is_deleted: number | null;
  mentions: string | null;
}

export type UntoldRow = Pick<NotificationRow, 'id' | 'user_id' | 'type' | 'actor_id' | 'messages'>;

export interface MentionRow {
  id: number;
  message_id: number;
  chat_id: number;
  user_id: number;
  created_at: number;
}

/** A place in a list whose newest come first. */
const START = Number.MAX_SAFE_INTEGER;

export class NotificationRepository {
  readonly #db: Kysely<Schema>;
  readonly #queries: ReturnType<typeof notificationQueries>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
    this.#queries = notificationQueries(db);
  }

  byIds(ids: readonly number[]): Promise<ShownRow[]> {
    return this.#queries.byIds({ ids }) as Promise<ShownRow[]>;
  }

  /** Newest first. */
  page(userId: number, unreadOnly: boolean, before = START, limit = 1): Promise<ShownRow[]> {
    const query = unreadOnly ? this.#queries.unreadPage : this.#queries.page;
    return query({ userId, before, limit }) as Promise<ShownRow[]>;
  }

  /** Unread ones, newest first. */
  mentions(userId: number, before = START, limit = 1): Promise<MentionRow[]> {
    return this.#queries.mentions({ userId, before, limit });
  }

  async mentionCount(userId: number): Promise<number> {
    return Number((await this.#queries.mentionCount({ userId }))[0]?.count ?? 0);
  }

  /** How many unread notifications each of these users has; who has none is absent. */
  async unreadCounts(userIds: readonly number[]): Promise<Map<number, number>> {
    if (userIds.length === 0) return new Map();
    const rows = await this.#queries.unreadCounts({ userIds });
    return new Map(rows.map((row) => [row.user_id, Number(row.count)]));
  }

  async cursor(chatId: number): Promise<Cursor> {
    return (await this.#queries.cursor({ chatId }))[0] ?? { seq: 0, upto: 0, after_user: 0 };
  }

  /** In order. */
  messages(chatId: number, after: number, upTo: number, limit: number): Promise<FollowedMessage[]> {
    return this.#queries.messages({ chatId, after, upTo, limit });
  }

  /** Which of these messages mention which of these users, as `message:user`. */
  async mentionedAmong(
    messageIds: readonly number[],
    userIds: readonly number[],
  ): Promise<Set<string>> {
    if (messageIds.length === 0 || userIds.length === 0) return new Set();
    const rows = await this.#queries.mentionedAmong({ messageIds, userIds });
    return new Set(rows.map((row) => `${row.message_id}:${row.user_id}`));
  }

  unnotified(chatId: number, limit: number) {
    return this.#queries.unnotified({ chatId, limit });
  }

  /** What nobody was told of in a chat, though it was made or grew since a moment; in order. */
  untold(chatId: number, since: number, after: number, limit: number): Promise<UntoldRow[]> {
    return this.#queries.untold({ chatId, since, after, limit });
  }

  /** Quiet hours of these users; who never set any is absent. */
  async settings(userIds: readonly number[]): Promise<Map<number, QuietHours>> {
    if (userIds.length === 0) return new Map();
    const rows = await this.#queries.settings({ userIds });
    return new Map(rows.map(({ user_id, ...hours }) => [user_id, hours]));
  }

  async quietHours(userId: number): Promise<QuietHours> {
    return (await this.settings([userId])).get(userId) ?? NO_QUIET_HOURS;
  }

  /** Chats with something of which people were not notified, or not told, yet. */
  async lagging(limit: number): Promise<number[]> {
    const messages = await this.#db
      .selectFrom('chats as c')
      .leftJoin('notification_cursors as n', 'n.chat_id', 'c.id')
      .select('c.id')
      .where('c.is_active', '=', 1)
      .where((eb) => eb('c.last_seq', '>', eb.fn.coalesce('n.seq', eb.lit(0))))
      .limit(limit)
      .execute();
    const mentions = await this.#db
      .selectFrom('mentions')
      .select('chat_id')
      .distinct()
      .where('notified', '=', sql.lit(0))
      .limit(limit)
      .execute();
    const untold = await this.#db
      .selectFrom('notifications')
      .select('chat_id')
      .distinct()
      .where('told', '=', sql.lit(0))
      .limit(limit)
      .execute();
    const others = [...mentions, ...untold].map((row) => row.chat_id);
    return [...new Set([...messages.map((row) => row.id), ...others])];
  }
}
