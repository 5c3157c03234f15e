import type { OutboxEntry, SavedChat, SavedState, SavedUpload } from '@confab/client';
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';

/** Raised when what is stored changes its form. */
const VERSION = 1;

export type Head = Pick<SavedState, 'user_id' | 'epoch'>;

export interface Schema extends DBSchema {
  /** Whose chats are stored, and of which history; and what the service worker has to know. */
  meta: { key: 'head' | 'language'; value: Head | string };
  chats: { key: number; value: SavedChat };
  outbox: { key: string; value: OutboxEntry };
  uploads: { key: string; value: SavedUpload };
}

export type Connection = IDBPDatabase<Schema>;

/** The browser's database, opened when it is first used. All tabs and the service worker share it. */
export class Database {
  readonly #name: string;
  #opened: Promise<Connection> | null = null;

  constructor(name = 'confab') {
    this.#name = name;
  }

  open(): Promise<Connection> {
    this.#opened ??= this.#connect();
    return this.#opened;
  }

  async #connect(): Promise<Connection> {
    const forget = () => {
      this.#opened = null;
    };
    const connecting = openDB<Schema>(this.#name, VERSION, {
      upgrade(database) {
        for (const name of ['meta', 'chats', 'outbox', 'uploads'] as const) {
          database.createObjectStore(name);
        }
      },
      // Whatever deletes or upgrades it in another tab must not wait for this one.
      blocking: (_current, _wanted, event) => {
        (event.target as IDBDatabase).close();
        forget();
      },
      terminated: forget,
    });
    connecting.catch(forget);
    return connecting;
  }
}
