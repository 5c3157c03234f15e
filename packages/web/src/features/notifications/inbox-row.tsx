import { hrefOf } from '../../app/routes';
import { t } from '../../i18n';
import { momentOf, shortTimeOf } from '../../i18n/dates';
import { chatFace, chatName } from '../../state/names';
import { session } from '../../state/session';
import type { Notification } from '../../state/types';
import { Avatar } from '../../ui/avatar';
import { IconButton } from '../../ui/button';
import { Check } from '../../ui/icons';
import { senderName } from '../conversation/people';
import { wordsOf } from './words';

interface InboxRowProps {
  notification: Notification;
  onRead: (notification: Notification) => void;
}

/** A notification, which leads to what it tells of. */
export function InboxRow({ notification, onRead }: InboxRowProps) {
  const { data, created_at, is_read } = notification;
  const chat = session.chat(data.chat_id);
  const { title, body } = inWords(notification);
  const face = chat ? chatFace(chat) : { id: data.chat_id, avatar_url: null };
  return (
    <li class="inbox-row" data-unread={!is_read}>
      <a
        class="list-row"
        href={hrefOf({
          name: 'chat',
          chatId: data.chat_id,
          ...(data.message_id === null ? {} : { messageId: data.message_id }),
        })}
        onClick={() => onRead(notification)}
      >
        <span class="inbox-dot" aria-hidden="true" />
        <Avatar of={face} name={chat ? chatName(chat) : data.sender_username} size={40} />
        <span class="list-row-text">
          <span class="row">
            <span class="spacer inbox-title">
              {!is_read && <span class="unseen">{t('notifications.isUnread')} </span>}
              {title}
            </span>
            <time class="quiet small" dateTime={created_at} title={momentOf(created_at)}>
              {shortTimeOf(created_at)}
            </time>
          </span>
          <span class="ellipsis quiet inbox-body">{body}</span>
        </span>
      </a>
      <span class="inbox-mark">
        {!is_read && (
          <IconButton
            icon={Check}
            label={t('notifications.markRead', { title })}
            onClick={() => onRead(notification)}
          />
        )}
      </span>
    </li>
  );
}

function inWords({ notification_type, title, body, data }: Notification) {
  return wordsOf({
    kind: notification_type,
    title,
    body,
    sender: senderName(data),
    count: data.count,
    chat: session.chat(data.chat_id),
    message: data.message_id === null ? undefined : session.client.message(data.message_id),
  });
}
