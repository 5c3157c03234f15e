import { useComputed } from '@preact/signals';
import { BackButton } from '../../app/back-button';
import { hrefOf, type Panel } from '../../app/routes';
import { t } from '../../i18n';
import { chatName } from '../../state/names';
import { session } from '../../state/session';
import type { Chat } from '../../state/types';
import { Avatar } from '../../ui/avatar';
import { Info, Lock, Search } from '../../ui/icons';
import { isEncrypted } from '../encryption/encryption';
import { presenceOf, presenceText } from './presence-text';
import { typingText } from './typing-text';

/** Whom one talks with, how they are, and what there is to see of the chat. */
export function ChatHeader({ chat, panel }: { chat: Chat; panel: Panel | undefined }) {
  const name = chatName(chat);
  const isOnline = useComputed(() => presenceOf(chat)?.isOnline ?? false);
  const of = { id: chat.peer?.id ?? chat.id, avatar_url: (chat.peer ?? chat).avatar_url };
  return (
    <header class="bar chat-header">
      <BackButton class="back" />
      <a class="chat-title" href={hrefOf({ name: 'chat', chatId: chat.id, panel: 'info' })}>
        <Avatar of={of} name={name} size={36} online={isOnline.value} />
        <span class="chat-title-text">
          <h1 class="row">
            {isEncrypted(chat.id) && (
              <Lock size={14} role="img" aria-label={t('encryption.encrypted')} />
            )}
            <bdi class="ellipsis">{name}</bdi>
          </h1>
          <Status chat={chat} />
        </span>
      </a>
      <PanelLink
        chat={chat}
        panel="search"
        current={panel}
        icon={Search}
        label={t('common.search')}
      />
      <PanelLink
        chat={chat}
        panel="info"
        current={panel}
        icon={Info}
        label={t('conversation.panelInfo')}
      />
    </header>
  );
}

function Status({ chat }: { chat: Chat }) {
  const typing = useComputed(() => typingText(chat.id, session.typists(chat.id)));
  const isTyping = typing.value !== '';
  return (
    <span
      class={isTyping ? 'chat-status small ellipsis typing' : 'chat-status small ellipsis quiet'}
    >
      {isTyping ? typing : presenceText(chat)}
    </span>
  );
}

interface PanelLinkProps {
  chat: Chat;
  panel: Panel;
  current: Panel | undefined;
  icon: typeof Info;
  label: string;
}

/** Opens a panel, or closes it when it is open. */
function PanelLink({ chat, panel, current, icon: Icon, label }: PanelLinkProps) {
  const isOpen = panel === current;
  const place = { name: 'chat', chatId: chat.id } as const;
  return (
    <a
      class="icon-button"
      href={hrefOf(isOpen ? place : { ...place, panel })}
      title={label}
      aria-label={label}
      aria-expanded={isOpen}
    >
      <Icon size={20} aria-hidden="true" />
    </a>
  );
}
