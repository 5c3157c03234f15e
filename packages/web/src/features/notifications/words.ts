import { t } from '../../i18n';
import { chatName } from '../../state/names';
import type { Chat, Message } from '../../state/types';
import { plainLine } from '../chats/plain-line';
import { senderName } from '../conversation/people';
import { isEncrypted } from '../encryption/encryption';

/** What a notification tells of, as far as it is known here. */
export interface Told {
  readonly kind: 'message' | 'mention' | 'group_invite';
  /** What the server calls it, where nothing better is known here. */
  readonly title: string;
  readonly body: string;
  readonly sender: string | null;
  /** How many messages it stands for. */
  readonly count: number;
  readonly chat: Chat | undefined;
  readonly message: Message | undefined;
}

/** A notification in the user's language. */
export function wordsOf(told: Told): { readonly title: string; readonly body: string } {
  return { title: titleOf(told), body: bodyOf(told) };
}

function titleOf({ kind, title, sender, chat, message }: Told): string {
  const name = message ? senderName(message) : sender;
  if (!chat || !name) return title;
  const params = { name, chat: chatName(chat) };
  switch (kind) {
    case 'message':
      return chat.chat_type === 'group' ? t('notifications.messageIn', params) : chatName(chat);
    case 'mention':
      return t('notifications.mentionIn', params);
    case 'group_invite':
      return t('notifications.addedTo', params);
  }
}

function bodyOf({ kind, body, count, chat, message }: Told): string {
  if (kind === 'group_invite') return chat ? '' : body;
  if (count > 1) return t('notifications.messages', { count });
  if (chat && isEncrypted(chat.id)) return t('notifications.newMessage');
  if (message) return textOf(message);
  return kind === 'mention' ? t('notifications.mentioned') : body;
}

const FILES = { image: 'photo', video: 'video', audio: 'audio', file: 'file' } as const;

function textOf({ content, content_type }: Message): string {
  if (content !== '') return plainLine(content);
  const kind = FILES[content_type as keyof typeof FILES];
  return kind ? t(`media.${kind}`) : t('notifications.newMessage');
}
