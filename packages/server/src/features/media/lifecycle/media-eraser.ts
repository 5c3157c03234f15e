import type { Committer } from '../../../storage/committer';
import { eraseFilesOf } from '../message-writes';
import type { Incoming } from '../receiving/incoming';
import type { MediaRepository } from '../repository';
import type { Teller } from '../telling';

export interface EraserDeps {
  media: MediaRepository;
  incoming: Incoming;
  committer: Committer;
  teller: Teller;
  onDoomed: () => void;
}

const PAGE = 100;

/** Takes the files of somebody whose account is erased from the messages that stay, and what was only begun. */
export class MediaEraser {
  readonly #deps: EraserDeps;

  constructor(deps: EraserDeps) {
    this.#deps = deps;
  }

  async eraseAll(userId: number): Promise<void> {
    const { media, incoming, onDoomed } = this.#deps;
    await incoming.forget(userId);
    for (let after = 0; ; ) {
      const rows = await media.ofUser(userId, after, PAGE);
      const messages = new Map(rows.map((row) => [row.message_id, row.chat_id]));
      for (const [messageId, chatId] of messages) {
        if (messageId !== null && chatId !== null) await this.#erase(userId, chatId, messageId);
      }
      onDoomed();
      const last = rows.at(-1);
      if (!last || rows.length < PAGE) return;
      after = last.id;
    }
  }

  async #erase(userId: number, chatId: number, messageId: number): Promise<void> {
    const { committer, teller } = this.#deps;
    const tell = await teller(chatId, userId);
    await committer.submit(eraseFilesOf, { userId, chatId, messageId }, chatId, (changed) => {
      if (changed) tell(changed);
    });
  }
}
