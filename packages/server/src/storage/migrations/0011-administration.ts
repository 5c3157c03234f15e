import { type CreateTableBuilder, type Kysely, sql } from 'kysely';
import type { Dialect } from '../schema';

/** An id column that never gives the same number twice. */
function withId<T extends string>(table: CreateTableBuilder<T, never>, dialect: Dialect) {
  return dialect === 'sqlite'
    ? table.addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())
    : table.addColumn('id', 'bigint', (c) => c.primaryKey().generatedByDefaultAsIdentity());
}

/** Server roles, erasure, reports, and the log of what administrators did. */
export function administrationMigration(dialect: Dialect) {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await extendUsers(db, dialect);
      await createErasures(db);
      await createReports(db, dialect);
      await createAuditLog(db, dialect);
      await sql`create index reactions_user on reactions (user_id, message_id)`.execute(db);
    },
  };
}

/** The name that others are shown is derived in the database, so that no query can forget to. */
async function extendUsers(db: Kysely<unknown>, dialect: Dialect) {
  await db.schema
    .alterTable('users')
    .addColumn('server_role', 'text', (c) => c.notNull().defaultTo('user'))
    .execute();
  await db.schema.alterTable('users').addColumn('erased_at', 'bigint').execute();
  const kind = sql.raw(dialect === 'sqlite' ? 'virtual' : 'stored');
  await sql`alter table users add column shown_name text generated always as
    (case when is_active = 1 then username else 'deleted user' end) ${kind}`.execute(db);
  await sql`create index users_admins on users (id) where server_role = 'admin'`.execute(db);
}

async function createErasures(db: Kysely<unknown>) {
  await db.schema
    .createTable('erasures')
    .addColumn('user_id', 'bigint', (c) => c.primaryKey())
    .addColumn('username', 'text', (c) => c.notNull())
    .addColumn('requested_at', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('retired_usernames')
    .addColumn('hash', 'text', (c) => c.primaryKey())
    .execute();
}

async function createReports(db: Kysely<unknown>, dialect: Dialect) {
  await withId(db.schema.createTable('reports'), dialect)
    .addColumn('reporter_id', 'bigint', (c) => c.notNull())
    .addColumn('user_id', 'bigint')
    .addColumn('message_id', 'bigint')
    .addColumn('about_id', 'bigint', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('chat_id', 'bigint')
    .addColumn('content', 'text')
    .addColumn('content_type', 'text')
    .addColumn('sent_at', 'bigint')
    .addColumn('note', 'text')
    .addColumn('resolved_by', 'bigint')
    .addColumn('resolved_at', 'bigint')
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .execute();
  await sql`create unique index reports_open_message on reports (reporter_id, message_id)
            where state = 'open' and message_id is not null`.execute(db);
  await sql`create unique index reports_open_user on reports (reporter_id, user_id)
            where state = 'open' and user_id is not null`.execute(db);
  await sql`create index reports_state on reports (state, id)`.execute(db);
}

async function createAuditLog(db: Kysely<unknown>, dialect: Dialect) {
  await withId(db.schema.createTable('audit_log'), dialect)
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('actor_id', 'bigint')
    .addColumn('address', 'text', (c) => c.notNull())
    .addColumn('action', 'text', (c) => c.notNull())
    .addColumn('target_id', 'bigint')
    .addColumn('details', 'text', (c) => c.notNull())
    .execute();
}
