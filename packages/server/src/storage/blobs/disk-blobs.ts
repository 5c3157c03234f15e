import { dirname, join, resolve } from 'node:path';
import { BLOB_KINDS, type BlobKey, checkedKey, isBlobKey } from './blob-key';
import type { BlobStore, ByteRange, StoredBlob } from './blob-store';
import { type DiskFiles, diskFiles } from './disk-files';
import { codeOf, diskFault, isMissing, missingBlob } from './faults';

/** Files in folders below STORAGE_DIR. */
export class DiskBlobs implements BlobStore {
  readonly #root: string;
  readonly #files: DiskFiles;

  constructor(root: string, files: DiskFiles = diskFiles) {
    this.#root = resolve(root);
    this.#files = files;
  }

  #path(key: BlobKey): string {
    return join(this.#root, checkedKey(key));
  }

  async adopt(key: BlobKey, path: string): Promise<void> {
    const target = this.#path(key);
    try {
      await this.#makeFolder(dirname(target));
      await this.#move(path, target);
      await this.#files.sync(dirname(target));
    } catch (error) {
      throw diskFault(error);
    }
  }

  async #move(path: string, target: string): Promise<void> {
    try {
      await this.#files.sync(path);
      await this.#files.rename(path, target);
    } catch (error) {
      if (codeOf(error) === 'EXDEV') return this.#copy(path, target);
      const isDone = isMissing(error) && (await this.#files.stat(target)) !== undefined;
      if (!isDone) throw error;
    }
  }

  /** A kind's folder may be a disk of its own, over which no file can be renamed. */
  async #copy(path: string, target: string): Promise<void> {
    const draft = draftOf(target);
    await this.#files.copy(path, draft);
    await this.#files.sync(draft);
    await this.#files.rename(draft, target);
    await this.#files.remove(path);
  }

  /** New folders are confirmed as well: a file is as durable as the path to it. */
  async #makeFolder(folder: string): Promise<void> {
    const first = await this.#files.makeFolder(folder);
    if (first === undefined) return;
    for (let made = folder; made.length >= first.length; made = dirname(made)) {
      await this.#files.sync(dirname(made));
    }
  }

  async size(key: BlobKey): Promise<number | undefined> {
    try {
      return (await this.#files.stat(this.#path(key)))?.size;
    } catch (error) {
      throw diskFault(error);
    }
  }

  async read(key: BlobKey, range?: ByteRange): Promise<Blob | undefined> {
    if ((await this.size(key)) === undefined) return undefined;
    const file = Bun.file(this.#path(key));
    return range ? file.slice(range.start, range.end + 1) : file;
  }

  async withLocalFile<T>(key: BlobKey, use: (path: string) => Promise<T>): Promise<T> {
    if ((await this.size(key)) === undefined) throw missingBlob();
    return use(this.#path(key));
  }

  async remove(key: BlobKey): Promise<void> {
    const path = this.#path(key);
    await this.#files.remove(draftOf(path));
    await this.#files.remove(path);
    try {
      await this.#files.sync(dirname(path));
    } catch (error) {
      if (!isMissing(error)) throw diskFault(error);
    }
  }

  async *list(): AsyncIterable<StoredBlob> {
    for (const kind of BLOB_KINDS) yield* this.#below(kind);
  }

  async *#below(path: string): AsyncIterable<StoredBlob> {
    for (const name of await this.#files.names(join(this.#root, path))) {
      const key = `${path}/${name}`;
      if (FOLDER.test(key)) {
        yield* this.#below(key);
      } else if (isBlobKey(key)) {
        const found = await this.#files.stat(this.#path(key));
        if (found) yield { key, ...found };
      }
    }
  }
}

const FOLDER = /^[a-z]+(\/[0-9a-f]{2}){1,2}$/;
const draftOf = (target: string) => `${target}.part`;
