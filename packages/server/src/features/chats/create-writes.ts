import { ConfabError } from '@confab/protocol/failure';
import { defineWrite, type WriteContext } from '../../storage/write';
import { directKey, isBlockBetween, lockUsers } from '../privacy/writes';
import { inviteMembers } from './notice-steps';
import { memberValues, mustBeUsers, refuseApart } from './write-steps';

interface ChatShape {
  chat_type: 'direct' | 'group';
  name?: string;
  description?: string | null;
  avatar_url?: string | null;
  direct_key?: string;
  is_blocked?: number;
  is_encrypted: number;
}

async function insertChat(
  { db }: WriteContext,
  shape: ChatShape,
  memberCount: number,
  at: number,
): Promise<number | undefined> {
  const row = await db
    .insertInto('chats')
    .values({
      ...shape,
      is_active: 1,
      member_count: memberCount,
      rev: 1,
      last_seq: 0,
      info_rev: 1,
      last_activity_at: at,
      created_at: at,
    })
    .onConflict((conflict) => conflict.column('direct_key').doNothing())
    .returning('id')
    .executeTakeFirst();
  return row?.id;
}

async function insertMembers(
  { db }: WriteContext,
  chatId: number,
  members: readonly { userId: number; role: 'member' | 'owner' }[],
  at: number,
) {
  const values = members.map((member) =>
    memberValues({ ...member, chatId, rev: 1, lastSeq: 0, at }),
  );
  for (let i = 0; i < values.length; i += 100) {
    await db
      .insertInto('chat_members')
      .values(values.slice(i, i + 100))
      .execute();
  }
}

/**
 * One chat per pair of users, and an encrypted one, whoever asks and however often. A block does not hinder it, which would
 * tell the blocked one of it; nobody can send there, though.
 */
export const createDirect = defineWrite<
  { userId: number; peerId: number; isEncrypted?: boolean; at: number },
  { chatId: number; created: boolean }
>('chats.create_direct', async (context, { userId, peerId, isEncrypted = false, at }) => {
  const key = directKey(userId, peerId, isEncrypted);
  const known = await directByKey(context, key);
  if (known !== undefined) return { chatId: known, created: false };
  const userIds = [...new Set([userId, peerId])];
  await mustBeUsers(context, userIds);
  // A block set meanwhile would mark the chat, were it there.
  await lockUsers(context, userIds);
  const isBlocked = await isBlockBetween(context, userId, peerId);
  const shape = {
    chat_type: 'direct',
    direct_key: key,
    is_blocked: isBlocked ? 1 : 0,
    is_encrypted: isEncrypted ? 1 : 0,
  } as const;
  const chatId = await insertChat(context, shape, userIds.length, at);
  if (chatId === undefined) {
    const winner = await directByKey(context, key);
    if (winner === undefined) throw new ConfabError('conflict', 'Try again.');
    return { chatId: winner, created: false };
  }
  const members = userIds.map((id) => ({ userId: id, role: 'member' as const }));
  await insertMembers(context, chatId, members, at);
  return { chatId, created: true };
});

async function directByKey({ db }: WriteContext, key: string): Promise<number | undefined> {
  const row = await db
    .selectFrom('chats')
    .select('id')
    .where('direct_key', '=', key)
    .executeTakeFirst();
  return row?.id;
}

export interface NewGroup {
  ownerId: number;
  memberIds: number[];
  name: string;
  description: string | null;
  avatarUrl: string | null;
  isEncrypted?: boolean;
  at: number;
  /** Members who are not notified of it. */
  silent?: readonly number[];
}

export const createGroup = defineWrite<NewGroup, number>(
  'chats.create_group',
  async (context, group) => {
    await mustBeUsers(context, [group.ownerId, ...group.memberIds]);
    await refuseApart(context, group.ownerId, group.memberIds);
    const shape = {
      chat_type: 'group',
      name: group.name,
      description: group.description,
      avatar_url: group.avatarUrl,
      is_encrypted: group.isEncrypted ? 1 : 0,
    } as const;
    const chatId = await insertChat(context, shape, group.memberIds.length + 1, group.at);
    if (chatId === undefined) throw new Error('The chat was not inserted');
    const members = group.memberIds.map((userId) => ({ userId, role: 'member' as const }));
    await insertMembers(
      context,
      chatId,
      [{ userId: group.ownerId, role: 'owner' }, ...members],
      group.at,
    );
    const { ownerId: actorId, at, silent = [] } = group;
    await inviteMembers(context, group.memberIds, { chatId, actorId, lastSeq: 0, at, silent });
    return chatId;
  },
);
