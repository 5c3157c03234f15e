const NOBODY: ReadonlySet<number> = new Set();

/**
 * A set of other users for each user, in memory: read when first asked for, forgotten when it may
 * have changed. Those unused for longest go first.
 */
export class UserSets {
  readonly #read: (userId: number) => Promise<readonly number[]>;
  readonly #maxKept: number;
  readonly #sets = new Map<number, ReadonlySet<number>>();
  readonly #loading = new Map<number, Promise<ReadonlySet<number>>>();
  /** Sets that may have changed while they were being read. */
  readonly #outdated = new Set<number>();
  #kept = 0;

  /** @param maxKept users and members of their sets that are held at most, all in all */
  constructor(read: (userId: number) => Promise<readonly number[]>, maxKept: number) {
    this.#read = read;
    this.#maxKept = maxKept;
  }

  /** Undefined when it is not in memory. */
  peek(userId: number): ReadonlySet<number> | undefined {
    return this.#sets.get(userId);
  }

  /** At once when it is in memory. */
  of(userId: number): ReadonlySet<number> | Promise<ReadonlySet<number>> {
    const known = this.#sets.get(userId);
    if (!known) return this.#loading.get(userId) ?? this.#start(userId);
    this.#sets.delete(userId);
    this.#sets.set(userId, known);
    return known;
  }

  forget(userId: number): void {
    if (this.#loading.has(userId)) this.#outdated.add(userId);
    this.#drop(userId);
  }

  #start(userId: number): Promise<ReadonlySet<number>> {
    const loading = this.#load(userId).finally(() => this.#loading.delete(userId));
    this.#loading.set(userId, loading);
    return loading;
  }

  async #load(userId: number): Promise<ReadonlySet<number>> {
    for (;;) {
      this.#outdated.delete(userId);
      const ids = await this.#read(userId);
      if (this.#outdated.has(userId)) continue;
      const set = ids.length === 0 ? NOBODY : new Set(ids);
      this.#keep(userId, set);
      return set;
    }
  }

  #keep(userId: number, set: ReadonlySet<number>) {
    this.#drop(userId);
    this.#sets.set(userId, set);
    this.#kept += 1 + set.size;
    for (const oldest of this.#sets.keys()) {
      if (this.#kept <= this.#maxKept || oldest === userId) break;
      this.#drop(oldest);
    }
  }

  #drop(userId: number) {
    const set = this.#sets.get(userId);
    if (!set) return;
    this.#sets.delete(userId);
    this.#kept -= 1 + set.size;
  }
}
