import { type ExpressionBuilder, type Kysely, sql } from 'kysely';
import { among, prepared } from '../../storage/prepared';
import type { Schema } from '../../storage/schema';

type Db = Kysely<Schema>;
type MemberAndChat = Schema & { m: Schema['chat_members']; c: Schema['chats'] };

const CHAT = [
  'c.id',
  'c.chat_type',
  'c.name',
  'c.description',
  'c.avatar_url',
  'c.is_active',
  'c.is_encrypted',
  'c.direct_key',
  'c.member_count',
  'c.rev',
  'c.last_seq',
  'c.info_rev',
  'c.last_activity_at',
  'c.created_at',
  'c.disappear_after_s',
  'c.is_blocked',
  'c.epoch',
  'c.epoch_stale',
] as const;

const MEMBER = [
  'm.id',
  'm.chat_id',
  'm.user_id',
  'm.role',
  'm.nickname',
  'm.is_muted',
  'm.muted_until',
  'm.notification_level',
  'm.settings_version',
  'm.joined_at',
  'm.left_at',
  'm.rev',
  'm.last_read_seq',
  'm.last_delivered_seq',
  'm.read_at',
  'm.delivered_at',
] as const;

/**
 * The member's mentions past their watermark, looked up only where something is unread: in the row
 * itself, so that all counts are of one moment.
 */
function unreadMentions(eb: ExpressionBuilder<MemberAndChat, 'm' | 'c'>) {
  return eb
    .case()
    .when('c.last_seq', '>', eb.ref('m.last_read_seq'))
    .then(
      eb
        .selectFrom('mentions as x')
        .select((sub) => sub.fn.countAll<number>().as('count'))
        .whereRef('x.user_id', '=', 'm.user_id')
        .whereRef('x.chat_id', '=', 'm.chat_id')
        .whereRef('x.seq', '>', 'm.last_read_seq')
        .where('x.is_read', '=', 0),
    )
    .else(0)
    .end();
}

/** Chats with what one of their members has in them. */
export function chatsOfUser(db: Db, userId: number) {
  return db
    .selectFrom('chat_members as m')
    .innerJoin('chats as c', 'c.id', 'm.chat_id')
    .leftJoin('messages as read', (join) =>
      join.onRef('read.chat_id', '=', 'c.id').onRef('read.seq', '=', 'm.last_read_seq'),
    )
    .select(CHAT)
    .select(['m.role', 'm.nickname', 'm.is_muted', 'm.muted_until'])
    .select(['m.notification_level', 'm.settings_version', 'm.last_read_seq'])
    .select('read.id as last_read_message_id')
    .select((eb) => unreadMentions(eb).as('mention_count'))
    .select((eb) =>
      eb
        .case()
        .when('c.chat_type', '=', 'direct')
        .then(
          sql<number | null>`coalesce((select p.user_id from chat_members p
            where p.chat_id = c.id and p.user_id <> ${userId}), ${userId})`,
        )
        .end()
        .as('peer_id'),
    )
    .where('m.user_id', '=', userId)
    .where('m.left_at', 'is', null)
    .where('c.is_active', '=', 1);
}

/** Memberships with the ids of the messages that their watermarks stand at. */
function membersWithMarks(db: Db) {
  return db
    .selectFrom('chat_members as m')
    .leftJoin('messages as read', (join) =>
      join.onRef('read.chat_id', '=', 'm.chat_id').onRef('read.seq', '=', 'm.last_read_seq'),
    )
    .leftJoin('messages as got', (join) =>
      join.onRef('got.chat_id', '=', 'm.chat_id').onRef('got.seq', '=', 'm.last_delivered_seq'),
    )
    .select(MEMBER)
    .select(['read.id as last_read_message_id', 'got.id as last_delivered_message_id']);
}

/** The queries of chats that are run often. */
export function chatQueries(db: Db) {
  return {
    chat: prepared(db, (read, p: { id: number }) =>
      read
        .selectFrom('chats as c')
        .select(CHAT)
        .where('c.id', '=', p.id)
        .where('c.is_active', '=', 1),
    ),

    memberStates: prepared(db, (read, p: { chatId: number }) =>
      read
        .selectFrom('chat_members as m')
        .select(MEMBER)
        .where('m.chat_id', '=', p.chatId)
        .where('m.left_at', 'is', null),
    ),

    /** Deleting a chat ends its memberships, so these chats exist. */
    idsOfUser: prepared(db, (read, p: { userId: number }) =>
      read
        .selectFrom('chat_members')
        .select('chat_id')
        .where('user_id', '=', p.userId)
        .where('left_at', 'is', null),
    ),

    revisionsOf: prepared(db, (read, p: { chatIds: readonly number[] }) =>
      read
        .selectFrom('chats')
        .select(['id as chatId', 'rev'])
        .where(among(read, 'id', p.chatIds))
        .where('is_active', '=', 1),
    ),

    revisions: prepared(db, (read, p: { userId: number }) =>
      read
        .selectFrom('chat_members as m')
        .innerJoin('chats as c', 'c.id', 'm.chat_id')
        .select(['c.id as chatId', 'c.rev', 'c.last_seq as lastSeq'])
        .select('m.last_delivered_seq as deliveredSeq')
        .where('m.user_id', '=', p.userId)
        .where('m.left_at', 'is', null)
        .where('c.is_active', '=', 1),
    ),

    oneOfUser: prepared(db, (read, p: { userId: number; chatId: number }) =>
      chatsOfUser(read, p.userId).where('m.chat_id', '=', p.chatId),
    ),

    members: prepared(db, (read, p: { chatId: number; afterId: number; limit: number }) =>
      membersWithMarks(read)
        .where('m.chat_id', '=', p.chatId)
        .where('m.left_at', 'is', null)
        .where('m.id', '>', p.afterId)
        .orderBy('m.id')
        .limit(p.limit),
    ),

    member: prepared(db, (read, p: { chatId: number; userId: number }) =>
      membersWithMarks(read)
        .where('m.chat_id', '=', p.chatId)
        .where('m.left_at', 'is', null)
        .where('m.user_id', '=', p.userId),
    ),

    membersSince: prepared(db, (read, p: { chatId: number; rev: number }) =>
      membersWithMarks(read).where('m.chat_id', '=', p.chatId).where('m.rev', '>', p.rev),
    ),

    acquaintances: prepared(db, (read, p: { userId: number; smallGroup: number }) =>
      read
        .selectFrom('chat_members as mine')
        .innerJoin('chats as c', 'c.id', 'mine.chat_id')
        .innerJoin('chat_members as theirs', 'theirs.chat_id', 'mine.chat_id')
        .select('theirs.user_id')
        .distinct()
        .where('mine.user_id', '=', p.userId)
        .where('mine.left_at', 'is', null)
        .where('c.member_count', '<=', p.smallGroup)
        .where('c.is_active', '=', 1)
        .where('theirs.left_at', 'is', null)
        .where('theirs.user_id', '<>', p.userId),
    ),
  };
}
