import { type Kysely, sql } from 'kysely';
import type { Schema } from '../../storage/schema';
import type { Outcome } from '../../storage/write';
import type { QuoteRow } from './present';
import { expiryOf } from './rules';
import { sealedRefusal } from './sealed-checks';
import { isBlocked, noSuchQuote, notAMember, type SendInput, type Sent } from './send-write';

interface Place {
  id: number;
  last_seq: number;
  rev: number;
  at: number;
  disappear_after_s: number;
  is_blocked: number;
  epoch: number;
  epoch_stale: number;
}

type Accepted = SendInput & {
  seq: number;
  rev: number;
  quote: QuoteRow | null;
  expiresAt: number | null;
};

/** What a batch is decided by. */
interface Found {
  places: Map<number, Place>;
  members: Set<string>;
  known: Map<string, Sent>;
  quotes: Map<string, QuoteRow>;
  devices: Set<string>;
}

const pair = (a: number, b: number | string) => `${a}:${b}`;
const unique = (ids: number[]) => [...new Set(ids)].sort((a, b) => a - b);

/** A batch in a fixed number of statements, however many messages it has. */
export async function sendOnPostgres(
  db: Kysely<Schema>,
  inputs: readonly SendInput[],
): Promise<Outcome<Sent>[]> {
  const places = await lockChats(db, inputs);
  const members = await membersAmong(db, inputs);
  const known = await alreadySent(db, inputs);
  const quotes = await quotesOf(db, inputs);
  const devices = await devicesAmong(db, inputs);
  const accepted: Accepted[] = [];
  const taken = new Set<string>();
  const decisions = inputs.map((input) =>
    decide(input, { places, members, known, quotes, devices }, accepted, taken),
  );
  if (accepted.length > 0) {
    await saveChats(db, places);
    await insert(db, accepted, known);
    await markOwn(db, accepted);
  }
  return decisions.map((outcome) => outcome());
}

/** Decides on one message; the outcome is asked for after the insert, when ids are known. */
function decide(
  input: SendInput,
  { places, members, known, quotes, devices }: Found,
  accepted: Accepted[],
  taken: Set<string>,
): () => Outcome<Sent> {
  const key = keyOf(input);
  const repeated = key !== null && (known.has(key) || taken.has(key));
  if (repeated) {
    return () => ({
      ok: true,
      value: { ...(known.get(key) as Sent), duplicate: true, quote: null },
    });
  }
  const place = places.get(input.chatId);
  if (!place || !members.has(pair(input.chatId, input.senderId))) return () => notAMember;
  if (place.is_blocked === 1) return () => isBlocked;
  const { sealed } = input;
  const isOwn = sealed !== undefined && devices.has(pair(input.senderId, sealed.device));
  const unsealed = sealed && sealedRefusal(sealed, place, isOwn);
  if (unsealed) return () => unsealed;
  const quote =
    input.replyToId === null ? null : (quotes.get(pair(input.chatId, input.replyToId)) ?? null);
  if (input.replyToId !== null && !quote) return () => noSuchQuote;
  place.last_seq += 1;
  place.rev += 1;
  place.at = input.at;
  const expiresAt = expiryOf(input.at, place.disappear_after_s);
  const message: Accepted = { ...input, seq: place.last_seq, rev: place.rev, quote, expiresAt };
  accepted.push(message);
  if (key !== null) taken.add(key);
  return () => {
    const sent = known.get(seqKey(message)) as Sent;
    return { ok: true, value: { ...sent, quote } };
  };
}

const keyOf = (input: SendInput) =>
  input.clientMessageId === null ? null : pair(input.senderId, input.clientMessageId);
const seqKey = (message: { chatId: number; seq: number }) => `#${message.chatId}:${message.seq}`;

/** Holds the chats' rows until the commit: their order is the order of the messages. */
async function lockChats(db: Kysely<Schema>, inputs: readonly SendInput[]) {
  const rows = await db
    .selectFrom('chats')
    .select(['id', 'last_seq', 'rev', 'last_activity_at as at', 'disappear_after_s', 'is_blocked'])
    .select(['epoch', 'epoch_stale'])
    .where(sql<boolean>`id = any(${unique(inputs.map((input) => input.chatId))}::bigint[])`)
    .where('is_active', '=', 1)
    .orderBy('id')
    .forUpdate()
    .execute();
  return new Map(rows.map((row) => [row.id, row]));
}

async function membersAmong(db: Kysely<Schema>, inputs: readonly SendInput[]) {
  const { rows } = await sql<{ chat_id: number; user_id: number }>`
    select chat_id, user_id from chat_members
    where left_at is null and (chat_id, user_id) in (
      select * from unnest(${inputs.map((i) => i.chatId)}::bigint[],
        ${inputs.map((i) => i.senderId)}::bigint[]))`.execute(db);
  return new Set(rows.map((row) => pair(row.chat_id, row.user_id)));
}

