import type { BlobKey } from './blob-key';

/** Inclusive at both ends, as in HTTP; it must lie within the file. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface StoredBlob {
  readonly key: BlobKey;
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modifiedAt: number;
}

/**
 * Where files are kept. A key is written once and its content never changes.
 *
 * Full disks are ConfabErrors `storage_full`, stores that do not answer are `overloaded`.
 */
export interface BlobStore {
  /**
   * Takes over a finished local file: whole and durable when it resolves; the local file is gone
   * afterwards. Repeating it is harmless.
   */
  adopt(key: BlobKey, path: string, contentType: string): Promise<void>;
  /** In bytes; undefined when there is no such file. */
  size(key: BlobKey): Promise<number | undefined>;
  /** What a Response can be made of: a file on the disk, or a stream. Undefined when there is none. */
  read(key: BlobKey, range?: ByteRange): Promise<Blob | ReadableStream<Uint8Array> | undefined>;
  /**
   * Has the content in a local file for as long as `use` runs; it must not be changed.
   * @throws ConfabError `not_found`
   */
  withLocalFile<T>(key: BlobKey, use: (path: string) => Promise<T>): Promise<T>;
  /** Durable when it resolves. What is not there is as good as removed. */
  remove(key: BlobKey): Promise<void>;
  /** Every stored file, in no order; what comes or goes meanwhile may be missing. */
  list(): AsyncIterable<StoredBlob>;
}
