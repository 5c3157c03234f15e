import type { EventBody, Mention, Notification } from '@confab/protocol';
import { iso } from '../../lib/clock';
import { frame } from '../../lib/frame';
import type { PushNotification } from '../push';
import { wordsOfFiles } from './file-words';
import type { ListedRow, MentionRow, ShownRow } from './repository';

/** What a notification says, for people. */
export function wordsOf(row: ShownRow): { title: string; body: string } {
  switch (row.type) {
    case 'message':
      return { title: messageTitle(row), body: messageBody(row) };
    case 'mention':
      return {
        title: `Mentioned by ${row.actor_username}`,
        body: 'You were mentioned in a message',
      };
    case 'group_invite':
      return {
        title: row.chat_name ?? 'New group',
        body: `${row.actor_username} added you to the group`,
      };
  }
}

function messageTitle({ actor_username, chat_type, chat_name }: ShownRow): string {
  return chat_type === 'group' ? `${actor_username} in ${chat_name ?? 'a group'}` : actor_username;
}

function messageBody(row: ShownRow): string {
  if (row.is_encrypted === 1) return 'New message';
  if (row.content) return row.content;
  if (row.files.length > 0) return wordsOfFiles(row.files);
  return announced(row.content_type ?? 'text');
}

/** Of a message that came before its files. */
function announced(contentType: NonNullable<ShownRow['content_type']>): string {
  switch (contentType) {
    case 'image':
      return 'Sent a photo';
    case 'video':
      return 'Sent a video';
    case 'audio':
      return 'Sent an audio file';
    case 'file':
      return 'Sent a file';
    case 'text':
    case 'system':
      return 'New message';
  }
}

export function presentNotification(row: ListedRow): Notification {
  return {
    id: row.id as Notification['id'],
    user_id: row.user_id as Notification['user_id'],
    notification_type: row.type,
    ...wordsOf(row),
    data: {
      chat_id: row.chat_id as Notification['data']['chat_id'],
      message_id: row.message_id as Notification['data']['message_id'],
      sender_id: row.actor_id as Notification['data']['sender_id'],
      sender_username: row.actor_username,
      count: row.messages,
    },
    is_read: row.standing !== 'unread',
    created_at: iso(row.created_at),
  };
}

export function presentMention(row: MentionRow, isRead: boolean): Mention {
  return {
    id: row.id as Mention['id'],
    message_id: row.message_id as Mention['message_id'],
    chat_id: row.chat_id as Mention['chat_id'],
    user_id: row.user_id as Mention['user_id'],
    is_read: isRead,
    created_at: iso(row.created_at),
  };
}

/** The frame that tells the user's connections. */
export function liveFrame(row: ShownRow): string {
  const told = {
    ...wordsOf(row),
    chat_id: row.chat_id as EventBody<'notification'>['chat_id'],
    notification_id: row.id as EventBody<'notification'>['notification_id'],
  };
  const message_id = row.message_id as EventBody<'mention_notification'>['message_id'];
  return row.type === 'mention'
    ? frame('mention_notification', { ...told, message_id })
    : frame('notification', { ...told, message_id });
}

export function pushOf(row: ShownRow, badge: number): PushNotification {
  const { title, body } = wordsOf(row);
  const isSecret = row.is_encrypted === 1 && row.type === 'message';
  return {
    notificationId: row.id,
    type: row.type,
    title,
    body: isSecret ? '' : body,
    chatId: row.chat_id,
    messageId: row.message_id,
    badge,
  };
}
