import { ConfabError } from '@confab/protocol/failure';
import { type RawBuilder, type Selectable, sql } from 'kysely';
import { eraseOwn } from '../../storage/erase-own';
import { rowsAs } from '../../storage/rows';
import type { Schema } from '../../storage/schema';
import { type AnyWrite, defineWrite, type WriteContext } from '../../storage/write';
import { settingWrites } from './setting-writes';
import { tidyNotifications } from './tidy-writes';

/** While a notification of a chat is unread and younger than this, it stands for further messages. */
export const GATHER_MS = 60_000;

/** And while its messages lie within so many places: what it stands for is looked through to show it. */
export const GATHER_PLACES = 100;

/** How far a chat's members were notified; see the table. */
export interface Cursor {
  seq: number;
  upto: number;
  after_user: number;
}

export interface NewsRow extends Record<string, number> {
  user_id: number;
  message_id: number;
  seq: number;
  /** The place of the first message that it stands for; `seq` is that of the last. */
  first_seq: number;
  actor_id: number;
  /** How many messages it stands for. */
  messages: number;
  told: number;
}

export interface MessageNews {
  chatId: number;
  from: Cursor;
  to: Cursor;
  rows: NewsRow[];
  /** Who sent these messages, and so has read what was before them. */
  senders: number[];
  at: number;
}

/** What became of it. */
export interface Notified {
  stored: Stored[];
  /** Senders who have thereby seen a group to which they had been added. */
  arrived: number[];
}

/** A notification as it stands now. */
export interface Stored {
  id: number;
  user_id: number;
  messages: number;
}

const NEWS = {
  user_id: 'bigint',
  message_id: 'bigint',
  seq: 'bigint',
  first_seq: 'bigint',
  actor_id: 'bigint',
  messages: 'bigint',
  told: 'bigint',
} as const;

/**
 * Notifies some members of messages, and moves the cursor: both or neither, so that it happens
 * once, whatever breaks in between and whoever else is at it. Refuses when the cursor was moved.
 */
export const notifyMessages = defineWrite<MessageNews, Notified>(
  'notifications.messages',
  async (context, input) => {
    await moveCursor(context, input);
    const arrived = await settleSenders(context, input);
    if (input.rows.length === 0) return { stored: [], arrived };
    const rows = rowsAs('v', context.dialect, NEWS, input.rows);
    const grown = await addToUnread(context, input, rows);
    return { stored: [...grown, ...(await insertNews(context, input, rows))], arrived };
  },
);

async function moveCursor({ db }: WriteContext, { chatId, from, to }: MessageNews): Promise<void> {
  const moved = await db
    .insertInto('notification_cursors')
    .values({ chat_id: chatId, ...to })
    .onConflict((conflict) =>
      conflict
        .column('chat_id')
        .doUpdateSet(to)
        .where('notification_cursors.seq', '=', from.seq)
        .where('notification_cursors.upto', '=', from.upto)
        .where('notification_cursors.after_user', '=', from.after_user),
    )
    .returning('chat_id')
    .executeTakeFirst();
  if (!moved) throw new ConfabError('conflict', 'Somebody else has notified of this already');
}

/**
 * Sending reads a chat; see the same for other reads in the messages feature.
 * @returns those of whom an invitation was read with it
 */
async function settleSenders({ db, dialect }: WriteContext, { chatId, senders }: MessageNews) {
  const v = rowsAs(
    'v',
    dialect,
    { user_id: 'bigint' },
    senders.map((user_id) => ({ user_id })),
  );
  const { rows } = await sql<Pick<Selectable<Schema['notifications']>, 'user_id' | 'type'>>`
    update notifications set is_read = 1
    where chat_id = ${chatId} and user_id in (select v.user_id from ${v}) and is_read = 0
      and seq <= (select m.last_read_seq from chat_members m
        where m.chat_id = ${chatId} and m.user_id = notifications.user_id)
    returning user_id, type`.execute(db);
  return rows.filter(({ type }) => type === 'group_invite').map(({ user_id }) => user_id);
}

/** The unread notification of this chat that still gathers, as a condition on \`n\` beside \`m\`. */
const gathers = (chatId: number, at: number): RawBuilder<unknown> => sql`
  n.user_id = v.user_id and n.chat_id = ${chatId} and n.type = 'message' and n.is_read = 0
  and n.created_at > ${at - GATHER_MS} and n.seq > m.last_read_seq
  and v.seq < n.first_seq + ${sql.lit(GATHER_PLACES)}`;

/** Looked up first, as the planner of SQLite would go through all notifications for an update. */
async function addToUnread(
  { db, dialect }: WriteContext,
  { chatId, at }: MessageNews,
  rows: RawBuilder<unknown>,
): Promise<Stored[]> {
  const { rows: gathering } = await sql<NewsRow & { id: number }>`
    select n.id, v.user_id, v.message_id, v.seq, v.first_seq, v.actor_id, v.messages,
      v.told
    from ${rows} cross join chat_members m cross join notifications n
    where m.chat_id = ${chatId} and m.user_id = v.user_id and m.left_at is null
      and ${gathers(chatId, at)}`.execute(db);
  if (gathering.length === 0) return [];
  const { rows: updated } = await sql<Stored>`
    update notifications set message_id = g.message_id, seq = g.seq, actor_id = g.actor_id,
      messages = notifications.messages + g.messages, told = g.told, updated_at = ${at}
    from ${rowsAs('g', dialect, { id: 'bigint', ...NEWS }, gathering)}
    where notifications.id = g.id
    returning notifications.id, notifications.user_id, notifications.messages`.execute(db);
  return updated;
}

