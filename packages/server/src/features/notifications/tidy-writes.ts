import { sql } from 'kysely';
import { rowsAs } from '../../storage/rows';
import { defineWrite, type WriteContext } from '../../storage/write';

/** A notification as it was looked at: one that gathered more since has another place. */
interface Seen extends Record<string, number> {
  id: number;
  seq: number;
}

/** Deletes notifications of which nothing is left, and marks those read that their watermark passed. */
export const tidyNotifications = defineWrite<{ gone: Seen[]; passed: Seen[] }, null>(
  'notifications.tidy',
  async (context, { gone, passed }) => {
    const { db } = context;
    if (gone.length > 0) {
      await sql`delete from notifications where id in ${unchanged(context, gone)}`.execute(db);
    }
    if (passed.length > 0) {
      await sql`update notifications set is_read = 1
        where id in ${unchanged(context, passed)}`.execute(db);
    }
    return null;
  },
);

const unchanged = ({ dialect }: WriteContext, seen: Seen[]) => sql`(
  select t.id from ${rowsAs('v', dialect, { id: 'bigint', seq: 'bigint' }, seen)}
  cross join notifications t where t.id = v.id and t.seq = v.seq)`;
