import { effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { session } from '../../state/session';
import type { ChatId } from '../../state/types';

/** Texts that are being written, kept in this browser and the same in all its tabs. */
const PREFIX = 'confab.draft.';
const drafts = new Map<string, Signal<string>>();

const keyOf = (chatId: ChatId) => `${PREFIX}${chatId}`;

function held(key: string): Signal<string> {
  const known = drafts.get(key) ?? signal(localStorage.getItem(key) ?? '');
  drafts.set(key, known);
  return known;
}

/** What somebody began to write in a chat. */
export const draftOf = (chatId: ChatId): ReadonlySignal<string> => held(keyOf(chatId));

export function setDraft(chatId: ChatId, text: string): void {
  const key = keyOf(chatId);
  held(key).value = text;
  try {
    if (text === '') localStorage.removeItem(key);
    else localStorage.setItem(key, text);
  } catch {
    // The browser's store is full: this page still holds the text.
  }
}

function forget(): void {
  const keys = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  for (const key of keys) localStorage.removeItem(key);
  for (const draft of drafts.values()) draft.value = '';
}

function follow({ key, newValue }: StorageEvent): void {
  if (key !== null) {
    const draft = drafts.get(key);
    if (draft) draft.value = newValue ?? '';
  } else for (const draft of drafts.values()) draft.value = '';
}

/** Follows what other tabs write, and forgets all when the session is over. */
export function startDrafts(): void {
  window.addEventListener('storage', follow);
  effect(() => {
    if (session.phase.value === 'signed-out') forget();
  });
}
