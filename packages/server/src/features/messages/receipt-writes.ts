import { type Kysely, sql } from 'kysely';
import type { Schema } from '../../storage/schema';
import { defineWrite, type SyncStatement } from '../../storage/write';

export interface WatermarkRow {
  chatId: number;
  userId: number;
  readSeq: number;
  deliveredSeq: number;
  at: number;
}

/** Moves watermarks forward, never back. */
export const advanceWatermarks = defineWrite<{ rows: WatermarkRow[] }, null>(
  'receipts.advance',
  async ({ db, prepare }, { rows }) => {
    const reads = rows.filter((row) => row.readSeq > 0);
    if (prepare) advanceOnSqlite(prepare, rows, reads);
    else if (rows.length > 0) await advanceOnPostgres(db, rows, reads);
    return null;
  },
);

const ADVANCE = `
  update chat_members set
    read_at = case when ?1 > last_read_seq then ?3 else read_at end,
    delivered_at = case when ?2 > last_delivered_seq then ?3 else delivered_at end,
    last_read_seq = max(last_read_seq, ?1),
    last_delivered_seq = max(last_delivered_seq, ?2)
  where chat_id = ?4 and user_id = ?5`;

/**
 * What lies before the watermark counts as read without this; it keeps the index of unread
 * notifications short.
 */
const SETTLE = `
  update notifications set is_read = 1
  where user_id = ?1 and chat_id = ?2 and seq <= ?3 and is_read = 0`;

function advanceOnSqlite(
  prepare: (sql: string) => SyncStatement,
  rows: readonly WatermarkRow[],
  reads: readonly WatermarkRow[],
) {
  const statement = prepare(ADVANCE);
  for (const { readSeq, deliveredSeq, at, chatId, userId } of rows) {
    statement.run(readSeq, deliveredSeq, at, chatId, userId);
  }
  for (const { userId, chatId, readSeq } of reads) prepare(SETTLE).run(userId, chatId, readSeq);
}

async function advanceOnPostgres(
  db: Kysely<Schema>,
  rows: readonly WatermarkRow[],
  reads: readonly WatermarkRow[],
) {
  await sql`
    update chat_members m set
      read_at = case when v.read > m.last_read_seq then v.at else m.read_at end,
      delivered_at = case when v.delivered > m.last_delivered_seq then v.at else m.delivered_at end,
      last_read_seq = greatest(m.last_read_seq, v.read),
      last_delivered_seq = greatest(m.last_delivered_seq, v.delivered)
    from unnest(${rows.map((r) => r.readSeq)}::bigint[],
      ${rows.map((r) => r.deliveredSeq)}::bigint[], ${rows.map((r) => r.at)}::bigint[],
      ${rows.map((r) => r.chatId)}::bigint[], ${rows.map((r) => r.userId)}::bigint[])
      as v(read, delivered, at, chat_id, user_id)
    where m.chat_id = v.chat_id and m.user_id = v.user_id`.execute(db);
  if (reads.length === 0) return;
  await sql`
    update notifications n set is_read = 1
    from unnest(${reads.map((r) => r.userId)}::bigint[], ${reads.map((r) => r.chatId)}::bigint[],
      ${reads.map((r) => r.readSeq)}::bigint[]) as v(user_id, chat_id, seq)
    where n.user_id = v.user_id and n.chat_id = v.chat_id and n.seq <= v.seq
      and n.is_read = 0`.execute(db);
}
