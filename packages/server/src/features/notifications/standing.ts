import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Schema } from '../../storage/schema';

const lives = (message: string, now: number) => sql<boolean>`
  (${sql.ref(`${message}.is_deleted`)} = 0 and
    (${sql.ref(`${message}.expires_at`)} is null or ${sql.ref(`${message}.expires_at`)} > ${now}))`;

/** Of a message that mentions its user, be it since an edit, the mention tells by itself. */
const isPlain = (message: string) => sql<boolean>`
  (${sql.ref(`${message}.mentions`)} is null or not exists (
    select 1 from mentions y
    where y.message_id = ${sql.ref(`${message}.id`)} and y.user_id = n.user_id))`;

/** The living messages `x` of those that `n` stands for and its user could be told of. */
const living = (now: number): RawBuilder<unknown> => sql`
  messages x
  where x.chat_id = n.chat_id and x.seq >= n.first_seq and x.seq <= n.seq and ${lives('x', now)}
    and x.sender_id <> n.user_id and x.content_type <> 'system' and ${isPlain('x')}
    and not exists (
      select 1 from blocks b where b.blocker_id = n.user_id and b.blocked_id = x.sender_id)
    and not exists (
      select 1 from blocks b where b.blocker_id = x.sender_id and b.blocked_id = n.user_id)`;

/** What `n` shows: the message it names, or, where that is not its to show, the newest that is. */
const shownMessage = (now: number) => sql<number | null>`
  case when n.type <> 'message' or (${lives('p', now)} and ${isPlain('p')}) then p.id
    else (select x.id from ${living(now)} order by x.seq desc limit 1) end`;

/** How many messages `n` stands for, those that are gone left out. */
export const livingMessages = (now: number) => sql<number>`
  case when n.type <> 'message' or n.messages = 1 or t.id is null then 1 else (
    select case when count(*) = 0 then 1 when count(*) < n.messages then cast(count(*) as integer)
      else n.messages end
    from ${living(now)}) end`;

/** What lies before one's watermark is read, whatever its row says. */
export const isUnread = sql<boolean>`
  n.is_read = 0 and (n.seq is null or n.seq > m.last_read_seq)
    and (n.type <> 'message' or t.seq > m.last_read_seq)`;

/**
 * How a notification stands: `gone` when all its messages are, `hidden` of a chat in which one is
 * not any more or while a mention stands in its place, which an edit can withdraw, `passed` when it
 * is read though its row does not say so.
 */
export type Standing = 'unread' | 'read' | 'passed' | 'gone' | 'hidden';

export const standing = sql<Standing>`
  case when n.type = 'message' and t.id is null
      then case when ${isPlain('p')} then 'gone' else 'hidden' end
    when m.id is null then 'hidden'
    when ${isUnread} then 'unread' when n.is_read = 1 then 'read' else 'passed' end`;

const COLUMNS = [
  'id',
  'user_id',
  'type',
  'chat_id',
  'message_id',
  'seq',
  'first_seq',
  'actor_id',
  'messages',
  'is_read',
  'created_at',
  'updated_at',
] as const;

export const storedNotifications = (db: Kysely<Schema>) =>
  db.selectFrom('notifications').select(COLUMNS);

type Stored = ReturnType<typeof storedNotifications>;

/**
 * Notifications `n`, each with its user as a present member `m`, if they are one, and the message
 * `t` that it shows, if there is one left.
 */
export function withWhatTheyShow(db: Kysely<Schema>, stored: Stored, now: number) {
  return db
    .selectFrom(stored.as('n'))
    .leftJoin('chat_members as m', (join) =>
      join
        .onRef('m.chat_id', '=', 'n.chat_id')
        .onRef('m.user_id', '=', 'n.user_id')
        .on('m.left_at', 'is', null),
    )
    .leftJoin('messages as p', 'p.id', 'n.message_id')
    .leftJoin('messages as t', (join) => join.on('t.id', '=', shownMessage(now)));
}