/** Only for those who are members still and have not read it meanwhile. */
async function insertNews(
  { db }: WriteContext,
  { chatId, at }: MessageNews,
  rows: RawBuilder<unknown>,
): Promise<Stored[]> {
  const { rows: inserted } = await sql<Stored>`
    insert into notifications (user_id, type, chat_id, message_id, seq, first_seq, actor_id, messages,
      told, created_at, updated_at)
    select v.user_id, 'message', m.chat_id, v.message_id, v.seq, v.first_seq, v.actor_id,
      v.messages, v.told, cast(${at} as bigint), cast(${at} as bigint)
    from ${rows} cross join chat_members m
    where m.chat_id = ${chatId} and m.user_id = v.user_id and m.left_at is null
      and m.last_read_seq < v.seq
      and not exists (select 1 from notifications n where ${gathers(chatId, at)})
    returning id, user_id, messages`.execute(db);
  return inserted;
}

export interface MentionNews {
  chatId: number;
  rows: { mention_id: number; store: number; told: number; actor_id: number }[];
  at: number;
}

const MENTION = {
  mention_id: 'bigint',
  store: 'bigint',
  told: 'bigint',
  actor_id: 'bigint',
} as const;

/** Notifies of mentions that nobody was notified of yet: each is marked as it is done. */
export const notifyMentions = defineWrite<MentionNews, Stored[]>(
  'notifications.mentions',
  async ({ db, dialect }, { chatId, rows, at }) => {
    const v = rowsAs('v', dialect, MENTION, rows);
    const { rows: inserted } = await sql<Stored>`
      insert into notifications (user_id, type, chat_id, message_id, seq, actor_id, is_read, told,
        created_at, updated_at)
      select x.user_id, 'mention', x.chat_id, x.message_id, x.seq, v.actor_id,
        case when x.seq <= m.last_read_seq then 1 else x.is_read end,
        case when x.seq <= m.last_read_seq or x.is_read = 1 then 1 else v.told end,
        cast(${at} as bigint), cast(${at} as bigint)
      from ${v} cross join mentions x cross join chat_members m
      where v.store = 1 and x.id = v.mention_id and x.notified = 0 and m.chat_id = ${chatId}
        and m.user_id = x.user_id and m.left_at is null
      returning id, user_id, messages`.execute(db);
    await sql`
      update mentions set notified = 1
      where id in (select v.mention_id from ${v})`.execute(db);
    return inserted;
  },
);

/** Notifications that were told as they stood: one that grew meanwhile is to be told again. */
export const markTold = defineWrite<{ rows: { id: number; messages: number }[] }, null>(
  'notifications.told',
  async ({ db, dialect }, { rows }) => {
    const v = rowsAs('v', dialect, { id: 'bigint', messages: 'bigint' }, rows);
    await sql`
      update notifications set told = 1
      where id in (select t.id from ${v} cross join notifications t
        where t.id = v.id and t.messages = v.messages)`.execute(db);
    return null;
  },
);

/** Nobody wants to hear today what they should have heard yesterday. */
export const dropUntold = defineWrite<{ before: number }, null>(
  'notifications.drop_untold',
  async ({ db }, { before }) => {
    await db
      .updateTable('notifications')
      .set({ told: 1 })
      .where('told', '=', sql.lit(0))
      .where('updated_at', '<', before)
      .execute();
    return null;
  },
);

/** Of the oldest ones, those made before a moment: ids grow with time. @returns how many they were */
export const dropOld = defineWrite<{ before: number; limit: number }, number>(
  'notifications.drop_old',
  async ({ db }, { before, limit }) => {
    const oldest = await db
      .selectFrom('notifications')
      .select(['id', 'created_at'])
      .orderBy('id')
      .limit(limit)
      .execute();
    const ids = oldest.filter((row) => row.created_at < before).map((row) => row.id);
    if (ids.length > 0) await db.deleteFrom('notifications').where('id', 'in', ids).execute();
    return ids.length;
  },
);

/** For messages that nobody need hear of, as they were not said but filled in. */
export const passOver = defineWrite<Record<string, never>, null>(
  'notifications.pass_over',
  async ({ db }) => {
    await sql`
      insert into notification_cursors (chat_id, seq, upto, after_user)
      select id, last_seq, last_seq, 0 from chats where last_seq > 0
      on conflict (chat_id) do update set seq = excluded.seq, upto = excluded.upto`.execute(db);
    return null;
  },
);

/** What is kept here of somebody whose account is erased. */
export const eraseNotices = eraseOwn('notifications.erase_own', [
  'notifications.user_id',
  'mentions.user_id',
  'notification_settings.user_id',
]);

export const notificationWrites = [
  eraseNotices,
  passOver,
  notifyMessages,
  notifyMentions,
  markTold,
  dropUntold,
  dropOld,
  tidyNotifications,
  ...settingWrites,
] as unknown as AnyWrite[];
