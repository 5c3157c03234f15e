import { type Kysely, type Selectable, sql } from 'kysely';
import type { Schema } from '../../storage/schema';
import { mediaOfMessages } from '../messages';
import type { ShownFile } from './file-words';
import { notificationQueries } from './queries';
import { NO_QUIET_HOURS, type QuietHours } from './quiet-hours';
import type { FollowedMessage } from './recipients';
import type { Standing } from './standing';
import type { Cursor } from './writes';

type NotificationRow = Selectable<Schema['notifications']>;

/** A notification with what its words are made of. */
export interface ShownRow
  extends Pick<
    NotificationRow,
    'id' | 'user_id' | 'type' | 'chat_id' | 'message_id' | 'actor_id' | 'created_at' | 'updated_at'
  > {
  standing: Standing;
  chat_name: string | null;
  chat_type: 'direct' | 'group';
  is_encrypted: number;
  actor_username: string;
  content: string | null;
  content_type: Selectable<Schema['messages']>['content_type'] | null;
  /** Those of the message that it shows. */
  files: readonly ShownFile[];
}

type FoundRow<T extends ShownRow = ShownRow> = Omit<T, 'files'> & { has_media: number | null };

/** How a notification stands, and the last place for which it does. */
export type StandingRow = Pick<NotificationRow, 'id' | 'seq'> & { standing: Standing };

/** One of a list, with the number of messages that it stands for. */
export type ListedRow = ShownRow & StandingRow & Pick<NotificationRow, 'messages'>;

export type UntoldRow = Pick<NotificationRow, 'id' | 'user_id' | 'type' | 'actor_id' | 'messages'>;

export interface MentionRow {
  id: number;
  message_id: number;
  chat_id: number;
  user_id: number;
  created_at: number;
}

const needsFiles = (row: FoundRow) =>
  row.type === 'message' && row.has_media === 1 && !row.content && row.is_encrypted === 0;

/** A place in a list whose newest come first. */
const START = Number.MAX_SAFE_INTEGER;

/** Whether there is nothing to show of it, for now or for good. */
export const isOver = ({ standing }: { standing: Standing }) =>
  standing === 'gone' || standing === 'hidden';

export class NotificationRepository {
  readonly #db: Kysely<Schema>;
  readonly #now: () => number;
  readonly #queries: ReturnType<typeof notificationQueries>;
  readonly #mediaOf: ReturnType<typeof mediaOfMessages>;

  constructor(db: Kysely<Schema>, now: () => number) {
    this.#db = db;
    this.#now = now;
    this.#queries = notificationQueries(db);
    this.#mediaOf = mediaOfMessages(db);
  }

  /** Those that say something still. */
  async byIds(ids: readonly number[]): Promise<ShownRow[]> {
    const rows = await this.#queries.byIds({ ids, now: this.#now() });
    const standing = rows as (FoundRow & Pick<StandingRow, 'standing'>)[];
    return this.#withFiles(standing.filter((row) => !isOver(row)));
  }

  /** With what is said of a message that has no words of its own. */
  async #withFiles<T extends ShownRow>(rows: readonly FoundRow<T>[]): Promise<T[]> {
    const ids = rows.flatMap((row) => (needsFiles(row) ? (row.message_id ?? []) : []));
    const media = ids.length === 0 ? [] : await this.#mediaOf({ messageIds: [...new Set(ids)] });
    const byMessage = Map.groupBy(media, (row) => row.message_id);
    return rows.map(
      (row) => ({ ...row, files: byMessage.get(row.message_id) ?? [] }) as unknown as T,
    );
  }

  /** The next of a user's notifications, newest first, those that are over included. */
  async next(userId: number, unreadOnly: boolean, before = START, limit = 1): Promise<ListedRow[]> {
    const query = unreadOnly ? this.#queries.unreadPage : this.#queries.page;
    const rows = await query({ userId, before, limit, now: this.#now() });
    return this.#withFiles(rows as unknown as FoundRow<ListedRow>[]);
  }

  /** How the next of those stand that were not marked read by themselves. */
  standings(userId: number, before = START, limit = 1): Promise<StandingRow[]> {
    return this.#queries.unreadStandings({ userId, before, limit, now: this.#now() });
  }

  /** Unread ones, newest first. */
  mentions(userId: number, before = START, limit = 1): Promise<MentionRow[]> {
    return this.#queries.mentions({ userId, before, limit });
  }

  async mentionCount(userId: number): Promise<number> {
    return Number((await this.#queries.mentionCount({ userId }))[0]?.count ?? 0);
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
