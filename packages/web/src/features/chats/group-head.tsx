import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { chatName } from '../../state/names';
import { session } from '../../state/session';
import type { Chat } from '../../state/types';
import { Avatar } from '../../ui/avatar';
import { Button } from '../../ui/button';
import { Pencil } from '../../ui/icons';
import { PictureField } from '../../ui/picture-field';
import { useTask } from '../../ui/use-task';
import { GroupForm } from './group-form';
import { mayEdit } from './rights';

/** A group's picture, name and description; its admins change them right here. */
export function GroupHead({ chat }: { chat: Chat }) {
  const [isEditing, setEditing] = useState(false);
  if (isEditing && mayEdit(chat)) {
    return <GroupForm chat={chat} onDone={() => setEditing(false)} />;
  }
  return (
    <header class="info-head">
      <Picture chat={chat} />
      <h2 dir="auto">{chatName(chat)}</h2>
      <p class="quiet small">{t('chats.memberCount', { count: chat.member_count })}</p>
      {chat.description && (
        <p class="info-description" dir="auto">
          {chat.description}
        </p>
      )}
      {mayEdit(chat) && (
        <Button onClick={() => setEditing(true)}>
          <Pencil size={18} aria-hidden="true" />
          {t('common.edit')}
        </Button>
      )}
    </header>
  );
}

function Picture({ chat }: { chat: Chat }) {
  const { busy, run } = useTask();
  const avatar = <Avatar of={chat} name={chatName(chat)} size={96} />;
  if (!mayEdit(chat)) return avatar;
  const { client } = session;
  return (
    <>
      <PictureField
        label={t('chats.changePicture')}
        busy={busy}
        onPick={(picture) => void run(() => client.setChatAvatar(chat.id, picture))}
      >
        {avatar}
      </PictureField>
      {chat.avatar_url !== null && (
        <Button
          kind="plain"
          disabled={busy}
          onClick={() => void run(() => client.api.removeChatAvatar(chat.id))}
        >
          {t('chats.removePicture')}
        </Button>
      )}
    </>
  );
}
