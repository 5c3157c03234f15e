import { sql } from 'kysely';
import { rowsAs } from '../../storage/rows';
import type { WriteContext } from '../../storage/write';

/** Steps of this feature's writes that concern what members are notified of. */

export interface Invitation {
  chatId: number;
  actorId: number;
  at: number;
  /** Members who do not hear of it, as they and the actor do not talk. */
  silent: readonly number[];
}

/** Lets members know that they were added; their devices are told after the commit. */
export async function inviteMembers(
  { db, dialect }: WriteContext,
  userIds: readonly number[],
  { chatId, actorId, at, silent }: Invitation,
): Promise<void> {
  const excluded = new Set([actorId, ...silent]);
  const rows = userIds.filter((userId) => !excluded.has(userId)).map((user_id) => ({ user_id }));
  if (rows.length === 0) return;
  await sql`
    insert into notifications (user_id, type, chat_id, actor_id, created_at, updated_at)
    select v.user_id, 'group_invite', cast(${chatId} as bigint), cast(${actorId} as bigint),
      cast(${at} as bigint), cast(${at} as bigint)
    from ${rowsAs('v', dialect, { user_id: 'bigint' }, rows)}`.execute(db);
}

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
