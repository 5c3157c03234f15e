import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type KeyStore, Turns } from '../store/key-store';
import { readJson, writeAtomic } from './atomic-file';

const ENDING = '.json';

/**
 * Keeps each value in a file of its own, readable by its user alone and synced before it counts. One
 * program uses a folder at a time.
 */
export class FileKeyStore implements KeyStore {
  readonly holdsCryptoKeys = false;
  readonly #folder: string;
  readonly #turns = new Turns();

  constructor(folder: string) {
    this.#folder = folder;
  }

  async get(name: string): Promise<unknown> {
    return (await readJson<{ value: unknown }>(this.#pathOf(name)))?.value;
  }

  async put(name: string, value: unknown): Promise<void> {
    await writeAtomic(this.#pathOf(name), JSON.stringify({ value }), true);
  }

  async remove(name: string): Promise<void> {
    await rm(this.#pathOf(name), { force: true });
  }

  async names(prefix: string): Promise<string[]> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const files = (await readdir(this.#folder)).filter(
      (file) => file.endsWith(ENDING) && !file.startsWith('.'),
    );
    const names = files.map((file) => decodeURIComponent(file.slice(0, -ENDING.length)));
    return names.filter((name) => name.startsWith(prefix)).sort();
  }

  async clear(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  exclusively<T>(name: string, action: () => Promise<T>): Promise<T> {
    return this.#turns.take(name, action);
  }

  #pathOf(name: string): string {
    return join(this.#folder, encodeURIComponent(name) + ENDING);
  }
}
