import type { Clock } from '../../../lib/clock';
import { DueTimer } from '../../../lib/due-timer';
import { isBlobKey } from '../../../storage/blobs/blob-key';
import type { BlobStore } from '../../../storage/blobs/blob-store';
import type { Committer } from '../../../storage/committer';
import type { MediaRepository } from '../repository';
import { forgetDoomed, postponeDoomed, releaseDoomed } from './writes';

export interface ReaperDeps {
  clock: Clock;
  media: MediaRepository;
  store: BlobStore;
  committer: Committer;
  onError: (error: unknown) => void;
}

const BATCH = 100;
/** Until a file is tried again that the store did not let go of. */
const RETRY_MS = 60_000;

/**
 * Removes files from the store after the commit that doomed them. Its list is in the database, so
 * that a stop, a crash or a store that is down leaves nothing behind for good.
 */
export class Reaper {
  readonly #deps: ReaperDeps;
  readonly #timer: DueTimer;

  constructor(deps: ReaperDeps) {
    this.#deps = deps;
    this.#timer = new DueTimer({ ...deps, run: () => this.#run() });
  }

  /** Begins with what was being stored when the last process ended. */
  async start(): Promise<void> {
    await this.#deps.committer.submit(releaseDoomed, null, 0);
    void this.#timer.run();
  }

  /** Something was doomed just now. */
  readonly heed = (): void => this.#timer.heed(this.#deps.clock.now());

  /** Reaps now; or, if that is under way, until it is done. */
  run(): Promise<void> {
    return this.#timer.run();
  }

  stop(): Promise<void> {
    return this.#timer.stop();
  }

  async #run(): Promise<number | null> {
    const { media, clock } = this.#deps;
    for (let more = true; more && !this.#timer.isStopped; ) {
      const keys = await media.doomed(clock.now(), BATCH);
      await this.#reap(keys);
      more = keys.length === BATCH;
    }
    return media.nextDoomed();
  }

  async #reap(keys: readonly string[]): Promise<void> {
    const gone: string[] = [];
    const kept: string[] = [];
    for (const key of keys) ((await this.#remove(key)) ? gone : kept).push(key);
    const { committer, clock } = this.#deps;
    if (gone.length > 0) await committer.submit(forgetDoomed, { keys: gone }, 0);
    if (kept.length === 0) return;
    const later = { keys: kept, notBefore: clock.now() + RETRY_MS };
    await committer.submit(postponeDoomed, later, 0);
  }

  async #remove(key: string): Promise<boolean> {
    try {
      if (isBlobKey(key)) await this.#deps.store.remove(key);
      return true;
    } catch (error) {
      this.#deps.onError(error);
      return false;
    }
  }
}
