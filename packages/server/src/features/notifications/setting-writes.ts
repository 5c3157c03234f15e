import { ConfabError } from '@confab/protocol/failure';
import { sql } from 'kysely';
import { mustBeActive } from '../../storage/active-account';
import { defineWrite } from '../../storage/write';
import { faultOf, type HoursFault, NO_QUIET_HOURS, type QuietHours } from './quiet-hours';

interface Own {
  userId: number;
  id: number;
}

/** Of a chat that one is not in any more there is nothing to be known. */
const isMember = (table: 'notifications' | 'mentions') => sql<boolean>`exists (
  select 1 from chat_members m where m.chat_id = ${sql.ref(`${table}.chat_id`)}
    and m.user_id = ${sql.ref(`${table}.user_id`)} and m.left_at is null)`;

/** @returns the chat in which a mention was read with it, if one was */
export const readNotification = defineWrite<Own, { mentionIn: number | null }>(
  'notifications.read',
  async ({ db }, { userId, id }) => {
    const row = await db
      .updateTable('notifications')
      .set({ is_read: 1 })
      .where('id', '=', id)
      .where('user_id', '=', userId)
      .where(isMember('notifications'))
      .returning(['type', 'chat_id', 'message_id'])
      .executeTakeFirst();
    if (!row) throw new ConfabError('not_found', 'There is no such notification');
    if (row.type !== 'mention' || row.message_id === null) return { mentionIn: null };
    await db
      .updateTable('mentions')
      .set({ is_read: 1 })
      .where('message_id', '=', row.message_id)
      .where('user_id', '=', userId)
      .execute();
    return { mentionIn: row.chat_id };
  },
);

export const readMention = defineWrite<Own, { chatId: number }>(
  'notifications.read_mention',
  async ({ db }, { userId, id }) => {
    const mention = await db
      .updateTable('mentions')
      .set({ is_read: 1 })
      .where('id', '=', id)
      .where('user_id', '=', userId)
      .where(isMember('mentions'))
      .returning(['chat_id', 'seq'])
      .executeTakeFirst();
    if (!mention) throw new ConfabError('not_found', 'There is no such mention');
    await db
      .updateTable('notifications')
      .set({ is_read: 1 })
      .where('user_id', '=', userId)
      .where('chat_id', '=', mention.chat_id)
      .where('seq', '=', mention.seq)
      .where('type', '=', 'mention')
      .execute();
    return { chatId: mention.chat_id };
  },
);

/** @returns the chats in which mentions were read */
export const readAll = defineWrite<{ userId: number }, { chatIds: number[] }>(
  'notifications.read_all',
  async ({ db }, { userId }) => {
    await db
      .updateTable('notifications')
      .set({ is_read: 1 })
      .where('user_id', '=', userId)
      .where('is_read', '=', sql.lit(0))
      .execute();
    const mentions = await db
      .updateTable('mentions')
      .set({ is_read: 1 })
      .where('user_id', '=', userId)
      .where('is_read', '=', 0)
      .returning('chat_id')
      .execute();
    return { chatIds: [...new Set(mentions.map((row) => row.chat_id))] };
  },
);

/** @returns the hours as they are now, or why nothing was changed */
export const changeQuietHours = defineWrite<
  { userId: number; changes: Partial<QuietHours> },
  QuietHours | HoursFault
>('notifications.change_quiet_hours', async (context, { userId, changes }) => {
  const { db, dialect } = context;
  await mustBeActive(context, userId);
  const row = await db
    .selectFrom('notification_settings')
    .select(['quiet_from', 'quiet_to', 'time_zone'])
    .where('user_id', '=', userId)
    .$if(dialect === 'postgres', (query) => query.forUpdate())
    .executeTakeFirst();
  const hours = { ...(row ?? NO_QUIET_HOURS), ...changes };
  const fault = faultOf(hours, changes);
  if (fault) return fault;
  await db
    .insertInto('notification_settings')
    .values({ user_id: userId, ...hours })
    .onConflict((conflict) => conflict.column('user_id').doUpdateSet(hours))
    .execute();
  return hours;
});

export const settingWrites = [readNotification, readMention, readAll, changeQuietHours];
