import { type ReadonlySignal, signal } from '@preact/signals';
import { session } from '../../state/session';
import type { Client } from '../../state/types';

/** What comes in a burst is counted once, milliseconds. */
const GATHER_MS = 400;

const unread = signal(0);
/** Moves whenever the inbox may have changed. */
const version = signal(0);

export const unreadNotifications: ReadonlySignal<number> = unread;
export const inboxVersion: ReadonlySignal<number> = version;

let isDue = false;

/** Something happened that the inbox tells of, or was read: it is counted anew, soon. */
export function recount(): void {
  if (isDue) return;
  isDue = true;
  setTimeout(() => {
    isDue = false;
    version.value++;
    void count();
  }, GATHER_MS);
}

async function count(): Promise<void> {
  const { client } = session;
  const counted = await client.api.notificationCount().catch(() => undefined);
  // Whoever signed out meanwhile is not to be told how much there was.
  if (counted && client === session.client) unread.value = counted.unread;
}

export function followCounts(client: Client): void {
  unread.value = 0;
  for (const type of ['notification', 'mention_notification', 'unread'] as const) {
    client.on(type, recount);
  }
  client.on('connection', ({ state, before }) => {
    if (state.name === 'online' && before.name !== 'online') recount();
  });
}
