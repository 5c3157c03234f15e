import type { ComponentChildren } from 'preact';
import { userName } from '../../state/names';
import { session } from '../../state/session';
import type { User } from '../../state/types';
import { Avatar } from '../../ui/avatar';

type Shown = Pick<User, 'id' | 'username' | 'full_name' | 'avatar_url'>;

/** Somebody as lists show them: to be put into a button or a link. */
export function PersonLine({ person, children }: { person: Shown; children?: ComponentChildren }) {
  const name = userName(person);
  const isOnline = session.presence(person.id)?.status === 'online';
  return (
    <>
      <Avatar of={person} name={name} size={40} online={isOnline} />
      <span class="list-row-text">
        <span class="ellipsis block">
          <bdi>{name}</bdi>
        </span>
        <span class="ellipsis block quiet small">
          <bdi>@{person.username}</bdi>
        </span>
      </span>
      {children}
    </>
  );
}

/** Somebody who can be chosen. */
export function PersonButton({ person, onPick }: { person: Shown; onPick: () => void }) {
  return (
    <button type="button" class="list-row" onClick={onPick}>
      <PersonLine person={person} />
    </button>
  );
}
