import type { Role, SystemEvent } from '@confab/protocol';
import { ConfabError } from '@confab/protocol/failure';
import type { WriteContext } from '../../storage/write';
import { asShown } from '../users/writes';
import type { ChatRow, MemberRow, NamedUser, SystemMessage } from './records';

/** Steps that the writes of this feature are made of. */

/** The chat, unless it was deleted, locked against other nodes until the commit. */
export function lockedChat(
  { db, dialect }: WriteContext,
  chatId: number,
): Promise<ChatRow | undefined> {
  return db
    .selectFrom('chats')
    .selectAll()
    .where('id', '=', chatId)
    .where('is_active', '=', 1)
    .$if(dialect === 'postgres', (query) => query.forUpdate())
    .executeTakeFirst();
}

/**
 * The chat and the actor's membership in it, locked against other nodes until the commit.
 * @throws ConfabError `not_found` unless the chat is there and the actor is in it
 */
export async function chatAndActor(
  context: WriteContext,
  chatId: number,
  actorId: number,
): Promise<{ chat: ChatRow; actor: MemberRow }> {
  const chat = await lockedChat(context, chatId);
  const actor = chat && (await activeMember(context, chatId, actorId));
  if (!chat || !actor) throw new ConfabError('not_found', 'There is no such chat');
  return { chat, actor };
}

/** @throws ConfabError `blocked` in a direct chat one of whose members blocked the other */
export function refuseBlocked(chat: Pick<ChatRow, 'is_blocked'>): void {
  if (chat.is_blocked === 1) throw new ConfabError('blocked', BLOCKED);
}

export const BLOCKED = 'Nobody can write in this chat: one of its two members blocked the other.';

export function activeMember(
  { db }: Pick<WriteContext, 'db'>,
  chatId: number,
  userId: number,
): Promise<MemberRow | undefined> {
  return db
    .selectFrom('chat_members')
    .selectAll()
    .where('chat_id', '=', chatId)
    .where('user_id', '=', userId)
    .where('left_at', 'is', null)
    .executeTakeFirst();
}

/** @throws ConfabError `not_a_member` */
export async function targetMember(context: WriteContext, chatId: number, userId: number) {
  const member = await activeMember(context, chatId, userId);
  if (!member) throw new ConfabError('not_a_member', 'This user is not a member of the chat');
  return member;
}

