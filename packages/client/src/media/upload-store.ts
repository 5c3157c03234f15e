/** An upload that is begun and not finished. */
export interface SavedUpload {
  /** Tells the file and what it is for. */
  readonly fingerprint: string;
  /** Where on the server it goes on. */
  readonly path: string;
  /** Milliseconds since 1970. */
  readonly created_at: number;
}

/**
 * Where begun uploads are kept, so that they go on when the same file is uploaded again after a page
 * was loaded anew or a program restarted. It is a cache: what is lost is uploaded from the start.
 */
export interface UploadStore {
  get(fingerprint: string): Promise<SavedUpload | null>;
  put(upload: SavedUpload): Promise<void>;
  remove(fingerprint: string): Promise<void>;
}

/** Keeps uploads as long as the object lives. */
export class MemoryUploadStore implements UploadStore {
  readonly #uploads = new Map<string, SavedUpload>();

  async get(fingerprint: string): Promise<SavedUpload | null> {
    return this.#uploads.get(fingerprint) ?? null;
  }

  async put(upload: SavedUpload): Promise<void> {
    this.#uploads.set(upload.fingerprint, upload);
  }

  async remove(fingerprint: string): Promise<void> {
    this.#uploads.delete(fingerprint);
  }
}
