import type { OpenedRecord } from './opened';
import type { SealedStore } from './sealed-store';

/** Where opened messages are kept. What is kept opens without any key of the chat. */
export interface OpenedStore {
  load(chat: number): Promise<OpenedRecord[]>;
  /** Adds records, or puts them in the place of those with their ids. */
  put(chat: number, records: readonly OpenedRecord[]): Promise<void>;
  chats(): Promise<number[]>;
}

/** So many places of a chat make one value. */
const PAGE = 64;

/** Keeps opened messages in the sealed store, some dozens to a value. */
export class SealedOpenedStore implements OpenedStore {
  readonly #store: SealedStore;

  constructor(store: SealedStore) {
    this.#store = store;
  }

  async load(chat: number): Promise<OpenedRecord[]> {
    const names = await this.#store.names(`opened/${chat}/`);
    const pages = await Promise.all(names.map((name) => this.#page(name)));
    return pages.flat().sort((a, b) => a.seq - b.seq);
  }

  async put(chat: number, records: readonly OpenedRecord[]): Promise<void> {
    const pages = Map.groupBy(records, ({ seq }) => `opened/${chat}/${Math.floor(seq / PAGE)}`);
    for (const [name, changed] of pages) {
      const ids = new Set(changed.map((record) => record.id));
      await this.#store.update<OpenedRecord[]>(name, (page = []) => [
        ...page.filter((record) => !ids.has(record.id)),
        ...changed,
      ]);
    }
  }

  async chats(): Promise<number[]> {
    const names = await this.#store.names('opened/');
    return [...new Set(names.map((name) => Number(name.split('/')[1])))];
  }

  async #page(name: string): Promise<OpenedRecord[]> {
    return ((await this.#store.get(name)) as OpenedRecord[] | undefined) ?? [];
  }
}
