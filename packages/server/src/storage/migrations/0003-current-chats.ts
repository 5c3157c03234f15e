import type { Kysely } from 'kysely';

/**
 * A user's current chats from the index alone: every connect asks for them, and the memberships
 * themselves lie scattered over the table.
 */
export const currentChatsMigration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createIndex('chat_members_current')
      .on('chat_members')
      .columns(['user_id', 'left_at', 'chat_id'])
      .execute();
    await db.schema.dropIndex('chat_members_user').execute();
  },
};