/** Changes a membership at a new revision of its chat. */
export async function changeMember(
  context: WriteContext,
  chat: ChatRow,
  memberId: number,
  change: {
    role?: Role;
    nickname?: string | null;
    left_at?: number;
  },
): Promise<MemberRow> {
  const rev = nextRev(chat);
  return context.db
    .updateTable('chat_members')
    .set({ ...change, rev })
    .where('id', '=', memberId)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Who may read an encrypted chat changes: what is sent from now on needs another key. */
export function outdateEpoch(chat: ChatRow): void {
  if (chat.is_encrypted === 1) chat.epoch_stale = 1;
}

/** The same for all encrypted chats of a user, whose devices changed. */
export async function outdateEpochsOf(context: WriteContext, userId: number): Promise<void> {
  const { db, dialect } = context;
  const rows = await db
    .selectFrom('chats as c')
    .innerJoin('chat_members as m', 'm.chat_id', 'c.id')
    .select('c.id')
    .where('m.user_id', '=', userId)
    .where('m.left_at', 'is', null)
    .where('c.is_encrypted', '=', 1)
    .where('c.is_active', '=', 1)
    .orderBy('c.id')
    .$if(dialect === 'postgres', (query) => query.forNoKeyUpdate('c'))
    .execute();
  const ids = rows.map((row) => row.id);
  for (let i = 0; i < ids.length; i += 500) {
    await db
      .updateTable('chats')
      .set({ epoch_stale: 1 })
      .where('id', 'in', ids.slice(i, i + 500))
      .execute();
  }
}

/** Counts the chat's revision up; `saveChat` stores it at the end of the write. */
export function nextRev(chat: ChatRow): number {
  chat.rev += 1;
  return chat.rev;
}

/** Appends a system message at a new place and revision. It is read, for the one who caused it. */
export async function appendSystemMessage(
  context: WriteContext,
  chat: ChatRow,
  message: { senderId: number; content: string; event: SystemEvent; at: number },
): Promise<SystemMessage> {
  const rev = nextRev(chat);
  chat.last_seq += 1;
  chat.last_activity_at = message.at;
  const { id } = await context.db
    .insertInto('messages')
    .values({
      chat_id: chat.id,
      seq: chat.last_seq,
      rev,
      sent_rev: rev,
      sender_id: message.senderId,
      content: message.content,
      content_type: 'system',
      system_event: JSON.stringify(message.event),
      is_deleted: 0,
      created_at: message.at,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await markOwnMessage(context, chat, message.senderId, message.at);
  return { ...message, id, chatId: chat.id, seq: chat.last_seq, rev };
}

function markOwnMessage({ db }: WriteContext, chat: ChatRow, userId: number, at: number) {
  const seq = chat.last_seq;
  return db
    .updateTable('chat_members')
    .set({ last_read_seq: seq, last_delivered_seq: seq, read_at: at, delivered_at: at })
    .where('chat_id', '=', chat.id)
    .where('user_id', '=', userId)
    .execute();
}

export async function saveChat({ db }: WriteContext, chat: ChatRow): Promise<void> {
  const { id, ...fields } = chat;
  await db.updateTable('chats').set(fields).where('id', '=', id).execute();
}

export async function usernameOf({ db }: WriteContext, userId: number): Promise<string> {
  const row = await db
    .selectFrom('users')
    .select('shown_name')
    .where('id', '=', userId)
    .executeTakeFirst();
  return row?.shown_name ?? 'somebody';
}

/**
 * Holds the users' rows until the commit: nobody is put into a chat while they are being erased.
 * @throws ConfabError `not_found` unless all of them are active users
 */
export async function mustBeUsers(
  { db, dialect }: WriteContext,
  userIds: readonly number[],
): Promise<void> {
  let found = 0;
  for (let i = 0; i < userIds.length; i += 500) {
    const rows = await db
      .selectFrom('users')
      .select('id')
      .where('id', 'in', userIds.slice(i, i + 500))
      .where('is_active', '=', 1)
      .$if(dialect === 'postgres', (query) => query.forShare())
      .execute();
    found += rows.length;
  }
  if (found < userIds.length) throw new ConfabError('not_found', 'There is no such user');
}

/**
 * Nobody is put into a group by somebody with whom there is a block. Whose it is, is not told. The
 * users must be held by `mustBeUsers`, so that a block set meanwhile comes before or after.
 * @throws ConfabError `forbidden`, naming the first of them
 */
export async function refuseApart(
  { db }: WriteContext,
  actorId: number,
  userIds: readonly number[],
): Promise<void> {
  for (let i = 0; i < userIds.length; i += 500) {
    const some = userIds.slice(i, i + 500);
    const apart = await db
      .selectFrom('blocks')
      .select(['blocker_id', 'blocked_id'])
      .where((eb) =>
        eb.or([
          eb.and([eb('blocker_id', '=', actorId), eb('blocked_id', 'in', some)]),
          eb.and([eb('blocked_id', '=', actorId), eb('blocker_id', 'in', some)]),
        ]),
      )
      .executeTakeFirst();
    if (!apart) continue;
    const userId = apart.blocker_id === actorId ? apart.blocked_id : apart.blocker_id;
    throw new ConfabError('forbidden', `You cannot put the user ${userId} into a group.`);
  }
}

export interface NewMember {
  chatId: number;
  userId: number;
  role: Role;
  rev: number;
  /** Everything up to here counts as read: whoever joins begins with no unread messages. */
  lastSeq: number;
  at: number;
}

export function memberValues(member: NewMember) {
  return {
    chat_id: member.chatId,
    user_id: member.userId,
    role: member.role,
    is_muted: 0,
    muted_until: null,
    joined_at: member.at,
    rev: member.rev,
    last_read_seq: member.lastSeq,
    last_delivered_seq: member.lastSeq,
  };
}

export async function namedUsers(
  { db }: WriteContext,
  userIds: readonly number[],
): Promise<NamedUser[]> {
  if (userIds.length === 0) return [];
  const rows = await db
    .selectFrom('users')
    .select(['id', 'shown_name as username', 'full_name', 'avatar_url', 'last_seen', 'is_active'])
    .where('id', 'in', userIds)
    .execute();
  return rows.map(asShown);
}
