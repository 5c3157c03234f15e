import { type Kysely, sql } from 'kysely';

/** Counts the changes of what a member wants to hear, which make no revision of the chat. */
export const ownSettingsMigration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`alter table chat_members add column settings_version integer not null
              default 0`.execute(db);
  },
};
