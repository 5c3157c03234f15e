import type { SavedUpload, UploadStore } from '@confab/client';
import type { Database } from './database';

/** For longer no server keeps them, milliseconds. */
const KEPT_MS = 24 * 3600_000;

/** Keeps where begun uploads go on when the same file is chosen again. */
export class IdbUploadStore implements UploadStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async get(fingerprint: string): Promise<SavedUpload | null> {
    return (await (await this.#database.open()).get('uploads', fingerprint)) ?? null;
  }

  async put(upload: SavedUpload): Promise<void> {
    const transaction = (await this.#database.open()).transaction('uploads', 'readwrite');
    for await (const cursor of transaction.store) {
      if (cursor.value.created_at < upload.created_at - KEPT_MS) await cursor.delete();
    }
    await Promise.all([transaction.store.put(upload, upload.fingerprint), transaction.done]);
  }

  async remove(fingerprint: string): Promise<void> {
    await (await this.#database.open()).delete('uploads', fingerprint);
  }
}
