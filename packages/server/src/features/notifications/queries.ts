import { type Kysely, sql } from 'kysely';
import { among, prepared } from '../../storage/prepared';
import type { Schema } from '../../storage/schema';

type Db = Kysely<Schema>;

/**
 * Notifications with what they refer to, of chats in which one still is. What lies before one's
 * watermark is read, whatever its row says.
 */
export function shownNotifications(db: Db) {
  return db
    .selectFrom('notifications as n')
    .innerJoin('chat_members as m', (join) =>
      join.onRef('m.chat_id', '=', 'n.chat_id').onRef('m.user_id', '=', 'n.user_id'),
    )
    .innerJoin('chats as c', 'c.id', 'n.chat_id')
    .innerJoin('users as u', 'u.id', 'n.actor_id')
    .leftJoin('messages as t', 't.id', 'n.message_id')
    .select([
      'n.id',
      'n.user_id',
      'n.type',
      'n.chat_id',
      'n.message_id',
      'n.actor_id',
      'n.messages',
      'n.created_at',
      'n.updated_at',
      'c.name as chat_name',
      'c.chat_type',
      'c.is_encrypted',
      'u.shown_name as actor_username',
      't.content_type',
      't.is_deleted',
      't.mentions',
    ])
    .select(() => sql<string | null>`substr(t.content, 1, 200)`.as('content'))
    .select((eb) =>
      eb
        .case()
        .when('n.seq', '<=', eb.ref('m.last_read_seq'))
        .then(1)
        .else(eb.ref('n.is_read'))
        .end()
        .as('is_read'),
    )
    .where('m.left_at', 'is', null);
}

const isUnread = sql<boolean>`n.is_read = 0 and (n.seq is null or n.seq > m.last_read_seq)`;

/** A user's unread mentions in the chats in which they still are: those past their watermarks. */
function unreadMentions(db: Db, userId: number) {
  return db
    .selectFrom('chat_members as m')
    .innerJoin('mentions as x', (join) =>
      join
        .onRef('x.user_id', '=', 'm.user_id')
        .onRef('x.chat_id', '=', 'm.chat_id')
        .onRef('x.seq', '>', 'm.last_read_seq'),
    )
    .where('m.user_id', '=', userId)
    .where('m.left_at', 'is', null)
    .where('x.is_read', '=', 0);
}

/** Flags are spelled out: an index of rows with a flag serves no query that has it as a parameter. */
export function notificationQueries(db: Db) {
  return {
    byIds: prepared(db, (read, p: { ids: readonly number[] }) =>
      shownNotifications(read).where(among(read, 'n.id', p.ids)),
    ),

    page: prepared(db, (read, p: { userId: number; before: number; limit: number }) =>
      shownNotifications(read)
        .where('n.user_id', '=', p.userId)
        .where('n.id', '<', p.before)
        .orderBy('n.id', 'desc')
        .limit(p.limit),
    ),

    unreadPage: prepared(db, (read, p: { userId: number; before: number; limit: number }) =>
      shownNotifications(read)
        .where('n.user_id', '=', p.userId)
        .where('n.id', '<', p.before)
        .where(isUnread)
        .orderBy('n.id', 'desc')
        .limit(p.limit),
    ),

    mentions: prepared(db, (read, p: { userId: number; before: number; limit: number }) =>
      unreadMentions(read, p.userId)
        .select(['x.id', 'x.message_id', 'x.chat_id', 'x.user_id', 'x.created_at'])
        .where('x.id', '<', p.before)
        .orderBy('x.id', 'desc')
        .limit(p.limit),
    ),

    mentionCount: prepared(db, (read, p: { userId: number }) =>
      unreadMentions(read, p.userId).select((eb) => eb.fn.countAll<number>().as('count')),
    ),

    unreadCounts: prepared(db, (read, p: { userIds: readonly number[] }) =>
      read
        .selectFrom('notifications as n')
        .innerJoin('chat_members as m', (join) =>
          join.onRef('m.chat_id', '=', 'n.chat_id').onRef('m.user_id', '=', 'n.user_id'),
        )
        .where(among(read, 'n.user_id', p.userIds))
        .where('m.left_at', 'is', null)
        .where(isUnread)
        .groupBy('n.user_id')
        .select((eb) => ['n.user_id', eb.fn.countAll<number>().as('count')]),
    ),

    cursor: prepared(db, (read, p: { chatId: number }) =>
      read
        .selectFrom('notification_cursors')
        .select(['seq', 'upto', 'after_user'])
        .where('chat_id', '=', p.chatId),
    ),

    messages: prepared(
      db,
      (read, p: { chatId: number; after: number; upTo: number; limit: number }) =>
        read
          .selectFrom('messages')
          .select(['id', 'seq', 'sender_id', 'content_type', 'is_deleted', 'mentions'])
          .where('chat_id', '=', p.chatId)
          .where('seq', '>', p.after)
          .where('seq', '<=', p.upTo)
          .orderBy('seq')
          .limit(p.limit),
    ),

    mentionedAmong: prepared(
      db,
      (read, p: { messageIds: readonly number[]; userIds: readonly number[] }) =>
        read
          .selectFrom('mentions')
          .select(['message_id', 'user_id'])
          .where(among(read, 'message_id', p.messageIds))
          .where(among(read, 'user_id', p.userIds)),
    ),

    unnotified: prepared(db, (read, p: { chatId: number; limit: number }) =>
      read
        .selectFrom('mentions as x')
        .innerJoin('messages as t', 't.id', 'x.message_id')
        .select(['x.id', 'x.user_id', 't.sender_id'])
        .where('x.chat_id', '=', p.chatId)
        .where('x.notified', '=', sql.lit(0))
        .orderBy('x.id')
        .limit(p.limit),
    ),

    untold: prepared(
      db,
      (read, p: { chatId: number; since: number; after: number; limit: number }) =>
        read
          .selectFrom('notifications')
          .select(['id', 'user_id', 'type', 'actor_id', 'messages'])
          .where('chat_id', '=', p.chatId)
          .where('told', '=', sql.lit(0))
          .where('id', '>', p.after)
          .where('updated_at', '>=', p.since)
          .orderBy('id')
          .limit(p.limit),
    ),

    settings: prepared(db, (read, p: { userIds: readonly number[] }) =>
      read
        .selectFrom('notification_settings')
        .select(['user_id', 'quiet_from', 'quiet_to', 'time_zone'])
        .where(among(read, 'user_id', p.userIds)),
    ),
  };
}
