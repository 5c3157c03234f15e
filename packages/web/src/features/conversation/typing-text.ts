import type { Typist } from '@confab/client';
import { t } from '../../i18n';
import type { ChatId } from '../../state/types';
import { nameIn } from './people';

/** Who is typing, in words; empty when nobody is. Follows signals. */
export function typingText(chatId: ChatId, typists: readonly Typist[]): string {
  const names = typists.map(({ user_id }) => nameIn(chatId, user_id));
  const [one, two] = names;
  if (one === undefined) return '';
  if (two === undefined) return t('conversation.typingOne', { name: one });
  if (names.length === 2) return t('conversation.typingTwo', { one, two });
  return t('conversation.typingMany', { count: names.length });
}
