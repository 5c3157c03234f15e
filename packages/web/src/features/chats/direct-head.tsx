import { hrefOf } from '../../app/routes';
import { t } from '../../i18n';
import { chatFace, chatName } from '../../state/names';
import { session } from '../../state/session';
import type { Chat } from '../../state/types';
import { Avatar } from '../../ui/avatar';
import { User } from '../../ui/icons';
import { presenceText } from '../conversation/presence-text';

/** Who a direct chat is with. */
export function DirectHead({ chat }: { chat: Chat }) {
  const { peer } = chat;
  const isSelf = peer?.id === session.client.userId;
  return (
    <header class="info-head">
      <Avatar of={chatFace(chat)} name={chatName(chat)} size={96} />
      <h2 dir="auto">{chatName(chat)}</h2>
      {peer && (
        <p class="quiet">
          <bdi>@{peer.username}</bdi>
        </p>
      )}
      {peer && !isSelf && <p class="quiet small presence-line">{presenceText(chat)}</p>}
      {peer && !isSelf && (
        <a class="button" href={hrefOf({ name: 'person', userId: peer.id })}>
          <User size={18} aria-hidden="true" />
          {t('chats.profile')}
        </a>
      )}
    </header>
  );
}
