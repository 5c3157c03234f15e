import { type Kysely, sql } from 'kysely';

/**
 * The place from which on an invitation is read. For those that are there already: the watermark
 * that a member began with is still theirs unless it lies at a message that is younger.
 */
export const invitationPlacesMigration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      update notifications set seq = (
        select case when x.created_at > notifications.created_at then m.last_read_seq
            else m.last_read_seq + 1 end
        from chat_members m left join messages x on x.chat_id = m.chat_id and x.seq = m.last_read_seq
        where m.chat_id = notifications.chat_id and m.user_id = notifications.user_id)
      where type = 'group_invite' and seq is null`.execute(db);
  },
};
