import type { KeyStore } from '../../store/key-store';
import { importAesKey, open, seal } from '../aead';
import { type Bytes, fromBase64Url, fromUtf8, toBase64Url, utf8 } from '../encoding';
import { Refusal } from '../errors';

const KEY = 'store-key';

interface SealedValue {
  readonly iv: string;
  readonly c: string;
}

/**
 * A store of which everything at rest is sealed: under a key that cannot be exported where the store
 * below can hold such keys, so that a copy of it is worth nothing elsewhere; else under a key beside
 * it, which the file store lets nobody else read. A value that was moved to another name is refused.
 */
export class SealedStore {
  readonly #store: KeyStore;
  readonly #key: CryptoKey;

  private constructor(store: KeyStore, key: CryptoKey) {
    this.#store = store;
    this.#key = key;
  }

  static async open(store: KeyStore): Promise<SealedStore> {
    const key = store.exclusively(
      KEY,
      async () => (await storedKey(store)) ?? (await newKey(store)),
    );
    return new SealedStore(store, await key);
  }

  /** @throws Refusal `undecryptable` for what was not put here under this name */
  async get(name: string): Promise<unknown> {
    const sealed = (await this.#store.get(name)) as SealedValue | undefined;
    if (sealed === undefined) return undefined;
    const [iv, c] = [fromBase64Url(sealed.iv), fromBase64Url(sealed.c)];
    return JSON.parse(fromUtf8(await open(this.#key, iv, c, utf8(name))));
  }

  async put(name: string, value: unknown): Promise<void> {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const c = await seal(this.#key, iv, utf8(JSON.stringify(value)), utf8(name));
    const sealed: SealedValue = { iv: toBase64Url(iv), c: toBase64Url(c) };
    await this.#store.put(name, sealed);
  }

  /** Makes a value of what it was before, one change after the other, those of other tabs too. */
  update<T>(name: string, change: (before: T | undefined) => T | Promise<T>): Promise<T> {
    return this.#store.exclusively(name, async () => {
      const before = (await this.get(name)) as T | undefined;
      const after = await change(before);
      if (after !== before) await this.put(name, after);
      return after;
    });
  }

  /** See `KeyStore`. */
  exclusively<T>(name: string, action: () => Promise<T>): Promise<T> {
    return this.#store.exclusively(name, action);
  }

  /** Calls back with a name whose value another tab changed; answers how to stop that. */
  watch(listener: (name: string) => void): () => void {
    return this.#store.watch?.(listener) ?? (() => {});
  }

  remove(name: string): Promise<void> {
    return this.#store.remove(name);
  }

  /** The names that begin so. */
  names(prefix: string): Promise<string[]> {
    return this.#store.names(prefix);
  }

  /** Forgets everything but the key itself, which then protects nothing. */
  async clear(): Promise<void> {
    const names = await this.#store.names('');
    for (const name of names.filter((one) => one !== KEY)) await this.#store.remove(name);
  }
}

async function storedKey(store: KeyStore): Promise<CryptoKey | null> {
  const stored = await store.get(KEY);
  if (stored === undefined) return null;
  if (stored instanceof CryptoKey) return stored;
  if (typeof stored === 'string') return importAesKey(fromBase64Url(stored));
  throw new Refusal('malformed', 'The key store holds no key where one belongs');
}

async function newKey(store: KeyStore): Promise<CryptoKey> {
  // What is there without its key was sealed under one that is lost.
  await store.clear();
  const raw: Bytes = crypto.getRandomValues(new Uint8Array(32));
  const key = await importAesKey(raw);
  await store.put(KEY, store.holdsCryptoKeys ? key : toBase64Url(raw));
  return key;
}
