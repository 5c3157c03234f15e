import { effect, signal } from '@preact/signals';
import { session } from '../state/session';

/** What the page shown is called. */
const here = signal('');

export function setTitle(text: string): void {
  here.value = text;
}

/** Messages that nobody read, of chats that are not muted. */
export const unreadMessages = (): number =>
  session
    .chats()
    .filter((chat) => !chat.is_muted)
    .reduce((sum, chat) => sum + chat.unread_count, 0);

/** Keeps the window's title: how many messages are unread, and where one is. */
export function followTitle(): void {
  effect(() => {
    const count = session.phase.value === 'signed-in' ? unreadMessages() : 0;
    const name = here.value ? `${here.value} · Confab` : 'Confab';
    document.title = count > 0 ? `(${count}) ${name}` : name;
  });
}
