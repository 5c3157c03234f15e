import type { Kysely } from 'kysely';

/** A sync asks what changed among the members: nothing, mostly, which no scan should find out. */
export const changedMembersMigration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createIndex('chat_members_rev')
      .on('chat_members')
      .columns(['chat_id', 'rev'])
      .execute();
  },
};
