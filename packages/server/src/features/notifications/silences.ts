import type { Clock } from '../../lib/clock';
import { APART } from '../push';
import type { Silence } from './rules';

/** How long reasons gather before it is looked up whom they concern. */
const GATHER_MS = 1_000;
/** Users that are looked up at once: a line of the push log each, so many a second at most. */
const LOOKED_UP = 100;
/** Reasons that wait; what is more is left out, and comes up with a later message. */
const MAX_WAITING = 1_000;
/** The same reason is told once in so long of a user. */
const REPEAT_MS = 60_000;

export interface SilenceDeps {
  clock: Clock;
  /** Which of these users have a device: of nobody else one asks why it keeps silent. */
  reachable: (userIds: readonly number[]) => Promise<ReadonlySet<number>>;
  /** Writes down why a user was sent nothing. */
  note: (userId: number, reason: string) => void;
  onError: (error: unknown) => void;
}

interface Reason {
  readonly userId: number;
  readonly chatId: number;
  readonly why: Silence;
}

/**
 * Why devices stay silent, for whoever asks later. A message to a large group is silent for
 * thousands: to take note of one is a look into a set, and the rest happens a few at a time.
 */
export class Silences {
  readonly #deps: SilenceDeps;
  #seen = new Map<Silence, Set<number>>();
  #seenUntil = 0;
  #waiting: Reason[] = [];
  #cancel: (() => void) | undefined;

  constructor(deps: SilenceDeps) {
    this.#deps = deps;
  }

  add(userId: number, chatId: number, why: Silence): void {
    if (this.#waiting.length >= MAX_WAITING || this.#isRepeated(userId, why)) return;
    this.#waiting.push({ userId, chatId, why });
    this.#cancel ??= this.#deps.clock.after(GATHER_MS, () => void this.#later());
  }

  #isRepeated(userId: number, why: Silence): boolean {
    const at = this.#deps.clock.now();
    if (at >= this.#seenUntil) {
      this.#seen = new Map();
      this.#seenUntil = at + REPEAT_MS;
    }
    const seen = this.#seen.get(why) ?? new Set();
    this.#seen.set(why, seen);
    if (seen.has(userId)) return true;
    seen.add(userId);
    return false;
  }

  async #later(): Promise<void> {
    this.#cancel = undefined;
    await this.#someOf();
    if (this.#waiting.length === 0) return;
    this.#cancel ??= this.#deps.clock.after(GATHER_MS, () => void this.#later());
  }

  async #someOf(): Promise<void> {
    const some = this.#waiting.splice(0, LOOKED_UP);
    const { reachable, note, onError } = this.#deps;
    try {
      const users = await reachable([...new Set(some.map(({ userId }) => userId))]);
      for (const { userId, chatId, why } of some) {
        if (users.has(userId)) note(userId, inWords(why, chatId));
      }
    } catch (error) {
      onError(error);
    }
  }

  /** Writes down all that waits. */
  async flush(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    while (this.#waiting.length > 0) await this.#someOf();
  }
}

/** For administrators; the chat is named by its number, and nothing of what was said. */
function inWords(silence: Silence, chatId: number): string {
  switch (silence) {
    case 'own':
      return `they wrote it themselves (chat ${chatId})`;
    case 'read':
      return `they had read it already (chat ${chatId})`;
    case 'apart':
      return `${APART} (chat ${chatId})`;
    case 'off':
      return `they turned off the notifications of chat ${chatId}`;
    case 'mentions_only':
      return `of chat ${chatId} they want to hear of mentions only`;
    case 'muted':
      return `they muted chat ${chatId}`;
    case 'looking':
      return `they had chat ${chatId} open`;
    case 'connected':
      return `one of their devices was connected (chat ${chatId})`;
    case 'quiet':
      return `it was in their quiet hours (chat ${chatId})`;
  }
}
