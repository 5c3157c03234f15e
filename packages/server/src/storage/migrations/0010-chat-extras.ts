import { type CreateTableBuilder, type Kysely, sql } from 'kysely';
import type { Dialect } from '../schema';

/** Invite links, pins, scheduled messages, and messages that disappear. */
export function chatExtrasMigration(dialect: Dialect) {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await addToChats(db);
      await addToMessages(db);
      await createInvites(db, dialect);
      await createScheduled(db, dialect);
    },
  };
}

function withId<T extends string>(table: CreateTableBuilder<T, never>, dialect: Dialect) {
  return dialect === 'sqlite'
    ? table.addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())
    : table.addColumn('id', 'bigint', (c) => c.primaryKey().generatedByDefaultAsIdentity());
}

async function addToChats(db: Kysely<unknown>) {
  await db.schema
    .alterTable('chats')
    .addColumn('disappear_after_s', 'integer', (c) => c.notNull().defaultTo(0))
    .execute();
}

/** Its indexes hold the few messages that the features are about: others cost nothing. */
async function addToMessages(db: Kysely<unknown>) {
  await db.schema.alterTable('messages').addColumn('expires_at', 'bigint').execute();
  await db.schema.alterTable('messages').addColumn('pinned_at', 'bigint').execute();
  await sql`create index messages_expiring on messages (expires_at)
            where expires_at is not null`.execute(db);
  await sql`create index messages_pinned on messages (chat_id, pinned_at)
            where pinned_at is not null`.execute(db);
}

async function createInvites(db: Kysely<unknown>, dialect: Dialect) {
  await withId(db.schema.createTable('chat_invites'), dialect)
    .addColumn('code', 'text', (c) => c.notNull().unique())
    .addColumn('chat_id', 'bigint', (c) => c.notNull().references('chats.id').onDelete('cascade'))
    .addColumn('created_by', 'bigint', (c) => c.notNull())
    .addColumn('expires_at', 'bigint')
    .addColumn('max_uses', 'integer')
    .addColumn('uses', 'integer', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex('chat_invites_chat')
    .on('chat_invites')
    .columns(['chat_id', 'id'])
    .execute();
}

async function createScheduled(db: Kysely<unknown>, dialect: Dialect) {
  await withId(db.schema.createTable('scheduled_messages'), dialect)
    .addColumn('user_id', 'bigint', (c) => c.notNull().references('users.id').onDelete('cascade'))
    .addColumn('chat_id', 'bigint', (c) => c.notNull().references('chats.id').onDelete('cascade'))
    .addColumn('body', 'text', (c) => c.notNull())
    .addColumn('client_message_id', 'text', (c) => c.notNull())
    .addColumn('send_at', 'bigint', (c) => c.notNull())
    .addColumn('due_at', 'bigint', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('failure_code', 'text')
    .addColumn('failure_detail', 'text')
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addUniqueConstraint('scheduled_messages_client', ['user_id', 'client_message_id'])
    .execute();
  await sql`create index scheduled_messages_due on scheduled_messages (due_at)
            where status <> 'failed'`.execute(db);
  await db.schema
    .createIndex('scheduled_messages_list')
    .on('scheduled_messages')
    .columns(['user_id', 'send_at', 'id'])
    .execute();
}
