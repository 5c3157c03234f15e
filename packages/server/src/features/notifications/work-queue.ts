/** What there may be to do for a chat, as bits. */
export const WORK = { messages: 1, mentions: 2, untold: 4, everything: 7 } as const;

/**
 * Chats with something to do, oldest first, each once. It is bounded: what it has no place for is
 * found again in the database, from which all of it can be told.
 */
export class WorkQueue {
  readonly #waiting = new Map<number, number>();
  readonly #busy = new Map<number, number>();
  readonly #capacity: number;
  /** Something was turned away. */
  overflown = false;

  constructor(capacity = 10_000) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#waiting.size;
  }

  add(chatId: number, work: number): void {
    const known = this.#waiting.get(chatId);
    if (known === undefined && this.#waiting.size >= this.#capacity) this.overflown = true;
    else this.#waiting.set(chatId, (known ?? 0) | work);
  }

  /** The next chat besides those chosen already; the preferred ones first. */
  next(preferred: ReadonlySet<number>, chosen: ReadonlySet<number>): number | undefined {
    const isFree = (chatId: number) => this.#waiting.has(chatId) && !chosen.has(chatId);
    for (const chatId of preferred) if (isFree(chatId)) return chatId;
    for (const chatId of this.#waiting.keys()) if (isFree(chatId)) return chatId;
    return undefined;
  }

  /** Begins the work for a chat. */
  take(chatId: number): number {
    const work = this.#waiting.get(chatId) ?? 0;
    this.#waiting.delete(chatId);
    this.#busy.set(chatId, work);
    return work;
  }

  /** Ends it; what is left is waiting again. */
  finish(chatId: number, left: number): void {
    this.#busy.delete(chatId);
    if (left !== 0) this.add(chatId, left);
  }

  /**
   * Chats with something to do, and how often each must be gone through until all that is known
   * now is done: work under way has seen what came before it, and not what came after.
   */
  *outstanding(): Generator<[chatId: number, visits: number]> {
    for (const chatId of this.#busy.keys()) yield [chatId, this.#waiting.has(chatId) ? 2 : 1];
    for (const chatId of this.#waiting.keys()) if (!this.#busy.has(chatId)) yield [chatId, 1];
  }
}
