/**
 * Where a device keeps its keys and what it has seen. Values are plain data and, where
 * `holdsCryptoKeys`, CryptoKeys too. A put is whole or not at all, and answers once it is safe.
 */
export interface KeyStore {
  /** Whether CryptoKeys that cannot be exported can be stored, as in IndexedDB. */
  readonly holdsCryptoKeys: boolean;
  get(name: string): Promise<unknown>;
  put(name: string, value: unknown): Promise<void>;
  remove(name: string): Promise<void>;
  /** The names that begin so, sorted by code unit. */
  names(prefix: string): Promise<string[]>;
  clear(): Promise<void>;
  /** Runs it while nobody else runs anything of this name: of those who share this store, one. */
  exclusively<T>(name: string, action: () => Promise<T>): Promise<T>;
  /**
   * Calls back with a name whose value somebody else who shares this store changed; answers how to
   * stop that.
   */
  watch?(listener: (name: string) => void): () => void;
}

/** Runs what has one name one after the other. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  take<T>(name: string, action: () => Promise<T>): Promise<T> {
    const before = this.#last.get(name) ?? Promise.resolve();
    const turn = before.catch(() => {}).then(action);
    this.#last.set(name, turn);
    return turn;
  }
}

/** Keeps everything as long as the object lives. */
export class MemoryKeyStore implements KeyStore {
  readonly holdsCryptoKeys = true;
  readonly #values = new Map<string, unknown>();
  readonly #turns = new Turns();

  async get(name: string): Promise<unknown> {
    return this.#values.get(name);
  }

  async put(name: string, value: unknown): Promise<void> {
    this.#values.set(name, value);
  }

  async remove(name: string): Promise<void> {
    this.#values.delete(name);
  }

  async names(prefix: string): Promise<string[]> {
    return [...this.#values.keys()].filter((name) => name.startsWith(prefix)).sort();
  }

  async clear(): Promise<void> {
    this.#values.clear();
  }

  exclusively<T>(name: string, action: () => Promise<T>): Promise<T> {
    return this.#turns.take(name, action);
  }
}
