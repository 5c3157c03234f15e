import { type ReadonlySignal, signal } from '@preact/signals';
import { session } from '../../state/session';
import type { Chat, Message } from '../../state/types';
import { isEncrypted } from '../encryption/encryption';
import { linksIn } from './message-links';
import { itemsOf } from './source';

const PAGE = 100;
/** So many pages are looked through before the user is asked whether to go on. */
const PAGES_AT_ONCE = 10;

/** Whether a message has what is looked for. */
export type Wanted = (message: Message) => boolean;

export type WalkState =
  | { readonly name: 'idle' }
  | { readonly name: 'loading' }
  | { readonly name: 'done' }
  | { readonly name: 'failed'; readonly fault: unknown };

/**
 * The messages of a chat with files or links, from the newest back. The history itself is gone through,
 * for encrypted chats can be searched nowhere else.
 */
export class ChatFiles {
  readonly state: ReadonlySignal<WalkState>;
  /** The newest first. */
  readonly messages: ReadonlySignal<readonly Message[]>;
  /** To which day it has been gone back, ISO 8601. */
  readonly reached: ReadonlySignal<string | null>;
  readonly #chat: Chat;
  readonly #state = signal<WalkState>({ name: 'idle' });
  readonly #messages = signal<readonly Message[]>([]);
  readonly #reached = signal<string | null>(null);
  #before: Message['id'] | null = null;

  constructor(chat: Chat) {
    this.#chat = chat;
    this.state = this.#state;
    this.messages = this.#messages;
    this.reached = this.#reached;
  }

  /** Goes on until so many more are found, or for some pages. */
  async more(wanted: Wanted, enough: number): Promise<void> {
    if (this.#state.peek().name === 'loading' || this.#state.peek().name === 'done') return;
    this.#state.value = { name: 'loading' };
    try {
      let found = 0;
      for (let page = 0; page < PAGES_AT_ONCE && found < enough; page++) {
        const items = await this.#page();
        found += items.filter(wanted).length;
        if (this.#before === null) break;
      }
      this.#state.value = { name: this.#before === null ? 'done' : 'idle' };
    } catch (fault) {
      this.#state.value = { name: 'failed', fault };
    }
  }

  async #page(): Promise<readonly Message[]> {
    const { id } = this.#chat;
    const isSecret = isEncrypted(id);
    const query = { limit: PAGE, ...(this.#before === null ? {} : { before: this.#before }) };
    // What is encrypted has to be opened, which the client's own history does.
    const { client } = session;
    const page = await (isSecret ? client.history(id, query) : client.api.messages(id, query));
    this.#before = page.next_before;
    this.#reached.value = page.items[0]?.created_at ?? this.#reached.value;
    const kept = page.items.filter(
      (message) => isSecret || itemsOf(message).length > 0 || linksIn(message).length > 0,
    );
    this.#messages.value = [...this.#messages.value, ...kept.toReversed()];
    return kept;
  }
}
