import { type Kysely, sql } from 'kysely';

/** Mutes that end by themselves; those that are there already are for good. */
export const mutedUntilMigration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`alter table chat_members add column muted_until bigint`.execute(db);
  },
};
