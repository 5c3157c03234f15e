import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { S3Client } from 'bun';
import type { S3Location } from '../../config/s3';
import type { Clock } from '../../lib/clock';
import { within } from '../../lib/deadline';
import { BLOB_KINDS, type BlobKey, checkedKey, isBlobKey } from './blob-key';
import type { BlobStore, ByteRange, StoredBlob } from './blob-store';
import { isMissing, missingBlob } from './faults';
import { continued } from './first-chunk';
import { isNoSuchKey, S3Late, s3Fault } from './s3-faults';

const MIB = 1024 * 1024;
/** Two parts of an upload are in memory at a time, however large the file is. */
const UPLOAD = { partSize: 5 * MIB, queueSize: 2 } as const;
const ANSWER_MS = 15_000;
/** A list is of many pages: one that fails is asked for again, or all before it was in vain. */
const LIST_TRIES = 3;
const LIST_PAUSE_MS = 200;
/** The slowest transfer that is waited for, in bytes a millisecond. */
const SLOWEST = 128;

export interface S3Deps {
  readonly client: S3Client;
  /** A folder for local copies. */
  readonly incoming: string;
  readonly clock: Pick<Clock, 'after'>;
  readonly randomId: () => string;
  /** Is told what the store refused. */
  readonly onError: (error: unknown) => void;
}

export const s3Client = (location: S3Location): S3Client => new Bun.S3Client(location);

/** Local copies of stored files; a crash may leave some. */
export const COPY_PREFIX = 's3-copy-';

/** Objects in a bucket. */
export class S3Blobs implements BlobStore {
  readonly #deps: S3Deps;

  constructor(deps: S3Deps) {
    this.#deps = deps;
  }

  #object(key: BlobKey) {
    return this.#deps.client.file(checkedKey(key));
  }

  async adopt(key: BlobKey, path: string, contentType: string): Promise<void> {
    const size = await localSize(path);
    if (size === undefined) {
      if ((await this.size(key)) !== undefined) return;
      throw new Error('There is no file to take over');
    }
    const object = this.#object(key);
    const sent = () => object.write(Bun.file(path), { ...UPLOAD, type: contentType });
    await this.#ask(sent, transferMs(size));
    await rm(path, { force: true });
  }

  size(key: BlobKey): Promise<number | undefined> {
    return this.#ask(async () => (await this.#object(key).stat()).size);
  }

  /** Waits for the first bytes, so that a missing object is known before an answer begins. */
  async read(key: BlobKey, range?: ByteRange): Promise<ReadableStream<Uint8Array> | undefined> {
    const object = this.#object(key);
    const part = range ? object.slice(range.start, range.end + 1) : object;
    const opened = continued(part.stream());
    try {
      return await this.#ask(() => opened);
    } catch (error) {
      // One that came too late would hold its connection until somebody reads it.
      void opened.then((stream) => stream.cancel()).catch(() => {});
      throw error;
    }
  }

  async withLocalFile<T>(key: BlobKey, use: (path: string) => Promise<T>): Promise<T> {
    const size = await this.size(key);
    if (size === undefined) throw missingBlob();
    const path = join(this.#deps.incoming, `${COPY_PREFIX}${this.#deps.randomId()}`);
    try {
      const copied = await this.#ask(() => Bun.write(path, this.#object(key)), transferMs(size));
      if (copied === undefined) throw missingBlob();
      return await use(path);
    } finally {
      await rm(path, { force: true });
    }
  }

  async remove(key: BlobKey): Promise<void> {
    await this.#ask(() => this.#object(key).delete());
  }

  async *list(): AsyncIterable<StoredBlob> {
    for (const kind of BLOB_KINDS) yield* this.#below(`${kind}/`);
  }

  async *#below(prefix: string): AsyncIterable<StoredBlob> {
    for (let startAfter: string | undefined = ''; startAfter !== undefined; ) {
      const after: string = startAfter;
      const query = after === '' ? { prefix } : { prefix, startAfter: after };
      const page = await this.#page(query);
      for (const { key, size = 0, lastModified = '' } of page?.contents ?? []) {
        if (isBlobKey(key)) yield { key, size, modifiedAt: Date.parse(lastModified) };
      }
      startAfter = page?.isTruncated ? page.contents?.at(-1)?.key : undefined;
    }
  }

  async #page(query: Parameters<S3Client['list']>[0]) {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#ask(() => this.#deps.client.list(query));
      } catch (error) {
        if (tries === LIST_TRIES) throw error;
        await new Promise<void>((resolve) => {
          this.#deps.clock.after(tries * LIST_PAUSE_MS, resolve);
        });
      }
    }
  }

  /** Undefined when there is no such object. @throws ConfabError `overloaded`, `storage_full` */
  async #ask<T>(question: () => Promise<T>, ms = ANSWER_MS): Promise<T | undefined> {
    try {
      return await within(this.#deps.clock, ms, question(), late);
    } catch (error) {
      if (isNoSuchKey(error)) return undefined;
      throw s3Fault(error, this.#deps.onError);
    }
  }
}

const late = () => new S3Late('The S3 store did not answer in time');
const transferMs = (size: number) => ANSWER_MS + size / SLOWEST;

async function localSize(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
