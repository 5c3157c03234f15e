import { useEffect, useState } from 'preact/hooks';
import { t } from '../../i18n';
import { session } from '../../state/session';
import type { ChatId, Message } from '../../state/types';
import { nameIn } from './people';
import { lineOf } from './summaries';
import { systemText } from './system-text';

function announcementOf(message: Message): string {
  if (message.content_type === 'system') return systemText(message);
  const name = nameIn(message.chat_id, message.sender_id);
  return t('conversation.announced', { name, text: lineOf(message) });
}

/** Tells screen readers of what others say, as it comes. */
export function LiveRegion({ chatId }: { chatId: ChatId }) {
  const [text, setText] = useState('');
  useEffect(
    () =>
      session.client.on('message', ({ chat_id, message, live }) => {
        const isOwn = message.sender_id === session.client.userId;
        if (chat_id === chatId && live && !isOwn) setText(announcementOf(message));
      }),
    [chatId],
  );
  return (
    <div class="unseen" aria-live="polite" data-announcer>
      {text}
    </div>
  );
}
