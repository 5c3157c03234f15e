import { useComputed } from '@preact/signals';
import { session } from '../../state/session';
import type { ChatId } from '../../state/types';
import { typingText } from './typing-text';

/** Who is typing, beneath the newest message. Its room is always there. */
export function TypingLine({ chatId }: { chatId: ChatId }) {
  const text = useComputed(() => typingText(chatId, session.typists(chatId)));
  return (
    <div class="typing-line small quiet">
      {text.value !== '' && (
        <>
          <span class="typing-dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          <span class="ellipsis">{text}</span>
        </>
      )}
    </div>
  );
}
