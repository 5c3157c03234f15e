import { useEffect } from 'preact/hooks';
import { t } from '../../i18n';
import { chatName } from '../../state/names';
import { session } from '../../state/session';
import { toast } from '../../ui/toasts';
import { isLeaving } from './chat-actions';

/** Tells at once of a chat that the user is no longer in, unless that is their own doing. */
export function useRemovalNotice(): void {
  useEffect(
    () =>
      session.client.on('chat_removed', ({ chat }) => {
        if (!isLeaving(chat.id)) toast(t('chats.removed', { name: chatName(chat) }));
      }),
    [],
  );
}
