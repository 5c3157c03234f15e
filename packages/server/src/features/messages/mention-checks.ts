import type { ChatState } from '../chats';
import { type WantedMentions, wantedMentions } from './mentions';

export type Apart = ReadonlySet<number>;

export interface MentionCheckDeps {
  /** Everybody whom a user blocked or who blocked them; at once when it is in memory. */
  apartFrom: (userId: number) => Apart | Promise<Apart>;
  /** Counts messages of a user. @throws ConfabError `rate_limited` */
  limit: (userId: number, cost?: number) => void;
}

const NOBODY: Apart = new Set();
/** Members whom an @all reaches that count as one more message. */
const REACHED_PER_MESSAGE = 500;

/** Whom the messages of a user may mention. */
export class MentionChecks {
  readonly #deps: MentionCheckDeps;
  /** Whose messages wait until it is read with whom they do not talk. */
  readonly #reading = new Map<number, Promise<Apart>>();

  constructor(deps: MentionCheckDeps) {
    this.#deps = deps;
  }

  /**
   * What a message is to mention, mostly at once; while something must be read for one message, the
   * sender's next ones wait behind it, so that their order holds.
   */
  of(
    state: ChatState,
    senderId: number,
    content: string,
  ): WantedMentions | null | Promise<WantedMentions | null> {
    const apart = this.#apartFrom(senderId, content);
    return apart instanceof Promise
      ? apart.then((known) => this.#wanted(state, senderId, content, known))
      : this.#wanted(state, senderId, content, apart);
  }

  #apartFrom(senderId: number, content: string): Apart | Promise<Apart> {
    const reading = this.#reading.get(senderId);
    if (reading) return reading;
    const found = content.includes('@') ? this.#deps.apartFrom(senderId) : NOBODY;
    if (!(found instanceof Promise)) return found;
    const begun = found.finally(() => this.#reading.delete(senderId));
    this.#reading.set(senderId, begun);
    return begun;
  }

  #wanted(
    state: ChatState,
    senderId: number,
    content: string,
    apart: Apart,
  ): WantedMentions | null {
    const wanted = wantedMentions(content, state.type, apart);
    const mayCallAll = state.members.get(senderId)?.role !== 'member';
    if (wanted?.all && mayCallAll) {
      this.#deps.limit(senderId, state.members.size / REACHED_PER_MESSAGE);
    }
    return wanted;
  }
}
