import { type Kysely, sql } from 'kysely';

/**
 * A user's current chats from the index alone: every connect asks for them, and the memberships
 * themselves lie scattered over the table.
 */
export const currentChatsMigration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`create index chat_members_current on chat_members (user_id, chat_id)
              where left_at is null`.execute(db);
    await db.schema.dropIndex('chat_members_user').execute();
  },
};
