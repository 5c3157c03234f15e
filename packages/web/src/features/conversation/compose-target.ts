import { type Signal, signal } from '@preact/signals';
import { session } from '../../state/session';
import type { ChatId, Message } from '../../state/types';

/** The message that is answered, or changed, by what is being written. */
export type Target = { readonly kind: 'reply' | 'edit'; readonly message: Message };

const targets = new Map<ChatId, Signal<Target | null>>();

// Who signs in next answers nothing yet.
session.onClient(() => {
  for (const target of targets.values()) target.value = null;
});

/** What is being written in a chat is about this message; null for none. */
export const targetOf = (chatId: ChatId): Signal<Target | null> => {
  const known = targets.get(chatId) ?? signal<Target | null>(null);
  targets.set(chatId, known);
  return known;
};
