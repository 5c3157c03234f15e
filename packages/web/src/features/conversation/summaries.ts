import { t } from '../../i18n';
import type { Message } from '../../state/types';
import { plainLine } from '../chats/plain-line';
import { shownOf, type View } from '../encryption/view';

const KINDS = {
  text: 'conversation.message',
  system: 'conversation.message',
  image: 'media.photo',
  video: 'media.video',
  audio: 'media.audio',
  file: 'media.file',
} as const;

/** What a message without a text is called. */
export const kindText = (kind: Message['content_type']): string => t(KINDS[kind]);

type Filed = Pick<View, 'content_type' | 'media'>;

/** What a message's file is called. */
export const fileText = ({ content_type, media: [file] }: Filed): string =>
  file?.is_voice ? t('media.voice') : kindText(content_type);

/** A message in one line: its text, or what its file is. */
export function lineOf(message: Message): string {
  const view = shownOf(message);
  if (view.state === 'deleted') return t('conversation.deleted');
  return plainLine(view.text) || fileText(view);
}
