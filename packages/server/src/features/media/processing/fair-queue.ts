interface Line<T> {
  readonly items: T[];
  /** Items that were given out, and are not done with. */
  held: number;
}

export interface FairLimits {
  /** Items that may wait. */
  readonly waiting: number;
  /** Items of one owner that are out at the same time. */
  readonly held: number;
}

/** An item that was given out. */
export interface Turn<T> {
  readonly item: T;
  /** To be called once, when it is done with. */
  end(): void;
}

/** A bounded queue from which owners are served in turns, each one's own items in their order. */
export class FairQueue<T> {
  readonly #limits: FairLimits;
  /** The owner whose turn it is comes first. */
  readonly #lines = new Map<number, Line<T>>();
  #size = 0;

  constructor(limits: FairLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#size;
  }

  /** False when there is no room. */
  push(owner: number, item: T): boolean {
    if (this.#size >= this.#limits.waiting) return false;
    const line = this.#lines.get(owner);
    if (line) line.items.push(item);
    else this.#lines.set(owner, { items: [item], held: 0 });
    this.#size += 1;
    return true;
  }

  /** The next item of whoever does not hold as many as may be held. */
  shift(): Turn<T> | undefined {
    for (const [owner, line] of this.#lines) {
      const [item] = line.items;
      if (item !== undefined && line.held < this.#limits.held) return this.#give(owner, line, item);
    }
    return undefined;
  }

  #give(owner: number, line: Line<T>, item: T): Turn<T> {
    line.items.shift();
    line.held += 1;
    this.#size -= 1;
    this.#lines.delete(owner);
    this.#lines.set(owner, line);
    const end = () => {
      line.held -= 1;
      if (line.held === 0 && line.items.length === 0) this.#lines.delete(owner);
    };
    return { item, end };
  }

  clear(): T[] {
    this.#size = 0;
    return [...this.#lines.values()].flatMap(({ items }) => items.splice(0));
  }
}
