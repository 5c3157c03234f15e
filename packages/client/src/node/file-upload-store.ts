import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { SavedUpload, UploadStore } from '../media/upload-store';
import { listJson, readJson, writeAtomic } from './atomic-file';

/** For longer no server keeps them. */
const KEPT_MS = 24 * 3600_000;

/** Keeps each begun upload in a file of its own. */
export class FileUploadStore implements UploadStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async get(fingerprint: string): Promise<SavedUpload | null> {
    const saved = await readJson<SavedUpload>(this.#pathOf(fingerprint));
    return saved?.fingerprint === fingerprint ? saved : null;
  }

  async put(upload: SavedUpload): Promise<void> {
    await this.#removeBefore(upload.created_at - KEPT_MS);
    await writeAtomic(this.#pathOf(upload.fingerprint), JSON.stringify(upload), false);
  }

  async remove(fingerprint: string): Promise<void> {
    await rm(this.#pathOf(fingerprint), { force: true });
  }

  async #removeBefore(time: number): Promise<void> {
    for (const name of await listJson(this.#folder)) {
      const path = join(this.#folder, name);
      const saved = await readJson<SavedUpload>(path);
      if (!saved || saved.created_at < time) await rm(path, { force: true });
    }
  }

  #pathOf(fingerprint: string): string {
    const name = createHash('sha256').update(fingerprint).digest('hex');
    return join(this.#folder, `${name}.json`);
  }
}
