import { userName } from '../../state/names';
import { session } from '../../state/session';
import type { Chat, ChatId, UserId } from '../../state/types';

/** The others in a chat, as far as they are known. Followed by who renders it. */
export function othersIn(chat: Chat): readonly UserId[] {
  const self = session.client.userId;
  if (chat.chat_type === 'direct') {
    return chat.peer && chat.peer.id !== self ? [chat.peer.id as UserId] : [];
  }
  const members = session.members(chat.id).map(({ user_id }) => user_id);
  return members.filter((id) => id !== self);
}

/** What somebody is called, wherever they are known from. */
export function nameOf(userId: UserId): string {
  for (const chat of session.client.chats()) {
    if (chat.peer?.id === userId) return userName(chat.peer);
    const member = session.client.members(chat.id).find((one) => one.user_id === userId);
    if (member) return userName(member.user);
  }
  return '';
}

export const chatOf = (chatId: ChatId): Chat | undefined => session.chat(chatId);
