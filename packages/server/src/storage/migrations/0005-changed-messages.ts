import { type Kysely, sql } from 'kysely';

/**
 * New messages are found by their place, so that only those that were changed afterwards need an
 * index by revision: one tree less to keep for every message sent.
 */
export const changedMessagesMigration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.dropIndex('messages_rev').execute();
    await sql`create index messages_changed on messages (chat_id, rev)
              where rev <> sent_rev`.execute(db);
  },
};