/** Those devices of their senders that encrypted messages claim to be from. */
async function devicesAmong(db: Kysely<Schema>, inputs: readonly SendInput[]) {
  const named = inputs.flatMap(({ sealed, senderId }) =>
    sealed ? [{ senderId, device: sealed.device }] : [],
  );
  if (named.length === 0) return new Set<string>();
  const { rows } = await sql<{ user_id: number; device_id: string }>`
    select user_id, device_id from encryption_devices where (user_id, device_id) in (
      select * from unnest(${named.map((n) => n.senderId)}::bigint[],
        ${named.map((n) => n.device)}::text[]))`.execute(db);
  return new Set(rows.map((row) => pair(row.user_id, row.device_id)));
}

async function alreadySent(db: Kysely<Schema>, inputs: readonly SendInput[]) {
  const named = inputs.filter((input) => input.clientMessageId !== null);
  const known = new Map<string, Sent>();
  if (named.length === 0) return known;
  const { rows } = await sql<Sent & { senderId: number; clientMessageId: string }>`
    select id, chat_id as "chatId", seq, sent_rev as rev, created_at as at,
      expires_at as "expiresAt", sender_id as "senderId", client_message_id as "clientMessageId"
    from messages where (sender_id, client_message_id) in (
      select * from unnest(${named.map((i) => i.senderId)}::bigint[],
        ${named.map((i) => i.clientMessageId)}::text[]))`.execute(db);
  for (const { senderId, clientMessageId, ...sent } of rows) {
    known.set(pair(senderId, clientMessageId), { ...sent, duplicate: true, quote: null });
  }
  return known;
}

async function quotesOf(db: Kysely<Schema>, inputs: readonly SendInput[]) {
  const ids = inputs.flatMap((input) => (input.replyToId === null ? [] : [input.replyToId]));
  if (ids.length === 0) return new Map<string, QuoteRow>();
  const { rows } = await sql<QuoteRow & { chat_id: number }>`
    select m.id, m.chat_id, m.sender_id, u.shown_name as sender_username,
      substr(m.content, 1, 200) as content, m.content_type, m.is_deleted,
      m.expires_at
    from messages m join users u on u.id = m.sender_id
    where m.id = any(${unique(ids)}::bigint[])`.execute(db);
  return new Map(rows.map((row) => [pair(row.chat_id, row.id), row]));
}

async function saveChats(db: Kysely<Schema>, places: Map<number, Place>) {
  const rows = [...places.values()];
  await sql`
    update chats set last_seq = v.seq, rev = v.rev, last_activity_at = v.at
    from unnest(${rows.map((r) => r.id)}::bigint[], ${rows.map((r) => r.last_seq)}::bigint[],
      ${rows.map((r) => r.rev)}::bigint[], ${rows.map((r) => r.at)}::bigint[]) as v(id, seq, rev, at)
    where chats.id = v.id`.execute(db);
}

async function insert(db: Kysely<Schema>, accepted: readonly Accepted[], known: Map<string, Sent>) {
  const column = <K extends keyof Accepted>(name: K) => accepted.map((message) => message[name]);
  const { rows } = await sql<{ id: number; chat_id: number; seq: number }>`
    insert into messages (chat_id, seq, rev, sent_rev, sender_id, reply_to_id, content,
      content_type, client_message_id, is_deleted, created_at, expires_at, envelope)
    select chat_id, seq, rev, rev, sender_id, reply_to_id, content, content_type, client_id, 0,
      at, expires_at, envelope
    from unnest(${column('chatId')}::bigint[], ${column('seq')}::bigint[],
      ${column('rev')}::bigint[], ${column('senderId')}::bigint[],
      ${column('replyToId')}::bigint[], ${column('content')}::text[],
      ${column('contentType')}::text[], ${column('clientMessageId')}::text[],
      ${column('at')}::bigint[], ${column('expiresAt')}::bigint[],
      ${accepted.map((message) => message.sealed?.text ?? null)}::text[])
      as v(chat_id, seq, rev, sender_id, reply_to_id, content, content_type, client_id, at,
        expires_at, envelope)
    returning id, chat_id, seq`.execute(db);
  const ids = new Map(rows.map((row) => [seqKey({ chatId: row.chat_id, seq: row.seq }), row.id]));
  for (const message of accepted) {
    const { chatId, seq, rev, at, quote, expiresAt } = message;
    const id = ids.get(seqKey(message)) as number;
    const sent = { id, chatId, seq, rev, at, duplicate: false, quote, expiresAt };
    known.set(seqKey(message), sent);
    const key = keyOf(message);
    if (key !== null) known.set(key, sent);
  }
}

async function markOwn(db: Kysely<Schema>, accepted: readonly Accepted[]) {
  const newest = new Map(
    accepted.map((message) => [pair(message.chatId, message.senderId), message]),
  );
  const rows = [...newest.values()];
  await sql`
    update chat_members m set last_read_seq = v.seq, last_delivered_seq = v.seq,
      read_at = v.at, delivered_at = v.at
    from unnest(${rows.map((r) => r.chatId)}::bigint[], ${rows.map((r) => r.senderId)}::bigint[],
      ${rows.map((r) => r.seq)}::bigint[], ${rows.map((r) => r.at)}::bigint[])
      as v(chat_id, user_id, seq, at)
    where m.chat_id = v.chat_id and m.user_id = v.user_id`.execute(db);
}
