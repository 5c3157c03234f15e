import { hrefOf } from '../../app/routes';
import { t } from '../../i18n';
import { momentOf, shortTimeOf } from '../../i18n/dates';
import { chatFace, chatName } from '../../state/names';
import { session } from '../../state/session';
import type { Chat, ChatId } from '../../state/types';
import { Avatar } from '../../ui/avatar';
import { AtSign, BellOff, Lock } from '../../ui/icons';
import { presenceOf } from '../conversation/presence-text';
import { isEncrypted } from '../encryption/encryption';
import { lastLine } from './last-line';
import { mutedWords } from './mute-times';
import { RowTicks } from './row-ticks';

interface ChatRowProps {
  chatId: ChatId;
  isCurrent: boolean;
  /** Whether the Tab key comes to it. */
  isTabStop: boolean;
}

/** A chat in the list. It is rendered anew when something of this chat changes, and not else. */
export function ChatRow({ chatId, isCurrent, isTabStop }: ChatRowProps) {
  const chat = session.chat(chatId);
  if (!chat) return null;
  const name = chatName(chat);
  return (
    <a
      class="list-row chat-row"
      href={hrefOf({ name: 'chat', chatId })}
      aria-current={isCurrent ? 'page' : undefined}
      tabIndex={isTabStop ? 0 : -1}
      data-chat={chatId}
      draggable={false}
    >
      <Avatar
        of={chatFace(chat)}
        name={name}
        size={48}
        online={presenceOf(chat)?.isOnline ?? false}
      />
      <span class="list-row-text">
        <Head chat={chat} name={name} />
        <span class="row chat-row-foot">
          <Line chat={chat} isOpen={isCurrent} />
          <Badges chat={chat} />
        </span>
      </span>
    </a>
  );
}

function Head({ chat, name }: { chat: Chat; name: string }) {
  const at = chat.last_message?.created_at;
  return (
    <span class="row chat-row-head">
      {isEncrypted(chat.id) && <Mark icon={Lock} text={t('encryption.encrypted')} />}
      <strong class="ellipsis">
        <bdi>{name}</bdi>
      </strong>
      {presenceOf(chat)?.isOnline && <span class="unseen">{t('common.online')}</span>}
      {chat.is_muted && <Mark icon={BellOff} text={mutedWords(chat)} />}
      <span class="spacer" />
      <RowTicks chat={chat} />
      {at !== undefined && (
        <time class="quiet small" dateTime={at} title={momentOf(at)}>
          {shortTimeOf(at)}
        </time>
      )}
    </span>
  );
}

function Mark({ icon: Icon, text }: { icon: typeof Lock; text: string }) {
  return (
    <span class="chat-mark" title={text}>
      <Icon size={14} aria-hidden="true" />
      <span class="unseen">{text}</span>
    </span>
  );
}

function Line({ chat, isOpen }: { chat: Chat; isOpen: boolean }) {
  const { kind, lead, text } = lastLine(chat, { isOpen });
  return (
    <span class={`ellipsis spacer chat-line chat-line-${kind}`}>
      {lead !== null && <bdi class="chat-line-lead">{`${lead}: `}</bdi>}
      <bdi>{text}</bdi>
    </span>
  );
}

/** More than this need no exact number. */
const MANY = 999;

function Badges({ chat }: { chat: Chat }) {
  const { unread_count: count, mention_count: mentions } = chat;
  if (count === 0) return null;
  return (
    <span class="row chat-badges">
      {mentions > 0 && (
        <span class="badge" title={t('chats.mentions', { count: mentions })}>
          <AtSign size={12} aria-hidden="true" />
          <span class="unseen">{t('chats.mentions', { count: mentions })}</span>
        </span>
      )}
      <span class={chat.is_muted ? 'badge badge-quiet' : 'badge'}>
        <span aria-hidden="true">{count > MANY ? `${MANY}+` : count}</span>
        <span class="unseen">{t('chats.unread', { count })}</span>
      </span>
    </span>
  );
}
