import { collapseKey, dataOf, isWake, KEPT_S, NEUTRAL } from '../content';
import type { PushNotification } from '../provider';
import { fitted } from '../shorten';

/**
 * FCM takes 4096 bytes of notification and data, and APNs 4096 of what FCM makes of it. This counts
 * the whole message but for the token, so it stays below both.
 */
const MAX_BYTES = 4000;

/** The app makes Android channels of these names, which people can silence one by one. */
const CHANNELS = {
  message: 'messages',
  mention: 'mentions',
  group_invite: 'invites',
} as const satisfies Record<PushNotification['type'], string>;

/** The body of `messages:send` (FCM HTTP v1), without the token. */
export function fcmMessage(notification: PushNotification, now: number) {
  return isWake(notification)
    ? wake(notification, now)
    : fitted(notification, MAX_BYTES, (shortened) => shown(shortened, now));
}

function shown(notification: PushNotification, now: number) {
  const { title, body, type, badge } = notification;
  const tag = collapseKey(notification);
  return {
    notification: { title, body },
    data: dataOf(notification),
    android: {
      ...androidDelivery(tag),
      notification: { tag, channel_id: CHANNELS[type], notification_count: badge },
    },
    apns: {
      headers: apnsHeaders(tag, now),
      payload: { aps: { 'thread-id': tag, badge, sound: 'default' } },
    },
    webpush: { headers: webpushHeaders(tag), notification: { tag } },
  };
}

/**
 * Wakes the app, which fetches and decrypts by itself. iOS starts a notification's extension only
 * for something that can be shown: a neutral text, which the extension replaces.
 */
function wake(notification: PushNotification, now: number) {
  const tag = collapseKey(notification);
  const aps = { alert: NEUTRAL, 'thread-id': tag, badge: notification.badge, sound: 'default' };
  return {
    data: dataOf(notification),
    android: androidDelivery(tag),
    apns: { headers: apnsHeaders(tag, now), payload: { aps: { ...aps, 'mutable-content': 1 } } },
    webpush: { headers: webpushHeaders(tag) },
  };
}

const androidDelivery = (tag: string) =>
  ({ collapse_key: tag, priority: 'HIGH', ttl: `${KEPT_S}s` }) as const;

const apnsHeaders = (tag: string, now: number) => ({
  'apns-collapse-id': tag,
  'apns-priority': '10',
  'apns-push-type': 'alert',
  'apns-expiration': String(Math.floor(now / 1000) + KEPT_S),
});

const webpushHeaders = (tag: string) => ({ TTL: String(KEPT_S), Urgency: 'high', Topic: tag });
