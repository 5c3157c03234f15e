import { signal } from '@preact/signals';
import { session } from '../../state/session';
import { USER_KEYS } from '../../storage/leavings';

/** Users whose keys changed, until who sits here has seen it. */
const noticed = signal<{ of: number; users: readonly number[] }>({ of: 0, users: [] });

const keyOf = (self: number) => `${USER_KEYS.keyChanges}.${self}`;

function kept(self: number): readonly number[] {
  if (noticed.value.of === self) return noticed.value.users;
  const users: unknown = JSON.parse(localStorage.getItem(keyOf(self)) ?? '[]');
  return Array.isArray(users) ? users : [];
}

function keep(users: readonly number[]): void {
  const self = session.client.userId;
  noticed.value = { of: self, users };
  if (users.length === 0) localStorage.removeItem(keyOf(self));
  else localStorage.setItem(keyOf(self), JSON.stringify(users));
}

export function noteKeyChange(userId: number): void {
  const users = kept(session.client.userId);
  if (!users.includes(userId)) keep([...users, userId]);
}

/** Whether the user has yet to see that somebody's keys changed. Followed by who renders it. */
export const isKeyChangeNew = (userId: number): boolean =>
  kept(session.client.userId).includes(userId);

export function seenKeyChange(userId: number): void {
  keep(kept(session.client.userId).filter((id) => id !== userId));
}
