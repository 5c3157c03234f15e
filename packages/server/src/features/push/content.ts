import type { PushNotification } from './provider';

/** How long a provider keeps what it cannot hand over yet: a day. */
export const KEPT_S = 86_400;

/** What is shown where a wake-up must show something. */
export const NEUTRAL = { title: 'Confab', body: 'New message' } as const;

/** Whether the device is only woken: nothing of the notification's text may leave the server. */
export const isWake = (notification: PushNotification): boolean => notification.body === '';

/** Notifications of one chat replace each other on a device. At most 32 characters, for `Topic`. */
export function collapseKey({ chatId, type }: PushNotification): string {
  return chatId === null ? type : `chat-${chatId}`;
}

/** What the app needs to open the right place. Firebase takes nothing but strings. */
export function dataOf(notification: PushNotification): Record<string, string> {
  const { notificationId, type, chatId, messageId, badge } = notification;
  const data: Record<string, string> = {
    notification_id: String(notificationId),
    type,
    badge: String(badge),
  };
  if (chatId !== null) data.chat_id = String(chatId);
  if (messageId !== null) data.message_id = String(messageId);
  return data;
}
