import { type Kysely, sql } from 'kysely';
import { among, prepared } from '../../storage/prepared';
import type { Schema } from '../../storage/schema';
import { livingMessages, standing, storedNotifications, withWhatTheyShow } from './standing';

type Db = Kysely<Schema>;

interface StepParams extends Record<string, number> {
  userId: number;
  before: number;
  limit: number;
  now: number;
}

/** The next notifications of a user, the newest first, whether there is anything to show or not. */
const nextOf = (db: Db, { userId, before, limit }: StepParams) =>
  storedNotifications(db)
    .where('user_id', '=', userId)
    .where('id', '<', before)
    .orderBy('id', 'desc')
    .limit(limit);

/** By an index that holds nothing else. */
const nextUnreadOf = (db: Db, params: StepParams) =>
  nextOf(db, params).where('is_read', '=', sql.lit(0));

/** What notifications show. */
function shown(db: Db, stored: ReturnType<typeof storedNotifications>, now: number) {
  return withWhatTheyShow(db, stored, now)
    .leftJoin('chats as c', 'c.id', 'n.chat_id')
    .leftJoin('users as u', (join) =>
      join.on(
        'u.id',
        '=',
        sql<number>`case when n.type = 'message' then t.sender_id else n.actor_id end`,
      ),
    )
    .select([
      'n.id',
      'n.seq',
      'n.user_id',
      'n.type',
      'n.chat_id',
      'u.id as actor_id',
      'n.created_at',
      'n.updated_at',
      'c.name as chat_name',
      'c.chat_type',
      'c.is_encrypted',
      'u.shown_name as actor_username',
      't.content_type',
      't.has_media',
    ])
    .select((eb) => eb.fn.coalesce('t.id', 'n.message_id').as('message_id'))
    .select(sql<string | null>`substr(t.content, 1, 200)`.as('content'))
    .select(standing.as('standing'));
}

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
    byIds: prepared(db, (read, p: { ids: readonly number[]; now: number }) =>
      shown(read, storedNotifications(read).where(among(read, 'id', p.ids)), p.now),
    ),

    page: prepared(db, (read, p: StepParams) =>
      shown(read, nextOf(read, p), p.now)
        .select(livingMessages(p.now).as('messages'))
        .orderBy('n.id', 'desc'),
    ),

    unreadPage: prepared(db, (read, p: StepParams) =>
      shown(read, nextUnreadOf(read, p), p.now)
        .select(livingMessages(p.now).as('messages'))
        .orderBy('n.id', 'desc'),
    ),

    unreadStandings: prepared(db, (read, p: StepParams) =>
      withWhatTheyShow(read, nextUnreadOf(read, p), p.now)
        .select(['n.id', 'n.seq', standing.as('standing')])
        .orderBy('n.id', 'desc'),
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
          .select([
            'id',
            'seq',
            'sender_id',
            'content_type',
            'is_deleted',
            'mentions',
            'created_at',
          ])
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
