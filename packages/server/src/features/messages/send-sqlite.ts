import type { Outcome, SyncStatement } from '../../storage/write';
import type { QuoteRow } from './present';
import { noSuchQuote, notAMember, type SendInput, type Sent } from './send-write';

const DUPLICATE = `
  select id, chat_id as chatId, seq, sent_rev as rev, created_at as at from messages
  where sender_id = ? and client_message_id = ?`;

const QUOTE = `
  select m.id, m.sender_id, u.username as sender_username, substr(m.content, 1, 200) as content,
    m.content_type, m.is_deleted
  from messages m join users u on u.id = m.sender_id where m.id = ? and m.chat_id = ?`;

/** Membership is checked by the statement that takes the place, so nobody sends after leaving. */
const TAKE_PLACE = `
  update chats set last_seq = last_seq + 1, rev = rev + 1, last_activity_at = ?
  where id = ? and is_active = 1 and exists (
    select 1 from chat_members where chat_id = chats.id and user_id = ? and left_at is null)
  returning last_seq as seq, rev`;

const INSERT = `
  insert into messages (chat_id, seq, rev, sent_rev, sender_id, reply_to_id, content, content_type,
    client_message_id, is_deleted, created_at)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?) returning id`;

const MARK_OWN = `
  update chat_members set last_read_seq = ?, last_delivered_seq = ?, read_at = ?, delivered_at = ?
  where chat_id = ? and user_id = ?`;

type Prepare = (sql: string) => SyncStatement;

export async function sendOnSqlite(
  prepare: Prepare,
  inputs: readonly SendInput[],
): Promise<Outcome<Sent>[]> {
  return inputs.map((input) => sendOne(prepare, input));
}

function sendOne(prepare: Prepare, input: SendInput): Outcome<Sent> {
  const { chatId, senderId, clientMessageId, replyToId, at } = input;
  if (clientMessageId !== null) {
    const first = prepare(DUPLICATE).get(senderId, clientMessageId);
    if (first) return { ok: true, value: { ...(first as Sent), duplicate: true, quote: null } };
  }
  const quote = replyToId === null ? null : (prepare(QUOTE).get(replyToId, chatId) as QuoteRow);
  if (replyToId !== null && !quote) return noSuchQuote;
  const place = prepare(TAKE_PLACE).get(at, chatId, senderId) as
    | { seq: number; rev: number }
    | undefined;
  if (!place) return notAMember;
  const { seq, rev } = place;
  const { id } = prepare(INSERT).get(
    chatId,
    seq,
    rev,
    rev,
    senderId,
    replyToId,
    input.content,
    input.contentType,
    clientMessageId,
    at,
  ) as { id: number };
  prepare(MARK_OWN).run(seq, seq, at, at, chatId, senderId);
  return { ok: true, value: { id, chatId, seq, rev, at, duplicate: false, quote } };
}
