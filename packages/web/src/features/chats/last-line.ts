import type { OutboxEntry } from '@confab/client';
import { t } from '../../i18n';
import { session } from '../../state/session';
import type { Chat, Message } from '../../state/types';
import { draftOf } from '../composer/drafts';
import { nameIn } from '../conversation/people';
import { fileText } from '../conversation/summaries';
import { systemText } from '../conversation/system-text';
import { typingText } from '../conversation/typing-text';
import { shownOf, type View } from '../encryption/view';
import { plainLine } from './plain-line';

/** What stands beneath a chat's name in the list. */
export interface LastLine {
  readonly kind: 'typing' | 'draft' | 'message' | 'quiet';
  /** Who says it, or what it is, before the text. */
  readonly lead: string | null;
  readonly text: string;
}

/** What a message's files are; empty for one without any. */
function fileWords(view: View): string {
  const { media, content_type: type } = view;
  const [first] = media;
  if (media.length > 1) return t('chats.files', { count: media.length });
  if (type === 'text') return '';
  return type === 'file' && first ? first.original_filename : fileText(view);
}

function messageWords(message: Message): string {
  const view = shownOf(message);
  if (view.state === 'deleted') return t('conversation.deleted');
  const isOpen = view.state === 'plain' || view.state === 'shown';
  if (!isOpen || (message.is_encrypted && view.state === 'plain')) {
    return t('encryption.encryptedMessage');
  }
  return [fileWords(view), plainLine(view.text)].filter((words) => words !== '').join(' · ');
}

function ofMessage(chat: Chat, message: Message): LastLine {
  if (message.content_type === 'system') {
    return { kind: 'quiet', lead: null, text: systemText(message) };
  }
  return { kind: 'message', lead: speaker(chat, message), text: messageWords(message) };
}

/** The row has little room, and who is who is plain enough by it. */
const firstName = (name: string): string => name.split(' ', 1)[0] ?? name;

/** Who said it, where that is not plain: in a direct chat it is, but for oneself. */
function speaker(chat: Chat, { sender_id }: Message): string | null {
  if (sender_id !== session.client.userId) {
    return chat.chat_type === 'group' ? firstName(nameIn(chat.id, sender_id)) : null;
  }
  return chat.peer?.id === sender_id ? null : t('common.you');
}

function ofPending({ draft }: OutboxEntry): LastLine {
  const files = draft.media_ids?.length ?? 0;
  const text = plainLine(draft.content ?? '') || (files ? t('chats.files', { count: files }) : '');
  return { kind: 'message', lead: t('common.you'), text };
}

function typing(chat: Chat): LastLine | null {
  const typists = session.typists(chat.id);
  if (typists.length === 0) return null;
  const isDirect = chat.chat_type === 'direct';
  const text = isDirect ? t('chats.typing') : typingText(chat.id, typists);
  return { kind: 'typing', lead: null, text };
}

function draft(chat: Chat): LastLine | null {
  const text = plainLine(draftOf(chat.id).value);
  return text === '' ? null : { kind: 'draft', lead: t('chats.draft'), text };
}

/** What is to be said of a chat, beginning with what happens just now. Follows signals. */
export function lastLine(chat: Chat, { isOpen }: { isOpen: boolean }): LastLine {
  const pending = session.pending(chat.id).at(-1);
  const now = typing(chat) ?? (isOpen ? null : draft(chat)) ?? (pending && ofPending(pending));
  if (now) return now;
  if (chat.last_message) return ofMessage(chat, chat.last_message);
  return { kind: 'quiet', lead: null, text: t('chats.nothingYet') };
}
