import { type Kysely, sql } from 'kysely';
import { namesOf } from '../../lib/search-names';
import type { Dialect } from '../schema';

interface Names {
  users: { id: number; username: string; search_name: string | null };
  user_names: { name: string; user_id: number };
}

/**
 * The search index, empty: messages go in afterwards, in the background (decision 15). What becomes
 * of indexed messages is noted by triggers, so that no write can forget it; sending fires none.
 */
export function searchMigration(dialect: Dialect) {
  return {
    async up(db: Kysely<Names>): Promise<void> {
      await createProgress(db);
      await createChanges(db);
      await (dialect === 'sqlite' ? createOnSqlite(db) : createOnPostgres(db));
      await createNames(db, dialect);
      await fillNames(db);
    },
  };
}

async function createProgress(db: Kysely<Names>) {
  await db.schema
    .createTable('search_progress')
    .addColumn('chat_id', 'bigint', (c) =>
      c.primaryKey().references('chats.id').onDelete('cascade'),
    )
    .addColumn('seq', 'bigint', (c) => c.notNull())
    .execute();
}

async function createChanges(db: Kysely<Names>) {
  await db.schema
    .createTable('search_changes')
    .addColumn('message_id', 'bigint', (c) => c.primaryKey())
    .addColumn('chat_id', 'bigint', (c) => c.notNull())
    .addColumn('content', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex('search_changes_chat')
    .on('search_changes')
    .column('chat_id')
    .execute();
}

/**
 * FTS5 keeps the lists of messages, and no text. To take a message out it must be told what went in:
 * the first change keeps that, until the index has followed.
 */
async function createOnSqlite(db: Kysely<Names>) {
  await sql`create virtual table message_grams using fts5(
    grams, content = '', detail = none, columnsize = 0, tokenize = "ascii tokenchars '_'")`.execute(
    db,
  );
  await setting(db, 'secure-delete', 1);
  // Merging is done in steps (see tidy-sqlite.ts), not by whoever happens to write.
  await setting(db, 'automerge', 0);
  await setting(db, 'crisismerge', 64);
  const note = sql.raw(`
    when old.content_type <> 'system' and old.content <> '' and old.seq <= coalesce(
      (select seq from search_progress where chat_id = old.chat_id), 0)
    begin
      insert into search_changes (message_id, chat_id, content)
      values (old.id, old.chat_id, old.content) on conflict (message_id) do nothing;
    end`);
  await sql`create trigger messages_edited after update of content on messages ${note}`.execute(db);
  await sql`create trigger messages_erased after delete on messages ${note}`.execute(db);
}

async function setting(db: Kysely<Names>, name: string, value: number) {
  await sql`insert into message_grams (message_grams, rank) values (${name}, ${value})`.execute(db);
}

/** Lists by numbers of grams, with what PostgreSQL brings along: extensions may be forbidden. */
async function createOnPostgres(db: Kysely<Names>) {
  await sql`create table message_grams (
    message_id bigint primary key references messages (id) on delete cascade,
    chat_id bigint not null,
    grams integer[] not null)`.execute(db);
  // Every search reads through what waits for its place in the index: that must not be much.
  await sql`create index message_grams_lists on message_grams using gin (grams)
    with (gin_pending_list_limit = 64)`.execute(db);
  // An edit that meets one which the index is just following must not be lost: it waits for it.
  await sql`create function message_edited() returns trigger language plpgsql as $$
    begin
      insert into search_changes (message_id, chat_id, content) values (old.id, old.chat_id, '')
        on conflict (message_id) do update set chat_id = excluded.chat_id;
      delete from message_grams where message_id = old.id;
      return null;
    end $$`.execute(db);
  await sql`create trigger messages_edited after update of content on messages
    for each row when (old.content_type <> 'system' and old.content <> new.content)
    execute function message_edited()`.execute(db);
}

/** The beginnings by which users are found. Bytes are compared, as SQLite does anyway. */
async function createNames(db: Kysely<Names>, dialect: Dialect) {
  const [collation, end] =
    dialect === 'sqlite' ? [sql``, sql`without rowid`] : [sql`collate "C"`, sql``];
  await sql`create table user_names (
    name text ${collation} not null,
    user_id bigint not null references users (id) on delete cascade,
    primary key (name, user_id)) ${end}`.execute(db);
  await db.schema.createIndex('user_names_user').on('user_names').column('user_id').execute();
  await (dialect === 'sqlite' ? forgetOnSqlite(db) : forgetOnPostgres(db));
}

/** Whoever changes a user's name, the old one finds them no more. */
async function forgetOnSqlite(db: Kysely<Names>) {
  await sql`create trigger users_renamed after update of username, search_name on users
    begin delete from user_names where user_id = old.id; end`.execute(db);
}

async function forgetOnPostgres(db: Kysely<Names>) {
  await sql`create function user_renamed() returns trigger language plpgsql as $$
    begin
      delete from user_names where user_id = old.id;
      return null;
    end $$`.execute(db);
  await sql`create trigger users_renamed after update of username, search_name on users
    for each row execute function user_renamed()`.execute(db);
}

async function fillNames(db: Kysely<Names>) {
  const users = await db.selectFrom('users').select(['id', 'username', 'search_name']).execute();
  const rows = users.flatMap(({ id, username, search_name }) =>
    namesOf(username, search_name).map((name) => ({ name, user_id: id })),
  );
  for (let i = 0; i < rows.length; i += 1000) {
    await db
      .insertInto('user_names')
      .values(rows.slice(i, i + 1000))
      .execute();
  }
}
