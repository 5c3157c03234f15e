import type { SyncStatement } from '../../storage/write';
import type { Indexed, StepLimits } from './index-writes';
import {
  Allowance,
  type ChatStep,
  fitting,
  gramsOfContent,
  indexed,
  isSearchable,
  stepOf,
  type Unindexed,
} from './steps';
import { sqliteWords } from './tokens';

type Prepare = (sql: string) => SyncStatement;

const CHAT = `select c.id, c.last_seq, coalesce(p.seq, 0) as indexed_seq
  from chats c left join search_progress p on p.chat_id = c.id
  where c.id = ? and c.is_active = 1 and c.is_encrypted = 0`;
const NEXT = `select id, chat_id, seq, content, content_type, is_deleted from messages
  where chat_id = ? and seq > ? order by seq limit ?`;
const SAVE = `insert into search_progress (chat_id, seq) values (?, ?)
  on conflict (chat_id) do update set seq = excluded.seq`;
const ADD = 'insert into message_grams (rowid, grams) values (?, ?)';
/** FTS5's own way of taking a row out of an index that keeps no text. */
const REMOVE = `insert into message_grams (message_grams, rowid, grams) values ('delete', ?, ?)`;

/** Whatever else is written waits for this thread, so that what is read here holds to the end. */
export async function chatsOnSqlite(
  prepare: Prepare,
  chatIds: readonly number[],
  limits: StepLimits,
): Promise<Indexed> {
  const allowance = new Allowance(limits);
  const steps: ChatStep[] = [];
  const skipped: number[] = [];
  for (const chatId of chatIds) {
    if (allowance.isSpent) skipped.push(chatId);
    else steps.push(...stepOfChat(prepare, chatId, allowance));
  }
  add(
    prepare,
    steps.flatMap((step) => step.rows),
  );
  for (const { chatId, seq } of steps) prepare(SAVE).run(chatId, seq);
  return indexed(steps, skipped);
}

interface Progress {
  id: number;
  last_seq: number;
  indexed_seq: number;
}

function stepOfChat(prepare: Prepare, chatId: number, allowance: Allowance): ChatStep[] {
  const chat = prepare(CHAT).get(chatId) as Progress | null;
  if (!chat || chat.indexed_seq >= chat.last_seq) return [];
  const asked = allowance.messages;
  const rows = prepare(NEXT).all(chatId, chat.indexed_seq, asked) as Unindexed[];
  return [stepOf(chat, asked, rows, allowance)];
}

/** In the order of ids: FTS5 writes out what it holds whenever an id is lower than the last. */
function add(prepare: Prepare, rows: readonly Unindexed[]) {
  for (const row of [...rows].sort((a, b) => a.id - b.id)) {
    const words = sqliteWords(row.chat_id, gramsOfContent(row.content));
    if (words !== '') prepare(ADD).run(row.id, words);
  }
}

function remove(prepare: Prepare, id: number, chatId: number, content: string) {
  const words = sqliteWords(chatId, gramsOfContent(content));
  if (words !== '') prepare(REMOVE).run(id, words);
}

interface Change {
  message_id: number;
  chat_id: number;
  /** What was indexed. */
  content: string;
}

export async function changesOnSqlite(prepare: Prepare, limits: StepLimits): Promise<boolean> {
  const select = 'select message_id, chat_id, content from search_changes limit ?';
  const all = prepare(select).all(limits.messages) as Change[];
  const changes = fitting(all, limits.text).sort((a, b) => a.message_id - b.message_id);
  for (const { message_id, chat_id, content } of changes)
    remove(prepare, message_id, chat_id, content);
  add(
    prepare,
    changes.flatMap(({ message_id }) => nowOf(prepare, message_id)),
  );
  for (const { message_id } of changes) {
    prepare('delete from search_changes where message_id = ?').run(message_id);
  }
  return changes.length < all.length || all.length === limits.messages;
}

function nowOf(prepare: Prepare, id: number): Unindexed[] {
  const row = prepare(
    'select id, chat_id, seq, content, content_type, is_deleted from messages where id = ?',
  ).get(id) as Unindexed | null;
  return row && isSearchable(row) ? [row] : [];
}
