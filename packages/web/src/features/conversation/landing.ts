import type { OutboxEntry } from '@confab/client';
import { signal } from '@preact/signals';
import { session } from '../../state/session';
import type { Message } from '../../state/types';

/** Messages that the server has, and that did not come back from it yet: they are shown meanwhile. */
export class Landing {
  readonly entries = signal<readonly OutboxEntry[]>([]);

  /** @param shown the messages that are here */
  sent(entry: OutboxEntry, shown: readonly Message[]): void {
    const isHere = shown.some((message) => isSame(message, entry));
    if (!isHere) this.entries.value = [...this.entries.value, entry];
  }

  /** These are shown now: in the moment that the one comes, the other goes. */
  shown(messages: readonly Message[]): void {
    const entries = this.entries.peek();
    const left = entries.filter((entry) => !messages.some((message) => isSame(message, entry)));
    if (left.length < entries.length) this.entries.value = left;
  }
}

const isSame = ({ client_message_id, sender_id }: Message, entry: OutboxEntry): boolean =>
  client_message_id === entry.client_message_id && sender_id === session.client.userId;
