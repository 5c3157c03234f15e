import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { chatName } from '../../state/names';
import { session } from '../../state/session';
import type { Chat } from '../../state/types';
import { Button } from '../../ui/button';
import { Confirm } from '../../ui/dialog';
import { LogOut, Trash2 } from '../../ui/icons';
import { BlockButton } from './block-button';
import { deleteGroup } from './chat-actions';
import { LeaveDialog } from './leave-dialog';
import { mayDelete } from './rights';

type Asking = 'leave' | 'delete' | null;

/** How a chat is left, deleted, or its other one blocked. */
export function ChatEnd({ chat }: { chat: Chat }) {
  if (chat.chat_type === 'group') return <GroupEnd chat={chat} />;
  const { peer } = chat;
  if (!peer || peer.id === session.client.userId) return null;
  return (
    <div class="info-section">
      <BlockButton userId={peer.id} name={chatName(chat)} />
    </div>
  );
}

function GroupEnd({ chat }: { chat: Chat }) {
  const [asking, setAsking] = useState<Asking>(null);
  const close = () => setAsking(null);
  return (
    <div class="info-section info-end">
      <Button onClick={() => setAsking('leave')}>
        <LogOut size={18} aria-hidden="true" />
        {t('chats.leave')}
      </Button>
      {mayDelete(chat) && (
        <Button kind="danger" onClick={() => setAsking('delete')}>
          <Trash2 size={18} aria-hidden="true" />
          {t('chats.deleteGroup')}
        </Button>
      )}
      {asking === 'leave' && <LeaveDialog chat={chat} onClose={close} />}
      {asking === 'delete' && (
        <Confirm
          title={t('chats.deleteTitle', { name: chatName(chat) })}
          text={t('chats.deleteText')}
          action={t('chats.deleteGroup')}
          onConfirm={() => void deleteGroup(chat)}
          onClose={close}
        />
      )}
    </div>
  );
}
