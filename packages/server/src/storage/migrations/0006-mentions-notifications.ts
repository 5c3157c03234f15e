import { type CreateTableBuilder, type Kysely, sql } from 'kysely';
import type { Dialect } from '../schema';

/** An id column that never gives the same number twice. */
function withId<T extends string>(table: CreateTableBuilder<T, never>, dialect: Dialect) {
  return dialect === 'sqlite'
    ? table.addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())
    : table.addColumn('id', 'bigint', (c) => c.primaryKey().generatedByDefaultAsIdentity());
}

export function notificationsMigration(dialect: Dialect) {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await sql`alter table messages add column mentions text`.execute(db);
      await sql`alter table chat_members add column notification_level text not null
                default 'all'`.execute(db);
      await createMentions(db, dialect);
      await createNotifications(db, dialect);
      await createCursors(db);
      await createSettings(db);
    },
  };
}

async function createMentions(db: Kysely<unknown>, dialect: Dialect) {
  await withId(db.schema.createTable('mentions'), dialect)
    .addColumn('message_id', 'bigint', (c) =>
      c.notNull().references('messages.id').onDelete('cascade'),
    )
    .addColumn('chat_id', 'bigint', (c) => c.notNull())
    .addColumn('seq', 'bigint', (c) => c.notNull())
    .addColumn('user_id', 'bigint', (c) => c.notNull())
    .addColumn('is_read', 'smallint', (c) => c.notNull().defaultTo(0))
    .addColumn('notified', 'smallint', (c) => c.notNull().defaultTo(0))
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addUniqueConstraint('mentions_pair', ['message_id', 'user_id'])
    .execute();
  // Unread ones lie past the member's watermark: a short end of this index, read or not.
  await sql`create index mentions_place on mentions (user_id, chat_id, seq)`.execute(db);
  await sql`create index mentions_unnotified on mentions (chat_id, id)
            where notified = 0`.execute(db);
}

async function createNotifications(db: Kysely<unknown>, dialect: Dialect) {
  await withId(db.schema.createTable('notifications'), dialect)
    .addColumn('user_id', 'bigint', (c) => c.notNull().references('users.id').onDelete('cascade'))
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('chat_id', 'bigint', (c) => c.notNull())
    .addColumn('message_id', 'bigint')
    .addColumn('seq', 'bigint')
    .addColumn('actor_id', 'bigint', (c) => c.notNull())
    .addColumn('messages', 'integer', (c) => c.notNull().defaultTo(1))
    .addColumn('is_read', 'smallint', (c) => c.notNull().defaultTo(0))
    .addColumn('told', 'smallint', (c) => c.notNull().defaultTo(0))
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('updated_at', 'bigint', (c) => c.notNull())
    .execute();
  await sql`create index notifications_user on notifications (user_id, id)`.execute(db);
  await sql`create index notifications_place on notifications (user_id, chat_id, seq)`.execute(db);
  await sql`create index notifications_unread on notifications (user_id, id)
            where is_read = 0`.execute(db);
  await sql`create index notifications_untold on notifications (chat_id, id)
            where told = 0`.execute(db);
}

/** Up to where each chat's messages were notified of. Nobody is told of what was said before this. */
async function createCursors(db: Kysely<unknown>) {
  await db.schema
    .createTable('notification_cursors')
    .addColumn('chat_id', 'bigint', (c) =>
      c.primaryKey().references('chats.id').onDelete('cascade'),
    )
    .addColumn('seq', 'bigint', (c) => c.notNull())
    .addColumn('upto', 'bigint', (c) => c.notNull())
    .addColumn('after_user', 'bigint', (c) => c.notNull())
    .execute();
  await sql`insert into notification_cursors (chat_id, seq, upto, after_user)
            select id, last_seq, last_seq, 0 from chats`.execute(db);
}

async function createSettings(db: Kysely<unknown>) {
  await db.schema
    .createTable('notification_settings')
    .addColumn('user_id', 'bigint', (c) =>
      c.primaryKey().references('users.id').onDelete('cascade'),
    )
    .addColumn('quiet_from', 'integer')
    .addColumn('quiet_to', 'integer')
    .addColumn('time_zone', 'text', (c) => c.notNull())
    .execute();
}
