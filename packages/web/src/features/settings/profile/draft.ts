import { signal } from '@preact/signals';
import type { Me, UserId } from '../../../state/types';

export interface Profile {
  readonly full_name: string;
  readonly bio: string;
  readonly email: string;
}

/** What was typed and not saved yet. It is there again when the user comes back to the page. */
const draft = signal<{ readonly of: UserId; readonly changes: Partial<Profile> } | null>(null);

const changesOf = (me: Me): Partial<Profile> =>
  draft.value?.of === me.id ? draft.value.changes : {};

const savedOf = ({ full_name, bio, email }: Me): Profile => ({
  full_name: full_name ?? '',
  bio: bio ?? '',
  email,
});

/** The profile as it would be saved. */
export const draftOf = (me: Me): Profile => ({ ...savedOf(me), ...changesOf(me) });

export function setDraft(me: Me, change: Partial<Profile>): void {
  draft.value = { of: me.id, changes: { ...changesOf(me), ...change } };
}

export function dropDraft(): void {
  draft.value = null;
}

const trimmed = ({ full_name, bio, email }: Profile): Profile => ({
  full_name: full_name.trim(),
  bio: bio.trim(),
  email: email.trim(),
});

/** What the server has to be told: only what is different. An empty name or bio is none. */
export function changeOf(me: Me): {
  full_name?: string | null;
  bio?: string | null;
  email?: string;
} {
  const [before, after] = [savedOf(me), trimmed(draftOf(me))];
  return {
    ...(after.full_name === before.full_name ? {} : { full_name: after.full_name || null }),
    ...(after.bio === before.bio ? {} : { bio: after.bio || null }),
    ...(after.email === before.email ? {} : { email: after.email }),
  };
}
