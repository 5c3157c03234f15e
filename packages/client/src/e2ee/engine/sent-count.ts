import type { SealedStore } from './sealed-store';

/** So many messages are counted ahead at once: one write for each of them would cost more than they do. */
const AHEAD = 50;

interface Kept {
  readonly epoch: number;
  /** At least as many were written. */
  readonly count: number;
}

/**
 * How many messages this device wrote under a chat's newest epoch. What is kept is never less than
 * what was written, so that a restart does not make an epoch last longer. The tabs of a browser take
 * their shares of one count.
 */
export class SentCount {
  readonly #store: SealedStore;
  readonly #name: string;
  #now: Kept = { epoch: 0, count: 0 };
  /** Up to where this tab may write without another look. */
  #share: Kept = { epoch: 0, count: 0 };
  #loading: Promise<void> | null = null;
  #adding: Promise<void> = Promise.resolve();

  constructor(store: SealedStore, chat: number) {
    this.#store = store;
    this.#name = `sent/${chat}`;
  }

  /** Reads what an earlier run kept. */
  load(): Promise<void> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  of(epoch: number): number {
    return this.#now.epoch === epoch ? this.#now.count : 0;
  }

  /** Counts one more; answers once it cannot be forgotten. */
  add(epoch: number): Promise<void> {
    this.#adding = this.#adding.catch(() => {}).then(() => this.#add(epoch));
    return this.#adding;
  }

  async #add(epoch: number): Promise<void> {
    const isCovered = this.#now.epoch === epoch && this.#now.count < this.#share.count;
    if (!isCovered) await this.#takeShare(epoch);
    this.#now = { epoch, count: this.#now.count + 1 };
  }

  /** Sets so many messages apart for this tab. */
  async #takeShare(epoch: number): Promise<void> {
    const shared = (count: number): Kept => ({ epoch, count: count + AHEAD });
    let share = shared(this.of(epoch));
    await this.#store.update<Kept>(this.#name, (before) => {
      // Another tab knows a newer epoch already, and this one will.
      if (before && before.epoch > epoch) return before;
      share = shared(before?.epoch === epoch ? before.count : 0);
      return share;
    });
    this.#share = share;
    this.#now = { epoch, count: share.count - AHEAD };
  }

  async #load(): Promise<void> {
    const kept = (await this.#store.get(this.#name)) as Kept | undefined;
    if (kept) [this.#now, this.#share] = [kept, kept];
  }
}
