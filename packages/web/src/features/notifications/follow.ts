import { effect } from '@preact/signals';
import { workerReady } from '../../app/service-worker';
import { unreadMessages } from '../../app/title';
import { language } from '../../i18n';
import { session } from '../../state/session';
import type { ChatId, Client } from '../../state/types';
import { database } from '../../storage/stores';
import { followCounts } from './counts';

/** Follows what is told of while the app is open: in the inbox, by the window's badge and, unseen, on the desk. */
export function followNotifications(): void {
  session.onClient((client) => {
    followCounts(client);
    announceFrom(client);
    client.on('unread', ({ chat_id }) => void closeRead(client, chat_id));
    // Other devices may have read while this one was away.
    client.on('connection', ({ state, before }) => {
      if (state.name === 'online' && before.name !== 'online') void closeRead(client);
    });
  });
  effect(showBadge);
  effect(tellWorkerLanguage);
  followPush();
}

/** What shows it is loaded when there is something to show. */
function announceFrom(client: Client): void {
  client.on('notification', async (told) => {
    const { announce } = await import('./announce');
    announce({ ...told, isMention: false });
  });
  client.on('mention_notification', async (told) => {
    const { announce } = await import('./announce');
    announce({ ...told, isMention: true });
  });
}

/** What was read, in one chat or in all, needs no notification any more. */
async function closeRead(client: Client, chatId?: ChatId): Promise<void> {
  if (!('Notification' in window) || Notification.permission !== 'granted') return;
  const filter = chatId === undefined ? {} : { tag: `chat-${chatId}` };
  for (const shown of (await (await workerReady())?.getNotifications(filter)) ?? []) {
    if (client.chat(shown.data?.chatId)?.unread_count === 0) shown.close();
  }
}

function showBadge(): void {
  if (!('setAppBadge' in navigator)) return;
  const count = session.phase.value === 'signed-in' ? unreadMessages() : 0;
  const done = count > 0 ? navigator.setAppBadge(count) : navigator.clearAppBadge();
  done.catch(() => {});
}

/** It speaks by itself when the app is closed. */
function tellWorkerLanguage(): void {
  const code = language();
  database
    .open()
    .then((kept) => kept.put('meta', code, 'language'))
    .catch(() => {});
}

/** The push service is asked anew by each session, and no more when it ends. */
function followPush(): void {
  let wasSignedIn = false;
  effect(() => {
    const isSignedIn = session.phase.value === 'signed-in';
    const isOnline = session.connection.value.name === 'online';
    if (isSignedIn && isOnline && !wasSignedIn) {
      wasSignedIn = true;
      void import('./push').then(({ renewPush }) => renewPush());
    }
    if (session.phase.value === 'signed-out') {
      const byOthers = session.ending.value !== 'left';
      wasSignedIn = false;
      void import('./push').then(({ endPush }) => endPush(byOthers));
    }
  });
}
