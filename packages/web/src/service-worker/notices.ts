import { Database } from '../storage/database';
import { plainName } from '../ui/plain-name';
import { type KnownChat, ownWords, type PushMessage, placeOf } from './push-message';
import { scope, type Window } from './scope';
import { newMessageIn } from './words';

const ICON = '/app/icon-192.png';
const BADGE = '/app/badge-96.png';

const database = new Database();

/** Shows a notification; of one without words what this browser knows of its chat. */
export async function show(message: PushMessage): Promise<void> {
  const { title, body } = await worded(message);
  const { tag, notificationId, chatId, messageId, badge } = message;
  await Promise.all([
    scope.registration.showNotification(title, {
      body,
      tag,
      icon: ICON,
      badge: BADGE,
      data: { notificationId, chatId, messageId },
      // A newer one of the same chat is news, too. The types of pages do not know this one.
      ...{ renotify: true },
    }),
    badge === null ? undefined : scope.navigator.setAppBadge?.(badge).catch(() => {}),
  ]);
}

/** Shows what an open page was told of, unless somebody looks at another one, or it is shown already. */
export async function showOnce(message: PushMessage): Promise<void> {
  if ((await windows()).some(({ visibilityState }) => visibilityState === 'visible')) return;
  const shown = await scope.registration.getNotifications({ tag: message.tag });
  const isShown = shown.some(({ data }) => data?.messageId === message.messageId);
  if (!isShown) await show(message);
}

/** Leads to what a notification tells of, in a window that is open if there is one. */
export async function open(notification: Notification): Promise<void> {
  notification.close();
  const place = placeOf(notification.data ?? { chatId: null, messageId: null });
  const [window] = (await windows()).toSorted(seenFirst);
  if (!window) {
    await scope.clients.openWindow(place);
    return;
  }
  window.postMessage({ type: 'open', place });
  // The browser lets us only after a real click.
  await window.focus().catch(() => {});
}

const seenFirst = (a: Window, b: Window) =>
  Number(b.visibilityState === 'visible') - Number(a.visibilityState === 'visible');

async function windows(): Promise<Window[]> {
  const all = await scope.clients.matchAll({ type: 'window', includeUncontrolled: true });
  return all.filter(({ url }) => `${new URL(url).pathname}/`.startsWith('/app/'));
}

async function worded(message: PushMessage): Promise<{ title: string; body: string }> {
  const known = await knownOf(message.chatId).catch(() => NOTHING);
  const own = ownWords(message, known);
  return own ?? { title: known.name ?? 'Confab', body: newMessageIn(known.language) };
}

const NOTHING: KnownChat & { language?: string } = { name: null, isEncrypted: false };

/** What the app kept: the language that it speaks here, and what a chat is called. */
async function knownOf(chatId: number | null): Promise<KnownChat & { language?: string }> {
  const kept = await database.open();
  const language = await kept.get('meta', 'language');
  const chat = chatId === null ? undefined : (await kept.get('chats', chatId))?.chat;
  const peer = plainName(chat?.peer?.full_name ?? '') || chat?.peer?.username;
  const name = (chat?.chat_type === 'group' ? plainName(chat.name ?? '') : peer) || null;
  const isEncrypted = chat?.is_encrypted ?? false;
  return { name, isEncrypted, ...(typeof language === 'string' && { language }) };
}
