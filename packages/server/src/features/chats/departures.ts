import type { Committer } from '../../storage/committer';
import type { ChatAnnouncer } from './announcer';
import { type Departure, departFromChat, forgetNicknames } from './depart-write';
import type { ChatEraser } from './eraser';
import type { ChatRepository } from './repository';
import type { ChatState } from './state';
import type { ChatStates } from './states';

/** Takes somebody whose account is erased out of all their chats, one commit per chat. */
export class Departures {
  readonly #deps: {
    chats: ChatRepository;
    states: ChatStates;
    committer: Committer;
    announcer: ChatAnnouncer;
    eraser: ChatEraser;
    now: () => number;
  };

  constructor(deps: {
    chats: ChatRepository;
    states: ChatStates;
    committer: Committer;
    announcer: ChatAnnouncer;
    eraser: ChatEraser;
    now: () => number;
  }) {
    this.#deps = deps;
  }

  /** May be run again after it was broken off. */
  async leaveAll(userId: number): Promise<void> {
    const { chats, committer } = this.#deps;
    for (const chatId of await chats.idsOfUser(userId)) await this.#leave(chatId, userId);
    await committer.submit(forgetNicknames, { userId }, userId);
  }

  async #leave(chatId: number, userId: number): Promise<void> {
    const { states, committer, now } = this.#deps;
    const state = await states.load(chatId);
    await committer.submit(departFromChat, { chatId, userId, at: now() }, chatId, (departure) =>
      this.#tell(chatId, departure, state),
    );
  }

  #tell(chatId: number, departure: Departure, state: ChatState | undefined): void {
    const { announcer, eraser } = this.#deps;
    switch (departure.kind) {
      case 'none':
        break;
      case 'left':
        announcer.announce(departure.changes, state);
        if (departure.changes.chat.is_active === 0) eraser.erase(chatId);
        break;
      case 'deleted':
        announcer.deleted(chatId, departure.rev, departure.memberIds);
        eraser.erase(chatId);
        break;
      case 'closed':
        announcer.announce(departure.changes, state);
        break;
    }
  }
}
