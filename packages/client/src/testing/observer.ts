import type { ChatId } from '@confab/protocol';
import type { Change } from '../sync/chat-state';

/**
 * Watches the changes that a client tells of and throws at the first message that comes twice, out
 * of order, or after one that was left out.
 */
export class Observer {
  readonly texts = new Map<ChatId, string[]>();
  readonly #told = new Map<ChatId, number>();
  /** The seqs that may come next in each chat. */
  readonly #next = new Map<ChatId, number[]>();

  see(change: Change): void {
    const { chat_id } = change;
    switch (change.type) {
      case 'chat_added': {
        const { last_seq, unread_count } = change.chat;
        // Unread ones come as news, as far as they are among the newest page.
        this.#next.set(
          chat_id,
          Array.from({ length: unread_count + 1 }, (_, i) => last_seq + 1 - i),
        );
        break;
      }
      case 'chat_reset':
        this.#next.set(chat_id, [change.last_seq + 1]);
        break;
      case 'chat_removed':
        this.#next.delete(chat_id);
        break;
      case 'message':
        this.#message(chat_id, change.message.seq);
        this.texts.set(chat_id, [...(this.texts.get(chat_id) ?? []), change.message.content]);
        break;
      default:
    }
  }

  /** The seqs that the next message of a chat may have; null when the chat is not there. */
  expected(chatId: ChatId): readonly number[] | null {
    return this.#next.get(chatId) ?? null;
  }

  #message(chatId: ChatId, seq: number): void {
    const next = this.#next.get(chatId);
    if (!next?.includes(seq)) {
      throw new Error(`chat ${chatId}: message ${seq} came, expected ${next ?? 'no chat'}`);
    }
    if (seq <= (this.#told.get(chatId) ?? 0)) {
      throw new Error(`chat ${chatId}: message ${seq} came again`);
    }
    this.#told.set(chatId, seq);
    this.#next.set(chatId, [seq + 1]);
  }
}
