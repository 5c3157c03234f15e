import { session } from '../../state/session';
import type { Chat, ChatId, UserId } from '../../state/types';
import { isEncrypted, startEncryption, takePart } from './encryption';

export interface NewEncrypted {
  readonly members: readonly UserId[];
  /** A group has one. Without it, it is the direct chat with the one member. */
  readonly name?: string;
  /** Whether who joins later can read what was written before. It cannot be changed afterwards. */
  readonly share?: boolean;
}

/**
 * Makes an encrypted chat; who has no keys yet is led to them first. @returns null when that was not
 * wanted. @throws ClientError, Refusal
 */
export async function createEncrypted({
  members,
  name,
  share = false,
}: NewEncrypted): Promise<Chat | null> {
  const encryption = await takePart();
  if (!encryption) return null;
  if (name !== undefined) return encryption.createGroup(name, members, { share });
  const [other] = members;
  return other === undefined ? null : encryption.openDirect(other);
}

/** The encrypted chat with somebody, beside the plain one if there is one; null as above. */
export const openEncryptedDirect = (userId: UserId): Promise<Chat | null> =>
  createEncrypted({ members: [userId] });

type Role = 'owner' | 'admin' | 'member';

/** Changes who is in a chat. In an encrypted one each change is signed, as the server's word gives nobody keys. */
export interface MemberChanges {
  add(userId: UserId, role?: 'admin' | 'member'): Promise<unknown>;
  remove(userId: UserId): Promise<unknown>;
  setRole(userId: UserId, role: Role): Promise<unknown>;
  leave(): Promise<unknown>;
}

export async function memberChanges(chatId: ChatId): Promise<MemberChanges> {
  if (isEncrypted(chatId)) return (await startEncryption()).members(chatId);
  const { client } = session;
  return {
    add: (user_id, role = 'member') => client.api.addMember(chatId, { user_id, role }),
    remove: (userId) => client.api.removeMember(chatId, userId),
    setRole: (userId, role) => client.api.updateMember(chatId, userId, { role }),
    leave: () => client.leaveGroup(chatId),
  };
}
