import { ClientError } from '@confab/client';
import { CHUNK_BYTES, type FileOpener } from '@confab/client/e2ee';
import {
  DECRYPTED,
  type DecryptedAnswer,
  type DecryptedQuestion,
} from '../../service-worker/decrypted-messages';
import { byteRangeOf } from './byte-range';

/** So many chunks are kept of all that plays here: players go back and forth at the begin and the end. */
const KEPT_CHUNKS = 8;

/** A file that is decrypted where it is read. */
export interface DecryptedFile {
  /** Random: whoever does not know it gets nothing. */
  readonly url: string;
  /** Why it broke off. What is over for good stays so, other faults until it goes on. */
  readonly fault: unknown;
  /** Whether anything was asked of it: not every browser lets a worker answer a player. */
  readonly isAsked: boolean;
}

interface Served extends DecryptedFile {
  readonly id: string;
  readonly opener: Pick<FileOpener, 'chunk'>;
  readonly size: number;
  readonly type: string;
  fault: unknown;
  isAsked: boolean;
}

const isFinal = (fault: unknown): boolean =>
  fault !== null && !(fault instanceof ClientError && fault.temporary);

/** The files that this page decrypts for its players, a chunk at a time. */
export class DecryptedFiles {
  readonly #files = new Map<string, Served>();
  /** By file and number, the one that was asked for last at the end. */
  readonly #chunks = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();

  add(
    opener: Pick<FileOpener, 'chunk'>,
    { size, type }: { size: number; type: string },
  ): DecryptedFile {
    const id = crypto.randomUUID();
    const file = { id, url: DECRYPTED + id, opener, size, type, fault: null, isAsked: false };
    this.#files.set(id, file);
    return file;
  }

  remove({ url }: DecryptedFile): void {
    const id = url.slice(DECRYPTED.length);
    this.#files.delete(id);
    for (const key of this.#chunks.keys()) if (key.startsWith(id)) this.#chunks.delete(key);
  }

  /** Answers up to the end of the chunk in which the range begins. */
  async answer({ id, range }: DecryptedQuestion): Promise<DecryptedAnswer> {
    const file = this.#files.get(id);
    if (!file) return { state: 'missing' };
    file.isAsked = true;
    if (isFinal(file.fault)) return { state: 'broken' };
    const { size, type } = file;
    const wanted = byteRangeOf(range, size);
    if (!wanted) return { state: 'beyond', size };
    const number = Math.floor(wanted.start / CHUNK_BYTES);
    try {
      const chunk = await this.#chunk(file, number);
      const from = number * CHUNK_BYTES;
      // Copied: it goes over to the worker.
      const bytes = chunk.slice(wanted.start - from, wanted.end - from);
      file.fault = null;
      return { state: 'read', type, size, start: wanted.start, bytes };
    } catch (fault) {
      file.fault = fault;
      return { state: isFinal(fault) ? 'broken' : 'unreached' };
    }
  }

  async #chunk(file: Served, number: number): Promise<Uint8Array<ArrayBuffer>> {
    const key = `${file.id} ${number}`;
    const chunk = this.#chunks.get(key) ?? file.opener.chunk(number);
    this.#chunks.delete(key);
    this.#chunks.set(key, chunk);
    const [oldest] = this.#chunks.keys();
    if (oldest !== undefined && this.#chunks.size > KEPT_CHUNKS) this.#chunks.delete(oldest);
    try {
      return await chunk;
    } catch (fault) {
      this.#chunks.delete(key);
      throw fault;
    }
  }
}
