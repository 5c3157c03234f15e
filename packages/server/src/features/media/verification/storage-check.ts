import { ConfabError } from '@confab/protocol';
import type { BlobStore, StoredBlob } from '../../../storage/blobs/blob-store';
import type { Committer } from '../../../storage/committer';
import type { FileRecords } from './queries';
import { type BrokenFile, RecordCheck } from './record-check';
import { finding, note, type Repaired, type StorageReport } from './report';
import { doomOrphans, noteRepair, recountUsage, remakeThumbnail } from './writes';

export interface StorageCheckDeps {
  records: FileRecords;
  store: BlobStore;
  committer: Committer;
  now: () => number;
  /** Removes what is doomed. */
  reap: () => Promise<void>;
}

const BATCH = 100;

/**
 * Compares the store with the database, both ways, while files come and go. It holds no more than a
 * page of either.
 */
export class StorageCheck {
  readonly #deps: StorageCheckDeps;
  #isRunning = false;
  #isClosed = false;

  constructor(deps: StorageCheckDeps) {
    this.#deps = deps;
  }

  /**
   * @param repair removes files that nothing knows, and has thumbnails made anew, and counts
   *   what users' files take. What is missing besides can only be put back from a backup.
   * @throws ConfabError `conflict` when it is under way already
   */
  async run(repair: boolean): Promise<StorageReport> {
    if (this.#isRunning) throw new ConfabError('conflict', 'The storage is being verified already');
    this.#isRunning = true;
    try {
      return await this.#run(repair);
    } finally {
      this.#isRunning = false;
    }
  }

  /** One that is under way ends soon. */
  close(): void {
    this.#isClosed = true;
  }

  async #run(repair: boolean): Promise<StorageReport> {
    const report: StorageReport = {
      files: 0,
      bytes: 0,
      orphans: finding(),
      missing: finding(),
      damaged: finding(),
      repaired: repair ? { removed: 0, thumbnails: 0, recounted: 0 } : null,
    };
    await this.#rows(report);
    if (repair) await this.#mustKnowFiles();
    await this.#files(report);
    if (report.repaired) await this.#finish(report.repaired);
    return report;
  }

  /** Whoever looks into the log finds every repair, also one that changed nothing. */
  async #finish(repaired: Repaired): Promise<void> {
    const { committer, now, reap } = this.#deps;
    if (repaired.removed > 0) await reap();
    repaired.recounted = await this.#recount();
    await committer.submit(noteRepair, { ...repaired, at: now() }, 0);
  }

  /** What every user's files take. */
  async #recount(): Promise<number> {
    const { records, committer } = this.#deps;
    let count = 0;
    for (let after = 0; ; ) {
      const userIds = await records.counted(after, BATCH);
      this.#mustGoOn();
      for (const userId of userIds) {
        if (await committer.submit(recountUsage, { userId }, userId)) count++;
      }
      const last = userIds.at(-1);
      if (last === undefined || userIds.length < BATCH) return count;
      after = last;
    }
  }

  async #rows(report: StorageReport): Promise<void> {
    const { records, store } = this.#deps;
    for await (const broken of new RecordCheck(records, store).broken()) {
      this.#mustGoOn();
      for (const kind of ['missing', 'damaged'] as const) {
        const some = broken.filter((file) => file.kind === kind);
        note(
          report[kind],
          some.map(({ key, of }) => ({ key, of })),
        );
      }
      if (report.repaired) report.repaired.thumbnails += await this.#remake(broken);
    }
  }

  async #remake(broken: readonly BrokenFile[]): Promise<number> {
    let count = 0;
    const lost = new Set(broken.filter((file) => !file.isThumbnail).map((file) => file.mediaId));
    for (const { key, kind, mediaId, isThumbnail } of broken) {
      if (!isThumbnail || mediaId === null || kind !== 'missing' || lost.has(mediaId)) continue;
      const input = { mediaId, thumbnailKey: key };
      if (await this.#deps.committer.submit(remakeThumbnail, input, 0)) count++;
    }
    return count;
  }

  /** Beside another's database every file would look like debris. */
  async #mustKnowFiles(): Promise<void> {
    const { records, store } = this.#deps;
    for await (const blob of store.list()) {
      const isStrange = (await this.#orphans([blob])).length > 0;
      if (!isStrange || (await records.hasFiles())) return;
      throw new ConfabError(
        'conflict',
        'The database knows no files at all, but the storage has some: are they of one server? Nothing was repaired.',
      );
    }
  }

  async #files(report: StorageReport): Promise<void> {
    let batch: StoredBlob[] = [];
    for await (const blob of this.#deps.store.list()) {
      report.files++;
      report.bytes += blob.size;
      batch.push(blob);
      if (batch.length < BATCH) continue;
      await this.#compare(batch, report);
      batch = [];
    }
    await this.#compare(batch, report);
  }

  async #compare(blobs: readonly StoredBlob[], report: StorageReport): Promise<void> {
    this.#mustGoOn();
    const orphans = await this.#orphans(blobs);
    note(
      report.orphans,
      orphans.map(({ key, size }) => ({ key, size })),
    );
    if (!report.repaired || orphans.length === 0) return;
    const keys = orphans.map(({ key }) => key);
    report.repaired.removed += await this.#deps.committer.submit(doomOrphans, { keys }, 0);
  }

  /** Those that nothing knows. One that was listed may have been removed in all order since. */
  async #orphans(blobs: readonly StoredBlob[]): Promise<StoredBlob[]> {
    const { records, store } = this.#deps;
    const known = await records.known(blobs.map(({ key }) => key));
    const orphans: StoredBlob[] = [];
    for (const blob of blobs) {
      if (known.has(blob.key)) continue;
      if ((await store.size(blob.key)) !== undefined) orphans.push(blob);
    }
    return orphans;
  }

  #mustGoOn(): void {
    if (this.#isClosed) throw new ConfabError('overloaded', 'The server is stopping. Try again.');
  }
}
