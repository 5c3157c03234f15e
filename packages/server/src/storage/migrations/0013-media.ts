import { type CreateTableBuilder, type Kysely, sql } from 'kysely';
import type { Dialect } from '../schema';

function withId<T extends string>(table: CreateTableBuilder<T, never>, dialect: Dialect) {
  return dialect === 'sqlite'
    ? table.addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())
    : table.addColumn('id', 'bigint', (c) => c.primaryKey().generatedByDefaultAsIdentity());
}

/** Files of messages, pictures of users and groups, and what is to be taken from the store. */
export function mediaMigration(dialect: Dialect) {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await createMedia(db, dialect);
      await createKeptFiles(db);
      await db.schema
        .alterTable('messages')
        .addColumn('has_media', 'integer', (c) => c.notNull().defaultTo(0))
        .execute();
    },
  };
}

async function createMedia(db: Kysely<unknown>, dialect: Dialect) {
  await withId(db.schema.createTable('media'), dialect)
    .addColumn('uploader_id', 'bigint', (c) => c.notNull())
    .addColumn('chat_id', 'bigint')
    .addColumn('message_id', 'bigint')
    .addColumn('position', 'integer', (c) => c.notNull())
    .addColumn('held_by', 'bigint')
    .addColumn('upload_id', 'text')
    .addColumn('file_key', 'text', (c) => c.notNull())
    .addColumn('thumbnail_key', 'text')
    .addColumn('original_filename', 'text', (c) => c.notNull())
    .addColumn('file_size', 'bigint', (c) => c.notNull())
    .addColumn('mime_type', 'text', (c) => c.notNull())
    .addColumn('media_type', 'text', (c) => c.notNull())
    .addColumn('is_voice', 'integer', (c) => c.notNull())
    .addColumn('facts', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('attempts', 'integer', (c) => c.notNull())
    .addColumn('expires_at', 'bigint')
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .execute();
  await sql`create index media_message on media (message_id) where message_id is not null`.execute(
    db,
  );
  await sql`create index media_unsent on media (expires_at) where expires_at is not null`.execute(
    db,
  );
  await sql`create index media_unprocessed on media (id) where state = 'processing'`.execute(db);
  await sql`create index media_held on media (held_by) where held_by is not null`.execute(db);
  await sql`create index media_uploader on media (uploader_id, id)`.execute(db);
  await sql`create unique index media_upload on media (upload_id) where upload_id is not null`.execute(
    db,
  );
  await sql`create unique index media_file on media (file_key)`.execute(db);
  await sql`create index media_thumbnail on media (thumbnail_key) where thumbnail_key is not null`.execute(
    db,
  );
}

async function createKeptFiles(db: Kysely<unknown>) {
  await db.schema
    .createTable('media_usage')
    .addColumn('user_id', 'bigint', (c) => c.primaryKey())
    .addColumn('bytes', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('doomed_files')
    .addColumn('key', 'text', (c) => c.primaryKey())
    .addColumn('not_before', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex('doomed_files_due')
    .on('doomed_files')
    .columns(['not_before', 'key'])
    .execute();
  await db.schema
    .createTable('avatars')
    .addColumn('owner', 'text', (c) => c.notNull())
    .addColumn('owner_id', 'bigint', (c) => c.notNull())
    .addColumn('large_key', 'text', (c) => c.notNull())
    .addColumn('small_key', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('avatars_pk', ['owner', 'owner_id'])
    .execute();
  await db.schema.createIndex('avatars_large').on('avatars').column('large_key').unique().execute();
  await db.schema.createIndex('avatars_small').on('avatars').column('small_key').unique().execute();
}
