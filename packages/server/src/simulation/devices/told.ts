import type { Change } from '../../../../client/src/sync/chat-state';
import type { Fail } from '../checks/publishing';

/** What an SDK client tells its app: each message once and in order, none left out. */
export class Told {
  readonly #name: string;
  readonly #fail: Fail;
  /** The place that must come next in each chat; unknown while undefined. */
  readonly #next = new Map<number, number | undefined>();

  constructor(name: string, fail: Fail) {
    this.#name = name;
    this.#fail = fail;
  }

  see(change: Change) {
    switch (change.type) {
      case 'chat_added':
        this.#next.set(change.chat_id, undefined);
        break;
      case 'chat_reset':
        this.#next.set(change.chat_id, change.last_seq + 1);
        break;
      case 'chat_removed':
        this.#next.delete(change.chat_id);
        break;
      case 'message':
        this.#message(change.chat_id, change.message.seq);
        break;
      default:
    }
  }

  #message(chatId: number, seq: number) {
    const next = this.#next.get(chatId);
    if (next !== undefined && seq !== next) {
      this.#fail('3', `${this.#name} tells of message ${seq} of chat ${chatId}, not of ${next}`);
    }
    this.#next.set(chatId, seq + 1);
  }
}
