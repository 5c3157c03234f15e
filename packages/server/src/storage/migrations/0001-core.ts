import { type CreateTableBuilder, type Kysely, sql } from 'kysely';
import type { Dialect } from '../schema';

/** An id column that never gives the same number twice. */
function withId<T extends string>(table: CreateTableBuilder<T, never>, dialect: Dialect) {
  return dialect === 'sqlite'
    ? table.addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())
    : table.addColumn('id', 'bigint', (c) => c.primaryKey().generatedByDefaultAsIdentity());
}

export function coreMigration(dialect: Dialect) {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await createMeta(db);
      await createUsers(db, dialect);
      await createSessions(db, dialect);
      await createChats(db, dialect);
      await createMembers(db, dialect);
      await createMessages(db, dialect);
      await createReactions(db);
    },
  };
}

async function createMeta(db: Kysely<unknown>) {
  await db.schema
    .createTable('meta')
    .addColumn('key', 'text', (c) => c.primaryKey())
    .addColumn('value', 'text', (c) => c.notNull())
    .execute();
}

async function createUsers(db: Kysely<unknown>, dialect: Dialect) {
  await withId(db.schema.createTable('users'), dialect)
    .addColumn('username', 'text', (c) => c.notNull().unique())
    .addColumn('email', 'text', (c) => c.notNull().unique())
    .addColumn('password_hash', 'text', (c) => c.notNull())
    .addColumn('full_name', 'text')
    .addColumn('avatar_url', 'text')
    .addColumn('bio', 'text')
    .addColumn('public_key', 'text')
    .addColumn('is_active', 'smallint', (c) => c.notNull().defaultTo(1))
    .addColumn('last_seen', 'bigint')
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .execute();
  // Prefix search by LIKE 'abc%' needs this operator class when the database's collation is not C.
  if (dialect === 'postgres') {
    await sql`create index users_username_prefix on users (username text_pattern_ops)`.execute(db);
  }
}

async function createSessions(db: Kysely<unknown>, dialect: Dialect) {
  await withId(db.schema.createTable('sessions'), dialect)
    .addColumn('user_id', 'bigint', (c) => c.notNull().references('users.id').onDelete('cascade'))
    .addColumn('device', 'text', (c) => c.notNull())
    .addColumn('ip', 'text', (c) => c.notNull())
    .addColumn('generation', 'integer', (c) => c.notNull())
    .addColumn('rotated_at', 'bigint', (c) => c.notNull())
    .addColumn('last_used_at', 'bigint', (c) => c.notNull())
    .addColumn('expires_at', 'bigint', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('device_token', 'text')
    .addColumn('device_platform', 'text')
    .addColumn('device_token_at', 'bigint')
    .execute();
  await db.schema.createIndex('sessions_user').on('sessions').columns(['user_id', 'id']).execute();
}

async function createChats(db: Kysely<unknown>, dialect: Dialect) {
  await withId(db.schema.createTable('chats'), dialect)
    .addColumn('chat_type', 'text', (c) => c.notNull())
    .addColumn('name', 'text')
    .addColumn('description', 'text')
    .addColumn('avatar_url', 'text')
    .addColumn('is_active', 'smallint', (c) => c.notNull().defaultTo(1))
    .addColumn('is_encrypted', 'smallint', (c) => c.notNull().defaultTo(0))
    .addColumn('direct_key', 'text', (c) => c.unique())
    .addColumn('member_count', 'integer', (c) => c.notNull())
    .addColumn('rev', 'bigint', (c) => c.notNull())
    .addColumn('last_seq', 'bigint', (c) => c.notNull())
    .addColumn('info_rev', 'bigint', (c) => c.notNull())
    .addColumn('last_activity_at', 'bigint', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .execute();
}

async function createMembers(db: Kysely<unknown>, dialect: Dialect) {
  await withId(db.schema.createTable('chat_members'), dialect)
    .addColumn('chat_id', 'bigint', (c) => c.notNull().references('chats.id').onDelete('cascade'))
    .addColumn('user_id', 'bigint', (c) => c.notNull().references('users.id'))
    .addColumn('role', 'text', (c) => c.notNull())
    .addColumn('nickname', 'text')
    .addColumn('is_muted', 'smallint', (c) => c.notNull().defaultTo(0))
    .addColumn('joined_at', 'bigint', (c) => c.notNull())
    .addColumn('left_at', 'bigint')
    .addColumn('rev', 'bigint', (c) => c.notNull())
    .addColumn('last_read_seq', 'bigint', (c) => c.notNull())
    .addColumn('last_delivered_seq', 'bigint', (c) => c.notNull())
    .addColumn('read_at', 'bigint')
    .addColumn('delivered_at', 'bigint')
    .addUniqueConstraint('chat_members_pair', ['chat_id', 'user_id'])
    .execute();
  await db.schema
    .createIndex('chat_members_user')
    .on('chat_members')
    .columns(['user_id', 'chat_id'])
    .execute();
}

async function createMessages(db: Kysely<unknown>, dialect: Dialect) {
  await withId(db.schema.createTable('messages'), dialect)
    .addColumn('chat_id', 'bigint', (c) => c.notNull().references('chats.id').onDelete('cascade'))
    .addColumn('seq', 'bigint', (c) => c.notNull())
    .addColumn('rev', 'bigint', (c) => c.notNull())
    .addColumn('sent_rev', 'bigint', (c) => c.notNull())
    .addColumn('sender_id', 'bigint', (c) => c.notNull())
    .addColumn('reply_to_id', 'bigint')
    .addColumn('content', 'text', (c) => c.notNull())
    .addColumn('content_type', 'text', (c) => c.notNull())
    .addColumn('client_message_id', 'text')
    .addColumn('system_event', 'text')
    .addColumn('is_deleted', 'smallint', (c) => c.notNull().defaultTo(0))
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('edited_at', 'bigint')
    .execute();
  await sql`create unique index messages_seq on messages (chat_id, seq)`.execute(db);
  await sql`create index messages_rev on messages (chat_id, rev)`.execute(db);
  await sql`create unique index messages_client on messages (sender_id, client_message_id)
            where client_message_id is not null`.execute(db);
}

async function createReactions(db: Kysely<unknown>) {
  await db.schema
    .createTable('reactions')
    .addColumn('message_id', 'bigint', (c) =>
      c.notNull().references('messages.id').onDelete('cascade'),
    )
    .addColumn('emoji', 'text', (c) => c.notNull())
    .addColumn('user_id', 'bigint', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('reactions_pk', ['message_id', 'emoji', 'user_id'])
    .execute();
}
