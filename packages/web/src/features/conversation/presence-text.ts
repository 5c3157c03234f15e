import { t } from '../../i18n';
import { shortTimeOf } from '../../i18n/dates';
import { session } from '../../state/session';
import type { Chat } from '../../state/types';

/** How the other one of a direct chat is; undefined in groups and in notes to oneself. */
export function presenceOf(chat: Chat): { isOnline: boolean; lastSeen: string | null } | undefined {
  const { peer } = chat;
  if (!peer || peer.id === session.client.userId) return undefined;
  const heard = session.presence(peer.id);
  return heard
    ? { isOnline: heard.status === 'online', lastSeen: heard.last_seen }
    : { isOnline: peer.is_online, lastSeen: peer.last_seen };
}

/** What stands beneath the name of a chat. */
export function presenceText(chat: Chat): string {
  if (chat.chat_type === 'group') return t('conversation.members', { count: chat.member_count });
  const presence = presenceOf(chat);
  if (!presence) return '';
  return presenceWords(presence.isOnline, presence.lastSeen);
}

/** Whether somebody is there, or when they were, as far as they show it. */
export function presenceWords(isOnline: boolean, lastSeen: string | null): string {
  if (isOnline) return t('common.online');
  return lastSeen === null ? '' : t('conversation.lastSeen', { at: shortTimeOf(lastSeen) });
}
