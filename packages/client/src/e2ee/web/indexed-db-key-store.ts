import type { KeyStore } from '../../store/key-store';

const VALUES = 'values';
/** Sorts after every character that a name has. */
const LAST = '\uffff';

/**
 * Keeps keys in the browser's IndexedDB, which holds CryptoKeys that no script can export. The tabs
 * of a browser share it: what one changes the others are told.
 */
export class IndexedDbKeyStore implements KeyStore {
  readonly holdsCryptoKeys = true;
  readonly #factory: IDBFactory;
  readonly #database: string;
  readonly #tabs: BroadcastChannel;
  #opened: Promise<IDBDatabase> | null = null;

  /** One database for each user, such as `confab-keys-12`. */
  constructor(database: string, factory: IDBFactory = indexedDB) {
    this.#database = database;
    this.#factory = factory;
    this.#tabs = new BroadcastChannel(database);
  }

  get(name: string): Promise<unknown> {
    return this.#read((values) => values.get(name));
  }

  async put(name: string, value: unknown): Promise<void> {
    await this.#write((values) => values.put(value, name));
    this.#tabs.postMessage(name);
  }

  async remove(name: string): Promise<void> {
    await this.#write((values) => values.delete(name));
    this.#tabs.postMessage(name);
  }

  async names(prefix: string): Promise<string[]> {
    const range = IDBKeyRange.bound(prefix, prefix + LAST);
    return (await this.#read((values) => values.getAllKeys(range))).map(String);
  }

  clear(): Promise<void> {
    return this.#write((values) => values.clear());
  }

  /** Web Locks are there wherever WebCrypto is. */
  async exclusively<T>(name: string, action: () => Promise<T>): Promise<T> {
    return navigator.locks.request(`${this.#database}/${name}`, action);
  }

  watch(listener: (name: string) => void): () => void {
    const hear = ({ data }: MessageEvent<string>) => listener(data);
    this.#tabs.addEventListener('message', hear);
    return () => this.#tabs.removeEventListener('message', hear);
  }

  async #read<T>(ask: (values: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    const database = await this.#open();
    return answer(ask(database.transaction(VALUES).objectStore(VALUES)));
  }

  /** Answers once the transaction is on the disk: keys must outlive the page. */
  async #write(change: (values: IDBObjectStore) => IDBRequest): Promise<void> {
    const database = await this.#open();
    const transaction = database.transaction(VALUES, 'readwrite', { durability: 'strict' });
    change(transaction.objectStore(VALUES));
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
    });
  }

  #open(): Promise<IDBDatabase> {
    if (this.#opened) return this.#opened;
    const forget = () => {
      if (this.#opened === opening) this.#opened = null;
    };
    const opening = this.#connect(forget);
    this.#opened = opening;
    // What failed once, such as on a full disk, is tried again.
    opening.catch(forget);
    return opening;
  }

  async #connect(onClosed: () => void): Promise<IDBDatabase> {
    const request = this.#factory.open(this.#database, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(VALUES);
    const database = await answer(request);
    // Whatever deletes or upgrades it in another tab must not wait for this one.
    database.onversionchange = () => {
      database.close();
      onClosed();
    };
    database.onclose = onClosed;
    return database;
  }
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
