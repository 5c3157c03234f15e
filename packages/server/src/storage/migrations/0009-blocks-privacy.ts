import type { Kysely } from 'kysely';

/**
 * Blocks, and who shows what to whom. `privacy_settings` has rows of those alone who do not show
 * everything to everyone. `chats.is_blocked` repeats of a direct chat what `blocks` says of its two
 * members, so that sending need not look there.
 */
export const blocksPrivacyMigration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await createBlocks(db);
    await createPrivacySettings(db);
    await db.schema
      .alterTable('chats')
      .addColumn('is_blocked', 'smallint', (c) => c.notNull().defaultTo(0))
      .execute();
  },
};

async function createBlocks(db: Kysely<unknown>) {
  await db.schema
    .createTable('blocks')
    .addColumn('blocker_id', 'bigint', (c) =>
      c.notNull().references('users.id').onDelete('cascade'),
    )
    .addColumn('blocked_id', 'bigint', (c) =>
      c.notNull().references('users.id').onDelete('cascade'),
    )
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('blocks_pk', ['blocker_id', 'blocked_id'])
    .execute();
  await db.schema
    .createIndex('blocks_blocked')
    .on('blocks')
    .columns(['blocked_id', 'blocker_id'])
    .execute();
  await db.schema
    .createIndex('blocks_list')
    .on('blocks')
    .columns(['blocker_id', 'created_at', 'blocked_id'])
    .execute();
}

async function createPrivacySettings(db: Kysely<unknown>) {
  await db.schema
    .createTable('privacy_settings')
    .addColumn('user_id', 'bigint', (c) =>
      c.primaryKey().notNull().references('users.id').onDelete('cascade'),
    )
    .addColumn('last_seen', 'text', (c) => c.notNull())
    .addColumn('read_receipts', 'text', (c) => c.notNull())
    .execute();
}
