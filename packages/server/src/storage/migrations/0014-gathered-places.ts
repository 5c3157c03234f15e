import { type Kysely, sql } from 'kysely';

/**
 * From where on a notification stands for messages. For those that are there already it is where
 * one looked for them so far: after what the one before it stands for, and not far back.
 */
export const gatheredPlacesMigration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`alter table notifications add column first_seq bigint`.execute(db);
    await sql`update notifications set first_seq = seq where type = 'message'`.execute(db);
    await sql`
      update notifications set first_seq = (
        select max(place) from (
          select notifications.seq - 99 as place
          union all select notifications.seq - 19 - 2 * notifications.messages
          union all select q.seq + 1 from notifications q
            where q.user_id = notifications.user_id and q.chat_id = notifications.chat_id
              and q.type = 'message' and q.seq < notifications.seq
        ) places)
      where type = 'message' and messages > 1`.execute(db);
  },
};
