/** Keeps the app's files, so that it opens without a network, and shows what the server pushes. */
import { open, show, showOnce } from './notices';
import { type PushMessage, readPush } from './push-message';
import { scope } from './scope';
import { dropOldBuilds, keepBuild, respond } from './shell';

/**
 * What pages say to their worker: that the user wants the new build now, that a page has none because it
 * was loaded while the worker began, or what to show.
 */
export type WorkerOrder =
  | { readonly type: 'take_over' }
  | { readonly type: 'claim' }
  | { readonly type: 'show'; readonly message: PushMessage };

function obey(order: WorkerOrder): Promise<void> {
  switch (order.type) {
    case 'take_over':
      return scope.skipWaiting();
    case 'claim':
      return scope.clients.claim();
    case 'show':
      return showOnce(order.message);
  }
}

scope.addEventListener('install', (event) => event.waitUntil(keepBuild()));
scope.addEventListener('activate', (event) => {
  event.waitUntil(Promise.all([dropOldBuilds(), scope.clients.claim()]));
});
scope.addEventListener('fetch', respond);
scope.addEventListener('push', (event) => {
  event.waitUntil(show(readPush(event.data?.text() ?? '')));
});
scope.addEventListener('notificationclick', (event) => {
  event.waitUntil(open(event.notification));
});
scope.addEventListener('message', (event) => {
  event.waitUntil(obey(event.data as WorkerOrder));
});
