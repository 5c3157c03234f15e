import type { Bus } from '../../realtime/bus';
import type { Committer } from '../../storage/committer';
import type { ChatRepository, Departures } from '../chats';
import { forgetName, type NameSearch } from '../messages';
import type { ErasureRepository, PendingErasure } from './repository';
import { beginErasure, type EraseStep, finishErasure } from './writes';

/** Places of a chat that are looked through in one commit. */
const STRETCH = 1000;

export interface EraserDeps {
  erasures: ErasureRepository;
  departures: Departures;
  chats: ChatRepository;
  committer: Committer;
  bus: Bus;
  now: () => number;
  onError: (error: unknown) => void;
  /** What other features hold of a user, each with a write that erases some of it. */
  steps: readonly EraseStep[];
  /** What is erased of them in what stays, and told. May be repeated, as steps are. */
  errands: readonly ((userId: number) => Promise<void>)[];
  /** Something was erased for good. */
  onErased: () => void;
}

/**
 * Erases accounts. The first commit takes the account away; the rest follows in small commits that
 * may be repeated, and is taken up again at the next start if it is broken off.
 */
export class AccountEraser {
  readonly #deps: EraserDeps;

  constructor(deps: EraserDeps) {
    this.#deps = deps;
  }

  /** @throws ConfabError `conflict` for the last administrator */
  async erase(userId: number, passwordHash: string): Promise<void> {
    const { committer, bus, now } = this.#deps;
    const at = now();
    await committer.submit(beginErasure, { userId, passwordHash, at }, 0, (sessionIds) => {
      bus.publish({ kind: 'session_ended', userId, sessionIds });
      bus.publish({ kind: 'profile', userId, active: false });
    });
    for (const pending of await this.#deps.erasures.pending(userId)) {
      await this.#finish(pending).catch(this.#deps.onError);
    }
  }

  /** What a stop or a crash broke off goes on in the background. */
  async resume(): Promise<void> {
    const pending = await this.#deps.erasures.pending();
    void this.#finishAll(pending).catch(this.#deps.onError);
  }

  async #finishAll(pending: readonly PendingErasure[]): Promise<void> {
    for (const each of pending) await this.#finish(each).catch(this.#deps.onError);
  }

  async #finish({ userId, username }: PendingErasure): Promise<void> {
    const { committer, departures, chats, steps, errands } = this.#deps;
    await departures.leaveAll(userId);
    for (const errand of errands) await errand(userId);
    for (const step of steps) await this.#repeat(step, userId);
    for (const chatId of await chats.idsEverOf(userId)) {
      await this.#forgetName(chatId, userId, username);
    }
    await committer.submit(finishErasure, { userId }, userId);
    this.#deps.onErased();
  }

  async #repeat(step: EraseStep, userId: number): Promise<void> {
    const { committer, now } = this.#deps;
    let more = true;
    while (more) more = await committer.submit(step, { userId, at: now() }, userId);
  }

  async #forgetName(chatId: number, userId: number, username: string): Promise<void> {
    let afterSeq: number | null = 0;
    while (afterSeq !== null) {
      const search: NameSearch = { chatId, userId, username, afterSeq, limit: STRETCH };
      afterSeq = await this.#deps.committer.submit(forgetName, search, chatId);
    }
  }
}
