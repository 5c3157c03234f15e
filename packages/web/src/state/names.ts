import { t } from '../i18n';
import { plainName } from '../ui/plain-name';
import { session } from './session';
import type { Chat, ChatMember, User } from './types';

type Named = Pick<User, 'username' | 'full_name'>;

/** How a user is called where there is room for one name. */
export const userName = ({ full_name, username }: Named): string =>
  plainName(full_name ?? '') || username;

/** The same in a chat, where people may have a name for it. */
export const memberName = ({ nickname, user }: Pick<ChatMember, 'nickname' | 'user'>): string =>
  plainName(nickname ?? '') || userName(user);

/** What a chat is called: its name, or who it is with. */
export function chatName(chat: Chat): string {
  if (chat.chat_type === 'group') return plainName(chat.name ?? '');
  if (!chat.peer) return t('chats.deletedUser');
  return chat.peer.id === session.client.userId ? t('chats.notes') : userName(chat.peer);
}

/** Whose picture stands for a chat: its own, or that of who it is with. */
export const chatFace = ({
  id,
  avatar_url,
  peer,
}: Chat): Pick<User, 'avatar_url'> & { id: number } => peer ?? { id, avatar_url };
