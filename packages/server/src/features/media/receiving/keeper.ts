import type { Clock } from '../../../lib/clock';
import { type BlobKey, type BlobKind, newBlobKey } from '../../../storage/blobs/blob-key';
import type { BlobStore } from '../../../storage/blobs/blob-store';
import type { Committer } from '../../../storage/committer';
import { abandonFiles, beginFiles } from '../file-writes';

export interface KeeperDeps {
  clock: Pick<Clock, 'now'>;
  store: BlobStore;
  committer: Committer;
  randomBytes: (count: number) => Uint8Array;
  /** Something waits to be taken from the store. */
  onDoomed: () => void;
}

/** For so long a file may be without its row. Storing one takes seconds, or minutes at most. */
const HALF_STORED_MS = 3600_000;

/**
 * Stores a local file, which is gone afterwards.
 * @returns its key: the write that gives it a row has to call `keepFiles`
 */
export type Keep = (
  kind: BlobKind,
  extension: string,
  path: string,
  type: string,
) => Promise<string>;

/** Puts files into the store, such that none is left there if its row does not come. */
export class FileKeeper {
  readonly #deps: KeeperDeps;

  constructor(deps: KeeperDeps) {
    this.#deps = deps;
  }

  /** What `use` stored is erased if it fails; if the process dies, at the next start. */
  async keeping<T>(use: (keep: Keep) => Promise<T>): Promise<T> {
    const keys: string[] = [];
    try {
      return await use((kind, extension, path, type) => {
        const key = newBlobKey(kind, extension, this.#deps.randomBytes);
        keys.push(key);
        return this.#store(key, path, type);
      });
    } catch (error) {
      await this.#abandon(keys);
      throw error;
    }
  }

  async #store(key: BlobKey, path: string, type: string): Promise<string> {
    const { clock, store, committer } = this.#deps;
    const intent = { keys: [key], notBefore: clock.now() + HALF_STORED_MS };
    await committer.submit(beginFiles, intent, 0);
    await store.adopt(key, path, type);
    return key;
  }

  async #abandon(keys: string[]): Promise<void> {
    if (keys.length === 0) return;
    await this.#deps.committer.submit(abandonFiles, { keys }, 0);
    this.#deps.onDoomed();
  }
}
