import type { Chat, ChatMember, UserId } from '../../state/types';

type Rights = Pick<Chat, 'chat_type' | 'my_role' | 'is_encrypted'>;

/** Whether somebody may change a group's name, description and picture. */
export const mayEdit = ({ chat_type, my_role }: Rights): boolean =>
  chat_type === 'group' && my_role !== 'member';

/**
 * Whether somebody may hand out links. In an encrypted group a member's device, not the server's word,
 * lets people in.
 */
export const mayInvite = (chat: Rights): boolean => mayEdit(chat) && !chat.is_encrypted;

export const mayDelete = ({ chat_type, my_role }: Rights): boolean =>
  chat_type === 'group' && my_role === 'owner';

/** In a direct chat either one may. */
export const maySetDisappearing = (chat: Rights): boolean =>
  chat.chat_type === 'direct' || mayEdit(chat);

/** What may be done with a member. */
export type MemberAction = 'make_admin' | 'make_member' | 'make_owner' | 'remove';

/** What somebody may do with a member: an admin removes members, an owner decides all. */
export function memberActions(
  chat: Rights,
  { role, user_id }: Pick<ChatMember, 'role' | 'user_id'>,
  self: UserId,
): MemberAction[] {
  if (!mayEdit(chat) || user_id === self || role === 'owner') return [];
  if (chat.my_role === 'owner') {
    return [role === 'admin' ? 'make_member' : 'make_admin', 'make_owner', 'remove'];
  }
  return role === 'member' ? ['remove'] : [];
}

type Heir = Pick<ChatMember, 'role' | 'joined_at' | 'user_id'>;

/** Who owns a group once its owner leaves: who has been admin or, without any, member for longest. */
export function heirOf<M extends Heir>(members: readonly M[], owner: UserId): M | undefined {
  const others = members.filter(({ user_id }) => user_id !== owner);
  const byAge = others.sort(
    (a, b) => Date.parse(a.joined_at) - Date.parse(b.joined_at) || a.user_id - b.user_id,
  );
  return byAge.find(({ role }) => role === 'admin') ?? byAge[0];
}

const RANKS: Readonly<Record<ChatMember['role'], number>> = { owner: 0, admin: 1, member: 2 };

/** Owner and admins first, then by name. */
export function byRank<M extends Pick<ChatMember, 'role'>>(
  members: readonly M[],
  nameOf: (member: M) => string,
): M[] {
  const { compare } = new Intl.Collator();
  return members.toSorted((a, b) => RANKS[a.role] - RANKS[b.role] || compare(nameOf(a), nameOf(b)));
}
