import type { SavedState, StateChange, StateStore } from '@confab/client';
import type { Database, Head } from './database';

const isSame = (a: Head | null, b: Head | null) =>
  a?.user_id === b?.user_id && a?.epoch === b?.epoch;

/**
 * Keeps the chats, for all tabs together. Each save is one transaction that first looks whose chats
 * and which history are there: a tab that is behind (another tab signed out, or met a server that was
 * restored) changes nothing, and one that is ahead begins afresh. So histories never mix.
 */
export class IdbStateStore implements StateStore {
  readonly #database: Database;
  /** What was there when this tab last looked. */
  #seen: Head | null = null;

  constructor(database: Database) {
    this.#database = database;
  }

  async load(): Promise<SavedState | null> {
    const transaction = (await this.#database.open()).transaction(['meta', 'chats']);
    const [head, chats] = await Promise.all([
      transaction.objectStore('meta').get('head'),
      transaction.objectStore('chats').getAll(),
    ]);
    this.#seen = (head as Head | undefined) ?? null;
    return this.#seen && { ...this.#seen, chats };
  }

  async save({ user_id, epoch, chats, removed }: StateChange): Promise<void> {
    const transaction = (await this.#database.open()).transaction(['meta', 'chats'], 'readwrite');
    const [meta, table] = [transaction.objectStore('meta'), transaction.objectStore('chats')];
    const [there, own] = [((await meta.get('head')) as Head) ?? null, { user_id, epoch }];
    if (!isSame(there, own)) {
      if (!isSame(there, this.#seen)) return transaction.done;
      await Promise.all([table.clear(), meta.put(own, 'head')]);
    }
    for (const saved of chats) {
      const held = await table.get(saved.chat.id);
      // A tab that slept may be behind what another one saved.
      if (!held || held.chat.rev <= saved.chat.rev) await table.put(saved, saved.chat.id);
    }
    await Promise.all(removed.map((id) => table.delete(id)));
    await transaction.done;
    this.#seen = own;
  }

  async clear(): Promise<void> {
    const transaction = (await this.#database.open()).transaction(['meta', 'chats'], 'readwrite');
    await Promise.all([
      transaction.objectStore('meta').delete('head'),
      transaction.objectStore('chats').clear(),
      transaction.done,
    ]);
    this.#seen = null;
  }
}
