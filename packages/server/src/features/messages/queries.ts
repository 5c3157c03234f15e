import { type Kysely, sql } from 'kysely';
import { among, prepared } from '../../storage/prepared';
import type { Schema } from '../../storage/schema';
import { mediaInOrder, mediaOfMessages } from './media-rows';

type Db = Kysely<Schema>;

const MESSAGE = [
  'm.id',
  'm.chat_id',
  'm.seq',
  'm.rev',
  'm.sender_id',
  'm.reply_to_id',
  'm.content',
  'm.content_type',
  'm.client_message_id',
  'm.system_event',
  'm.envelope',
  'm.mentions',
  'm.is_deleted',
  'm.created_at',
  'm.edited_at',
  'm.expires_at',
  'm.pinned_at',
  'm.has_media',
] as const;

/** The query that every read of messages begins with; writes use it within their transaction. */
export function storedMessages(db: Db) {
  return db
    .selectFrom('messages as m')
    .innerJoin('users as u', 'u.id', 'm.sender_id')
    .leftJoin('messages as q', 'q.id', 'm.reply_to_id')
    .leftJoin('users as qu', 'qu.id', 'q.sender_id')
    .select(MESSAGE)
    .select([
      'u.shown_name as sender_username',
      'q.id as quote_id',
      'q.sender_id as quote_sender_id',
      'qu.shown_name as quote_sender_username',
      'q.content_type as quote_content_type',
      'q.is_deleted as quote_is_deleted',
      'q.expires_at as quote_expires_at',
    ])
    .select(() => sql<string | null>`substr(q.content, 1, 200)`.as('quote_content'));
}

/** Reactions in the order in which they were given; the caller says to which messages. */
export function reactionsInOrder(db: Db) {
  return db
    .selectFrom('reactions')
    .select(['message_id', 'emoji', 'user_id'])
    .orderBy('created_at')
    .orderBy('user_id');
}

/** The place of a message, if it is one of the chat. */
const seqOf = (db: Db, p: { chatId: number; messageId: number }) =>
  db
    .selectFrom('messages as known')
    .select('known.seq')
    .where('known.id', '=', p.messageId)
    .where('known.chat_id', '=', p.chatId);

