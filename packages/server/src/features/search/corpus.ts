import type { ReadContext } from '../../storage/read';
import type { Candidate } from './matcher';
import { postgresGrams, sqliteMatch } from './tokens';

/** A chat that is searched, and how far the index has followed it. */
export interface SearchedChat {
  id: number;
  last_seq: number;
  /** Up to here the index knows it. */
  indexed_seq: number;
  is_encrypted: number;
  newest_id: number | null;
}

const placeholders = ({ dialect }: ReadContext, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${dialect === 'sqlite' ? '?' : '$'}${i + 1}`);

/** The caller's chats as they are now; of one alone, if that is asked for. */
export function chatsOf(context: ReadContext, userId: number, chatId: number | null) {
  const [one, other] = placeholders(context, 2);
  return context.rows<SearchedChat>(
    `select c.id, c.last_seq, coalesce(p.seq, 0) as indexed_seq, c.is_encrypted,
      (select id from messages n where n.chat_id = c.id and n.seq = c.last_seq) as newest_id
    from chat_members m
    join chats c on c.id = m.chat_id
    left join search_progress p on p.chat_id = c.id
    where m.user_id = ${one} and m.left_at is null and c.is_active = 1
      and (cast(${other} as bigint) is null or c.id = ${other})`,
    [userId, chatId],
  );
}

const COLUMNS = `m.id, m.chat_id, m.seq, m.sender_id, m.content, m.content_type, m.is_deleted,
  m.created_at, m.edited_at, m.has_media`;

/** Messages of a chat from newer to older, between places and before an id. */
export function messagesOf(
  context: ReadContext,
  range: { chatId: number; above: number; below: number; beforeId: number; limit: number },
): Promise<Candidate[]> {
  const [a, b, c, d, e] = placeholders(context, 5);
  return context.rows<Candidate>(
    `select ${COLUMNS} from messages m
    where m.chat_id = ${a} and m.seq > ${b} and m.seq < ${c} and m.id < ${d}
    order by m.seq desc limit ${e}`,
    [range.chatId, range.above, range.below, range.beforeId, range.limit],
  );
}

/** Messages that changed after they were indexed, and that the index has not followed yet. */
export function changedMessages(context: ReadContext, chatIds: readonly number[]) {
  return context.dialect === 'sqlite'
    ? context.rows<Candidate>(
        `select ${COLUMNS} from search_changes s cross join messages m on m.id = s.message_id
        where s.chat_id in (select value from json_each(?))`,
        [JSON.stringify(chatIds)],
      )
    : context.rows<Candidate>(
        `select ${COLUMNS} from search_changes s join messages m on m.id = s.message_id
        where s.chat_id = any($1::bigint[])`,
        [chatIds],
      );
}

/** An id that the index has, with its message if it is still there. */
export type Found = { found_id: number } & { [K in keyof Candidate]: Candidate[K] | null };

export interface ListQuery {
  chatIds: readonly number[];
  grams: readonly string[];
  beforeId: number;
  fromId: number;
  limit: number;
}

const FIND_ON_SQLITE = `select g.id as found_id, ${COLUMNS}
  from (select rowid as id from message_grams
    where message_grams match ? and rowid < ? and rowid >= ? order by rowid desc limit ?) g
  left join messages m on m.id = g.id`;

/** `offset 0` keeps the planner from walking all messages by id in the hope of meeting a few soon. */
const FIND_ON_POSTGRES = `select g.message_id as found_id, ${COLUMNS}
  from (select l.message_id
    from unnest($1::text[]) as wanted (grams) cross join lateral (
      select message_id from (
        select message_id from message_grams
        where grams @> wanted.grams::integer[] and message_id < $2 and message_id >= $3 offset 0) own
      order by message_id desc limit $4) l
    order by l.message_id desc limit $4) g
  left join messages m on m.id = g.message_id`;

/** The newest messages with all these grams, as the index has them. */
export function findInIndex(context: ReadContext, query: ListQuery): Promise<Found[]> {
  const { chatIds, grams, beforeId, fromId, limit } = query;
  const range = [beforeId, fromId, limit];
  return context.dialect === 'sqlite'
    ? context.rows<Found>(FIND_ON_SQLITE, [sqliteMatch(chatIds, grams), ...range])
    : context.rows<Found>(FIND_ON_POSTGRES, [
        chatIds.map((id) => postgresGrams(id, grams)),
        ...range,
      ]);
}
