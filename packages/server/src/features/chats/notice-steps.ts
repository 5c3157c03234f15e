import { sql } from 'kysely';
import { rowsAs } from '../../storage/rows';
import { defineWrite, type WriteContext } from '../../storage/write';

/** Steps of this feature's writes that concern what members are notified of. */

export interface Invitation {
  chatId: number;
  actorId: number;
  /** The last place of the chat, which counts as read for those who join. */
  lastSeq: number;
  at: number;
  /** Members who are told nothing. */
  silent?: readonly number[];
}

/**
 * Lets members know that they were added; their devices are told after the commit. It has the place
 * of the first message after that: who has read, or sent, so far has seen it.
 */
export async function inviteMembers(
  { db, dialect }: WriteContext,
  userIds: readonly number[],
  { chatId, actorId, lastSeq, at, silent = [] }: Invitation,
): Promise<void> {
  const excluded = new Set([actorId, ...silent]);
  const rows = userIds.filter((userId) => !excluded.has(userId)).map((user_id) => ({ user_id }));
  if (rows.length === 0) return;
  await sql`
    insert into notifications (user_id, type, chat_id, seq, actor_id, created_at, updated_at)
    select v.user_id, 'group_invite', cast(${chatId} as bigint), cast(${lastSeq + 1} as bigint),
      cast(${actorId} as bigint), cast(${at} as bigint), cast(${at} as bigint)
    from ${rowsAs('v', dialect, { user_id: 'bigint' }, rows)}`.execute(db);
}

export interface InvitationPlace extends Record<string, number> {
  chatId: number;
  userId: number;
  seq: number;
}

/** @returns whether there was an unread one */
export const readInvitation = defineWrite<InvitationPlace, boolean>(
  'chats.read_invitation',
  async ({ db }, { chatId, userId, seq }) => {
    const read = await db
      .updateTable('notifications')
      .set({ is_read: 1 })
      .where('user_id', '=', userId)
      .where('chat_id', '=', chatId)
      .where('seq', '=', seq)
      .where('type', '=', 'group_invite')
      .where('is_read', '=', 0)
      .returning('id')
      .execute();
    return read.length > 0;
  },
);

/** Who is no longer in a chat keeps nothing that points into it. */
export async function dropNotices(
  { db }: WriteContext,
  chatId: number,
  userId: number,
): Promise<void> {
  for (const table of ['mentions', 'notifications'] as const) {
    await db
      .deleteFrom(table)
      .where('user_id', '=', userId)
      .where('chat_id', '=', chatId)
      .execute();
  }
}

/** Erases some of what a deleted chat's members were notified of. @returns how many */
export async function eraseNotices(
  { db }: WriteContext,
  chatId: number,
  limit: number,
): Promise<number> {
  const rows = await db
    .selectFrom('chat_members as m')
    .innerJoin('notifications as n', (join) =>
      join.onRef('n.user_id', '=', 'm.user_id').onRef('n.chat_id', '=', 'm.chat_id'),
    )
    .select('n.id')
    .where('m.chat_id', '=', chatId)
    .limit(limit)
    .execute();
  const ids = rows.map((row) => row.id);
  if (ids.length > 0) await db.deleteFrom('notifications').where('id', 'in', ids).execute();
  return ids.length;
}