/** The queries of messages that are run often. */
export function messageQueries(db: Db) {
  return {
    byId: prepared(db, (read, p: { id: number }) => storedMessages(read).where('m.id', '=', p.id)),

    byIds: prepared(db, (read, p: { ids: readonly number[] }) =>
      storedMessages(read).where(among(read, 'm.id', p.ids)),
    ),

    place: prepared(db, (read, p: { id: number }) =>
      read.selectFrom('messages').select(['chat_id', 'seq', 'sender_id']).where('id', '=', p.id),
    ),

    /** When a message was sent, in milliseconds since 1970. */
    sentAt: prepared(db, (read, p: { chatId: number; seq: number }) =>
      read
        .selectFrom('messages')
        .select('created_at')
        .where('chat_id', '=', p.chatId)
        .where('seq', '=', p.seq),
    ),

    before: prepared(db, (read, p: { chatId: number; seq: number; limit: number }) =>
      storedMessages(read)
        .where('m.chat_id', '=', p.chatId)
        .where('m.seq', '<', p.seq)
        .orderBy('m.seq', 'desc')
        .limit(p.limit),
    ),

    after: prepared(db, (read, p: { chatId: number; seq: number; limit: number }) =>
      storedMessages(read)
        .where('m.chat_id', '=', p.chatId)
        .where('m.seq', '>', p.seq)
        .orderBy('m.seq')
        .limit(p.limit),
    ),

    beforeMessage: prepared(db, (read, p: { chatId: number; messageId: number; limit: number }) =>
      storedMessages(read)
        .where('m.chat_id', '=', p.chatId)
        .where('m.seq', '<', seqOf(read, p))
        .orderBy('m.seq', 'desc')
        .limit(p.limit),
    ),

    afterMessage: prepared(db, (read, p: { chatId: number; messageId: number; limit: number }) =>
      storedMessages(read)
        .where('m.chat_id', '=', p.chatId)
        .where('m.seq', '>', seqOf(read, p))
        .orderBy('m.seq')
        .limit(p.limit),
    ),

    sentSince: prepared(db, (read, p: { chatId: number; rev: number; seq: number }) =>
      storedMessages(read)
        .where('m.chat_id', '=', p.chatId)
        .where('m.seq', '>', p.seq)
        .where('m.sent_rev', '>', p.rev),
    ),

    /** Its conditions are those of the index of changed messages. */
    changedSince: prepared(db, (read, p: { chatId: number; rev: number }) =>
      storedMessages(read)
        .where('m.chat_id', '=', p.chatId)
        .where('m.rev', '>', p.rev)
        .where((eb) => eb('m.rev', '<>', eb.ref('m.sent_rev')))
        .where('m.sent_rev', '<=', p.rev),
    ),

    reactions: prepared(db, (read, p: { messageIds: readonly number[] }) =>
      reactionsInOrder(read).where(among(read, 'message_id', p.messageIds)),
    ),

    media: mediaOfMessages(db),

    mediaById: prepared(db, (read, p: { ids: readonly number[] }) =>
      mediaInOrder(read).where(among(read, 'id', p.ids)),
    ),

    pins: prepared(
      db,
      (read, p: { chatId: number; now: number; pinnedAt: number; id: number; limit: number }) =>
        storedMessages(read)
          .where('m.chat_id', '=', p.chatId)
          .where('m.pinned_at', 'is not', null)
          .where((eb) => eb.or([eb('m.expires_at', 'is', null), eb('m.expires_at', '>', p.now)]))
          .where(({ eb, refTuple, tuple }) =>
            eb(refTuple('m.pinned_at', 'm.id'), '<', tuple(p.pinnedAt, p.id)),
          )
          .orderBy('m.pinned_at', 'desc')
          .orderBy('m.id', 'desc')
          .limit(p.limit),
    ),

    newest: prepared(db, (read, p: { chatIds: readonly number[] }) =>
      storedMessages(read)
        .innerJoin('chats as c', (join) =>
          join.onRef('c.id', '=', 'm.chat_id').onRef('c.last_seq', '=', 'm.seq'),
        )
        .where(among(read, 'c.id', p.chatIds)),
    ),

    floors: prepared(db, (read, p: { chatIds: readonly number[] }) =>
      read
        .selectFrom('chats as c')
        .innerJoin('messages as m', (join) =>
          join.onRef('m.chat_id', '=', 'c.id').onRef('m.seq', '=', 'c.last_seq'),
        )
        .innerJoin('chat_members as o', (join) =>
          join.onRef('o.chat_id', '=', 'c.id').onRef('o.user_id', '<>', 'm.sender_id'),
        )
        .innerJoin('users as u', 'u.id', 'o.user_id')
        .where(among(read, 'c.id', p.chatIds))
        .where('o.left_at', 'is', null)
        .where('u.is_active', '=', 1)
        .groupBy('c.id')
        .select((eb) => [
          'c.id',
          eb.fn.min('o.last_delivered_seq').as('delivered'),
          eb.fn.min('o.last_read_seq').as('read'),
        ]),
    ),

    idsAt: prepared(db, (read, p: { chatId: number; seqs: readonly number[] }) =>
      read
        .selectFrom('messages')
        .select(['seq', 'id'])
        .where('chat_id', '=', p.chatId)
        .where(among(read, 'seq', p.seqs)),
    ),

    /** Unread mentions of members in a chat: those past their watermarks. */
    mentionCounts: prepared(db, (read, p: { chatId: number; userIds: readonly number[] }) =>
      read
        .selectFrom('chat_members as m')
        .innerJoin('mentions as x', (join) =>
          join
            .onRef('x.user_id', '=', 'm.user_id')
            .onRef('x.chat_id', '=', 'm.chat_id')
            .onRef('x.seq', '>', 'm.last_read_seq'),
        )
        .where('m.chat_id', '=', p.chatId)
        .where(among(read, 'm.user_id', p.userIds))
        .where('m.left_at', 'is', null)
        .where('x.is_read', '=', 0)
        .groupBy('m.user_id')
        .select((eb) => ['m.user_id', eb.fn.countAll<number>().as('count')]),
    ),

    sendersBetween: prepared(db, (read, p: { chatId: number; after: number; upTo: number }) =>
      read
        .selectFrom('messages')
        .select('sender_id')
        .distinct()
        .where('chat_id', '=', p.chatId)
        .where('seq', '>', p.after)
        .where('seq', '<=', p.upTo),
    ),
  };
}
