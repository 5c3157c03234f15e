import { checkedKey } from '../../../storage/blobs/blob-key';
import type { BlobStore } from '../../../storage/blobs/blob-store';
import type { ExportFile, ExportSource } from '../../account';
import { type MediaRow, presentMedia } from '../../messages';
import type { MediaRepository } from '../repository';

const PAGE = 100;
const encoder = new TextEncoder();

/** The files that one uploaded, with a list of them. */
export class MediaExport implements ExportSource {
  readonly about = [
    { path: 'media.jsonl', meaning: 'the files that you uploaded, as the apps show them' },
    { path: 'media/<number>-<name>', meaning: 'those files themselves' },
  ];
  readonly #media: MediaRepository;
  readonly #store: BlobStore;

  constructor(media: MediaRepository, store: BlobStore) {
    this.#media = media;
    this.#store = store;
  }

  async *files(userId: number): AsyncGenerator<ExportFile> {
    yield { name: 'media.jsonl', content: this.#list(userId) };
    for await (const row of this.#rows(userId)) {
      const name = `media/${row.id}-${row.original_filename}`;
      yield { name, modifiedAt: row.created_at, content: this.#content(row) };
    }
  }

  async *#rows(userId: number): AsyncGenerator<MediaRow> {
    for (let after = 0; ; ) {
      const rows = await this.#media.ofUser(userId, after, PAGE);
      yield* rows;
      const last = rows.at(-1);
      if (!last) return;
      after = last.id;
    }
  }

  async *#list(userId: number): AsyncGenerator<Uint8Array> {
    for await (const row of this.#rows(userId)) {
      yield encoder.encode(`${JSON.stringify(presentMedia(row))}\n`);
    }
  }

  /** One that is erased meanwhile is empty. */
  async *#content(row: MediaRow): AsyncGenerator<Uint8Array> {
    const found = await this.#store.read(checkedKey(row.file_key));
    if (!found) return;
    yield* found instanceof Blob ? found.stream() : found;
  }
}
