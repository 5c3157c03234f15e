import { type CreateTableBuilder, type Kysely, sql } from 'kysely';
import type { Dialect } from '../schema';

export function pushMigration(dialect: Dialect) {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await createSubscriptions(db);
      await createQueue(db, dialect);
      await createLog(db, dialect);
    },
  };
}

function withId<T extends string>(table: CreateTableBuilder<T, never>, dialect: Dialect) {
  return dialect === 'sqlite'
    ? table.addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())
    : table.addColumn('id', 'bigint', (c) => c.primaryKey().generatedByDefaultAsIdentity());
}

async function createSubscriptions(db: Kysely<unknown>) {
  await db.schema
    .createTable('push_subscriptions')
    .addColumn('session_id', 'bigint', (c) =>
      c.primaryKey().references('sessions.id').onDelete('cascade'),
    )
    .addColumn('endpoint', 'text', (c) => c.notNull().unique())
    .addColumn('p256dh', 'text', (c) => c.notNull())
    .addColumn('auth', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .execute();
}

async function createQueue(db: Kysely<unknown>, dialect: Dialect) {
  await withId(db.schema.createTable('push_queue'), dialect)
    .addColumn('user_id', 'bigint', (c) => c.notNull().references('users.id').onDelete('cascade'))
    .addColumn('session_id', 'bigint', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('payload', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .execute();
  await sql`create index push_queue_user on push_queue (user_id)`.execute(db);
}

async function createLog(db: Kysely<unknown>, dialect: Dialect) {
  await withId(db.schema.createTable('push_log'), dialect)
    .addColumn('user_id', 'bigint', (c) => c.notNull().references('users.id').onDelete('cascade'))
    .addColumn('notification_id', 'bigint')
    .addColumn('device', 'text')
    .addColumn('outcome', 'text', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .execute();
  await sql`create index push_log_user on push_log (user_id, id)`.execute(db);
}
