import type { HeavyReader, Read } from './read';
import type { ReaderRequest } from './reader-thread';
import { Thread } from './thread';

/** Heavy reads on SQLite, in a thread that is started when the first one is asked for. */
export class ThreadReader implements HeavyReader {
  readonly #entry: URL;
  readonly #path: string;
  #thread: Thread<ReaderRequest, unknown> | undefined;

  /** @param entry module that serves the reads (see `serveReader`) */
  constructor(entry: URL, path: string) {
    this.#entry = entry;
    this.#path = path;
  }

  async run<I, O>(read: Read<I, O>, input: I): Promise<O> {
    const thread = this.#living() ?? this.#start();
    return (await thread.ask({ kind: 'read', read: read.name, input })) as O;
  }

  /** One that ended, for want of memory perhaps, is replaced. */
  #living(): Thread<ReaderRequest, unknown> | undefined {
    return this.#thread?.isAlive ? this.#thread : undefined;
  }

  #start(): Thread<ReaderRequest, unknown> {
    const thread = new Thread<ReaderRequest, unknown>(this.#entry, 'reads the database');
    this.#thread = thread;
    // It answers in order: if it cannot open the database, the reads fail too and say so.
    thread.ask({ kind: 'open', path: this.#path }).catch(() => {});
    return thread;
  }

  async close(): Promise<void> {
    await this.#thread?.ask({ kind: 'close' }).catch(() => {});
    this.#thread?.end();
  }
}
