import type { Unsubscribe } from '@confab/client';
import { signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { session } from '../../state/session';
import type { ChatId, Message } from '../../state/types';

const ALL = 100;

/** The pinned messages of a chat, the last pinned first, kept current. */
export class Pins {
  readonly items = signal<readonly Message[]>([]);
  readonly state = signal<'loading' | 'ready' | 'failed'>('loading');
  readonly #chatId: ChatId;
  #asked = 0;

  constructor(chatId: ChatId) {
    this.#chatId = chatId;
  }

  /** @returns what ends it */
  follow(): Unsubscribe {
    const { client } = session;
    const changed = ({ chat_id, message }: { chat_id: ChatId; message: Message }) => {
      if (chat_id === this.#chatId && this.#concerns(message)) void this.load();
    };
    const ends = [
      client.on('message_updated', changed),
      client.on('message_deleted', changed),
      client.on('connection', ({ state }) => {
        if (state.name === 'online') void this.load();
      }),
    ];
    void this.load();
    return () => {
      for (const end of ends) end();
    };
  }

  /** Asks for all of them: a chat has no more than fit on a page. */
  async load(): Promise<void> {
    const mine = ++this.#asked;
    try {
      const { items } = await session.client.api.pins(this.#chatId, { limit: ALL });
      if (mine !== this.#asked) return;
      this.items.value = items;
      this.state.value = 'ready';
    } catch {
      if (mine === this.#asked && this.state.peek() === 'loading') this.state.value = 'failed';
    }
  }

  #concerns({ id, is_pinned = false }: Message): boolean {
    return is_pinned || this.items.peek().some((one) => one.id === id);
  }
}

export function usePins(chatId: ChatId): Pins {
  const pins = useMemo(() => new Pins(chatId), [chatId]);
  useEffect(() => pins.follow(), [pins]);
  return pins;
}
