import type { Committer } from '../../storage/committer';
import { eraseChat } from './change-writes';
import type { ChatRepository } from './repository';

const STEP = 500;

/** Erases what deleted chats leave behind, a little at a time so that nobody waits for it. */
export class ChatEraser {
  readonly #committer: Committer;
  readonly #onErased: () => void;
  readonly #onError: (error: unknown) => void;
  #queue: Promise<void> = Promise.resolve();

  constructor(committer: Committer, onErased: () => void, onError: (error: unknown) => void) {
    this.#committer = committer;
    this.#onErased = onErased;
    this.#onError = onError;
  }

  erase(chatId: number): void {
    this.#queue = this.#queue.then(() => this.#erase(chatId)).catch(this.#onError);
  }

  /** What a stop or a crash left unerased. */
  async resume(chats: ChatRepository): Promise<void> {
    for (const chatId of await chats.unerased()) this.erase(chatId);
  }

  async #erase(chatId: number) {
    let more = true;
    while (more) more = await this.#committer.submit(eraseChat, { chatId, limit: STEP }, chatId);
    this.#onErased();
  }
}
