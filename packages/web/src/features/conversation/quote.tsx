import { useComputed } from '@preact/signals';
import { t } from '../../i18n';
import type { MessageId } from '../../state/types';
import { plainLine } from '../chats/plain-line';
import type { ViewQuote } from '../encryption/view';
import { useConversation } from './conversation-context';
import { nameIn } from './people';
import { kindText } from './summaries';

/** What a message answers. A click leads there. */
export function Quote({ quote, from }: { quote: ViewQuote; from: MessageId }) {
  const { chatId, timeline } = useConversation();
  const name = useComputed(() => nameIn(chatId, quote.sender_id));
  return (
    <button
      type="button"
      class="quote"
      onClick={() => void timeline.jump(quote.message_id, from)}
      title={t('conversation.toReplied')}
    >
      <strong class="ellipsis">{name}</strong>
      <span class="ellipsis">{quoteText(quote)}</span>
    </button>
  );
}

function quoteText({ text, content_type }: ViewQuote): string {
  if (text === null) return t('conversation.deleted');
  return plainLine(text) || kindText(content_type);
}
