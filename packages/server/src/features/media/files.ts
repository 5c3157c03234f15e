import { ConfabError } from '@confab/protocol';
import { checkedKey } from '../../storage/blobs/blob-key';
import type { BlobStore } from '../../storage/blobs/blob-store';
import type { MediaRow } from '../messages';
import { noSuchFile, noThumbnail } from './access';
import type { LostFiles } from './serving/lost-files';
import { type ServedFile, type ServedRequest, serveFile } from './serving/serve';

/** Answers requests for files whose asker may have them. */
export class MediaFiles {
  readonly #store: BlobStore;
  readonly #lost: LostFiles;

  constructor(store: BlobStore, lost: LostFiles) {
    this.#store = store;
    this.#lost = lost;
  }

  original({ method, headers }: Request, row: MediaRow, download = false): Promise<Response> {
    const file: ServedFile = {
      key: checkedKey(row.file_key),
      size: row.file_size,
      mimeType: row.mime_type,
      filename: row.original_filename,
      access: 'checked',
    };
    return this.#serve({ method, headers, download }, file);
  }

  async thumbnail(request: Request, row: MediaRow): Promise<Response> {
    if (row.thumbnail_key === null) throw noThumbnail();
    return this.#picture(request, row.thumbnail_key, 'checked');
  }

  avatar(request: Request, key: string): Promise<Response> {
    return this.#picture(request, key, 'open');
  }

  async #picture(request: Request, text: string, access: ServedFile['access']): Promise<Response> {
    const key = checkedKey(text);
    const size = await this.#store.size(key);
    if (size === undefined) {
      this.#lost.note(key);
      throw noSuchFile();
    }
    const file = { key, size, mimeType: 'image/webp', filename: 'picture.webp', access };
    return this.#serve({ method: request.method, headers: request.headers }, file);
  }

  /** Whoever asks may have the file, so that only a loss makes it missing. */
  async #serve(request: ServedRequest, file: ServedFile): Promise<Response> {
    try {
      return await serveFile(request, file, this.#store);
    } catch (error) {
      if (error instanceof ConfabError && error.code === 'not_found') this.#lost.note(file.key);
      throw error;
    }
  }
}
