import { type Kysely, sql } from 'kysely';
import type { Schema } from '../../storage/schema';
import type { Indexed, StepLimits } from './index-writes';
import {
  Allowance,
  type ChatStep,
  gramsOfContent,
  indexed,
  isSearchable,
  stepOf,
  type Unindexed,
} from './steps';
import { postgresGrams } from './tokens';

type Db = Kysely<Schema>;

const COLUMNS = ['id', 'chat_id', 'seq', 'content', 'content_type', 'is_deleted'] as const;

/** Several nodes may index at once; each takes chats that no other one has. */
export async function chatsOnPostgres(
  db: Db,
  chatIds: readonly number[],
  limits: StepLimits,
): Promise<Indexed> {
  const allowance = new Allowance(limits);
  const steps: ChatStep[] = [];
  const skipped: number[] = [];
  for (const chatId of chatIds) {
    if (allowance.isSpent) skipped.push(chatId);
    else steps.push(...(await stepOfChat(db, chatId, allowance)));
  }
  await add(
    db,
    steps.flatMap((step) => step.rows),
  );
  for (const { chatId, seq } of steps) {
    await db.updateTable('search_progress').set({ seq }).where('chat_id', '=', chatId).execute();
  }
  return indexed(steps, skipped);
}

async function stepOfChat(db: Db, chatId: number, allowance: Allowance): Promise<ChatStep[]> {
  const chat = await lockedProgress(db, chatId);
  if (!chat || chat.indexed_seq >= chat.last_seq) return [];
  const asked = allowance.messages;
  const rows = await db
    .selectFrom('messages')
    .select(COLUMNS)
    .where('chat_id', '=', chatId)
    .where('seq', '>', chat.indexed_seq)
    .orderBy('seq')
    .limit(asked)
    .execute();
  return [stepOf(chat, asked, rows, allowance)];
}

async function lockedProgress(db: Db, chatId: number) {
  await sql`insert into search_progress (chat_id, seq)
    select id, 0 from chats where id = ${chatId} and is_active = 1 and is_encrypted = 0
    on conflict (chat_id) do nothing`.execute(db);
  return db
    .selectFrom('search_progress as p')
    .innerJoin('chats as c', 'c.id', 'p.chat_id')
    .select(['c.id', 'c.last_seq', 'p.seq as indexed_seq'])
    .where('p.chat_id', '=', chatId)
    .where('c.is_active', '=', 1)
    .forUpdate('p')
    .skipLocked()
    .executeTakeFirst();
}

async function add(db: Db, rows: readonly Unindexed[]): Promise<void> {
  const lists = rows.map((row) => postgresGrams(row.chat_id, gramsOfContent(row.content)));
  await sql`insert into message_grams (message_id, chat_id, grams)
    select v.message_id, v.chat_id, v.grams::integer[]
    from unnest(${rows.map((row) => row.id)}::bigint[], ${rows.map((row) => row.chat_id)}::bigint[],
      ${lists}::text[]) as v (message_id, chat_id, grams)
    on conflict (message_id) do update set grams = excluded.grams`.execute(db);
}

/** The triggers took what changed out of the index; what it has become goes in again. */
export async function changesOnPostgres(db: Db, limits: StepLimits): Promise<boolean> {
  const { rows: changes } = await sql<{ message_id: number }>`
    delete from search_changes where message_id in (
      select message_id from search_changes limit ${limits.messages} for update skip locked)
    returning message_id`.execute(db);
  if (changes.length === 0) return false;
  const ids = changes.map((change) => change.message_id);
  // A query of its own: it sees the edit that the deletion above waited for.
  const rows = await db.selectFrom('messages').select(COLUMNS).where('id', 'in', ids).execute();
  await db.deleteFrom('message_grams').where('message_id', 'in', ids).execute();
  await add(db, rows.filter(isSearchable));
  return changes.length === limits.messages;
}
