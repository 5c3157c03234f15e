import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { everyPage } from './every-page';
import { session } from './session';
import type { UserId } from './types';

/** Whom the user has blocked; null until it is known. */
const users = signal<ReadonlySet<UserId> | null>(null);
/** Asked for once for each connection: other devices block people, too. */
let isAsked = false;

session.onClient((client) => {
  users.value = null;
  isAsked = false;
  client.on('connection', ({ state }) => {
    if (state.name !== 'online') isAsked = false;
  });
});

async function ask(): Promise<void> {
  if (isAsked) return;
  isAsked = true;
  const { client } = session;
  const found = await everyPage((query) => client.api.blocked(query)).catch(() => null);
  if (client !== session.client) return;
  if (found) users.value = new Set(found.map(({ id }) => id));
  else isAsked = false;
}

/** Whom the user has blocked; null until it is known. */
export function useBlockedUsers(): ReadonlySet<UserId> | null {
  useEffect(() => void ask(), []);
  return users.value;
}

export async function block(userId: UserId): Promise<void> {
  await session.client.api.block(userId);
  if (users.value) users.value = new Set(users.value).add(userId);
}

export async function unblock(userId: UserId): Promise<void> {
  await session.client.api.unblock(userId);
  if (users.value) users.value = new Set([...users.value].filter((id) => id !== userId));
}
