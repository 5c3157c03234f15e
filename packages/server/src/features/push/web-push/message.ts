import { collapseKey, dataOf, isWake } from '../content';
import type { PushNotification } from '../provider';
import { fitted } from '../shorten';

/** 4096 bytes (RFC 8030), less the header, the padding mark and the tag of the encryption. */
const MAX_BYTES = 4096 - 86 - 1 - 16;

/** What the service worker gets. Without a title it is a wake-up: it shows what it can find out. */
export function webPushMessage(notification: PushNotification): string {
  const message = isWake(notification)
    ? wake(notification)
    : fitted(notification, MAX_BYTES, shown);
  return JSON.stringify(message);
}

const wake = (notification: PushNotification) => ({
  tag: collapseKey(notification),
  data: dataOf(notification),
});

const shown = (notification: PushNotification) => ({
  title: notification.title,
  body: notification.body,
  ...wake(notification),
});
