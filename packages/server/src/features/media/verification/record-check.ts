import { checkedKey, isBlobKey } from '../../../storage/blobs/blob-key';
import type { BlobStore } from '../../../storage/blobs/blob-store';
import type { MediaRow } from '../../messages';
import type { AvatarRow, FileRecords } from './queries';
import type { Broken } from './report';

/** A file as the database knows it. */
interface Expected extends Broken {
  /** Null: nobody noted it. */
  size: number | null;
  /** Null: it is no message's. */
  mediaId: number | null;
  isThumbnail: boolean;
}

export interface BrokenFile extends Expected {
  kind: 'missing' | 'damaged';
}

const PAGE = 200;
/** Files that the store is asked for at once. */
const TOGETHER = 16;

/** Goes through what the database says there is, and asks the store for each. */
export class RecordCheck {
  readonly #records: FileRecords;
  readonly #store: Pick<BlobStore, 'size'>;

  constructor(records: FileRecords, store: Pick<BlobStore, 'size'>) {
    this.#records = records;
    this.#store = store;
  }

  /** What is broken, a page of rows at a time. */
  async *broken(): AsyncGenerator<BrokenFile[]> {
    for (let after = 0; ; ) {
      const rows = await this.#records.media(after, PAGE);
      yield await this.#among(rows.flatMap(ofMedia));
      const last = rows.at(-1);
      if (!last || rows.length < PAGE) break;
      after = last.id;
    }
    for (let after = ''; ; ) {
      const rows = await this.#records.avatars(after, PAGE);
      yield await this.#among(rows.flatMap(ofAvatar));
      const last = rows.at(-1);
      if (!last || rows.length < PAGE) return;
      after = last.large_key;
    }
  }

  async #among(expected: readonly Expected[]): Promise<BrokenFile[]> {
    const found: BrokenFile[] = [];
    for (let i = 0; i < expected.length; i += TOGETHER) {
      const some = expected.slice(i, i + TOGETHER);
      const kinds = await Promise.all(some.map((file) => this.#faultOf(file)));
      some.forEach((file, n) => {
        const kind = kinds[n];
        if (kind) found.push({ ...file, kind });
      });
    }
    return this.#stillNamed(found);
  }

  async #faultOf({ key, size }: Expected): Promise<BrokenFile['kind'] | undefined> {
    const stored = isBlobKey(key) ? await this.#store.size(checkedKey(key)) : undefined;
    if (stored === undefined) return 'missing';
    return size === null || stored === size ? undefined : 'damaged';
  }

  /** What was deleted since its row was read is not missed. */
  async #stillNamed(found: BrokenFile[]): Promise<BrokenFile[]> {
    const named = await this.#records.named(found.map(({ key }) => key));
    return found.filter(({ key }) => named.has(key));
  }
}

function ofMedia({ id: mediaId, ...row }: MediaRow): Expected[] {
  const of = `media ${mediaId}`;
  const size = row.file_size;
  const file = { key: row.file_key, of, size, mediaId, isThumbnail: false };
  if (row.thumbnail_key === null) return [file];
  const thumbnail = { of: `thumbnail of ${of}`, size: null, mediaId, isThumbnail: true };
  return [file, { key: row.thumbnail_key, ...thumbnail }];
}

function ofAvatar(row: AvatarRow): Expected[] {
  const picture = { of: `picture of ${row.owner} ${row.owner_id}`, size: null, mediaId: null };
  return [row.large_key, row.small_key].map((key) => ({ key, ...picture, isThumbnail: false }));
}
