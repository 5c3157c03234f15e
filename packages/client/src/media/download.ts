import type { Media } from '@confab/protocol';
import { asClientError, ClientError, cancelled } from '../errors';
import type { Rest } from '../rest/rest';
import type { Cancel, Runtime } from '../runtime';
import { Meter, type Progress } from './meter';
import { Patience } from './patience';

export interface DownloadOptions {
  /** The first byte that is wanted; 0 by default. */
  readonly start?: number;
  /** The byte behind the last one; all by default. */
  readonly end?: number;
  /** Past what a browser kept of it before. */
  readonly isFresh?: boolean;
  readonly onProgress?: (progress: Progress) => void;
  /** Gives up: reading fails with `cancelled`. */
  readonly signal?: AbortSignal;
}

interface Deps {
  readonly rest: Rest;
  readonly runtime: Pick<Runtime, 'setTimer' | 'random' | 'onNetworkUp'>;
}

/** For so long nothing may come until a connection counts as lost, milliseconds. */
const STALL_MS = 60_000;
/** After so many answers in a row that bring nothing of what is missing, the server does not have it. */
const MOST_EMPTY = 4;

/**
 * A file's bytes. Fails at once when it cannot be had; a loss on the way is waited out. Reading fails
 * with `download_incomplete` when the server turns out not to have all of it.
 */
export async function download(
  deps: Deps,
  media: Pick<Media, 'id' | 'file_size'>,
  options: DownloadOptions = {},
): Promise<ReadableStream<Uint8Array>> {
  const running = new Download(deps, media, options);
  await running.open();
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const chunk = await running.next();
        if (chunk) controller.enqueue(chunk);
        else controller.close();
      },
      cancel: () => running.stop(),
    },
    { highWaterMark: 0 },
  );
}

class Download {
  readonly #deps: Deps;
  readonly #mediaId: Media['id'];
  readonly #start: number;
  readonly #end: number;
  /** Whether but a part is wanted. */
  readonly #isPart: boolean;
  readonly #isFresh: boolean;
  readonly #meter: Meter;
  readonly #patience: Patience;
  readonly #signal: AbortSignal;
  readonly #stop = new AbortController();
  /** Ends the connection that is read from. */
  #connection = new AbortController();
  #reader: ReadableStreamDefaultReader<Uint8Array> | null = null;
  #received = 0;
  /** How much of it was there when the server was asked last. */
  #askedAt = 0;
  #emptyAnswers = 0;
  #etag: string | null = null;

  constructor(
    deps: Deps,
    media: Pick<Media, 'id' | 'file_size'>,
    { onProgress, signal, start = 0, end = media.file_size, isFresh }: DownloadOptions,
  ) {
    this.#deps = deps;
    this.#mediaId = media.id;
    this.#start = start;
    this.#end = end;
    this.#isPart = start > 0 || end < media.file_size;
    this.#isFresh = isFresh === true;
    this.#meter = new Meter(end - start, onProgress ?? (() => {}));
    this.#patience = new Patience(deps.runtime);
    this.#signal = signal ? AbortSignal.any([signal, this.#stop.signal]) : this.#stop.signal;
  }

  async open(): Promise<void> {
    this.#connection = new AbortController();
    this.#askedAt = this.#received;
    const headers = this.#rangeHeaders();
    const asked = this.#deps.rest.request({
      method: 'GET',
      path: `/api/media/${this.#mediaId}`,
      headers,
      ...(this.#isFresh ? { cache: 'reload' as const } : {}),
      signal: AbortSignal.any([this.#signal, this.#connection.signal]),
    });
    const response = await asked.catch(hasNoMore);
    const { Range: range } = headers;
    if (range !== undefined && response.status !== 206) {
      this.#connection.abort();
      throw new ClientError('bad_answer', 'The file is not the same any more');
    }
    this.#etag = response.headers.get('ETag');
    this.#reader = response.body?.getReader() ?? null;
  }

  /** The next bytes; null at the end. */
  async next(): Promise<Uint8Array | null> {
    for (;;) {
      try {
        if (!this.#reader) await this.open();
        return await this.#read();
      } catch (fault) {
        if (this.#reader) this.#countEmpty();
        this.#reader = null;
        this.#connection.abort();
        if (this.#signal.aborted) throw cancelled();
        if (this.#emptyAnswers >= MOST_EMPTY) throw incomplete(fault);
        const error = asClientError(fault, this.#deps.rest.address(''), false);
        await this.#patience.wait(error, this.#signal);
      }
    }
  }

  stop(): void {
    this.#stop.abort();
  }

  async #read(): Promise<Uint8Array | null> {
    const cancel = this.#watch();
    const chunk = await this.#reader?.read().finally(cancel);
    if (chunk?.value) {
      this.#received += chunk.value.length;
      this.#patience.reset();
      this.#meter.reached(this.#received);
      return chunk.value;
    }
    if (this.#received < this.#end - this.#start) throw new Error('The connection broke');
    return null;
  }

  #countEmpty(): void {
    this.#emptyAnswers = this.#received > this.#askedAt ? 0 : this.#emptyAnswers + 1;
  }

  #watch(): Cancel {
    const connection = this.#connection;
    return this.#deps.runtime.setTimer(() => connection.abort(), STALL_MS);
  }

  #rangeHeaders(): Record<string, string> {
    if (this.#received === 0 && !this.#isPart) return {};
    const condition = this.#etag === null ? {} : { 'If-Range': this.#etag };
    const from = this.#start + this.#received;
    return { Range: `bytes=${from}-${this.#isPart ? this.#end - 1 : ''}`, ...condition };
  }
}

function hasNoMore(fault: unknown): never {
  const isBeyond = fault instanceof ClientError && fault.code === 'range_not_satisfiable';
  throw isBeyond ? incomplete(fault) : fault;
}

const incomplete = (cause: unknown) =>
  new ClientError('download_incomplete', 'The server has but a part of the file', { cause });
