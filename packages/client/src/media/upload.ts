import type { Media } from '@confab/protocol';
import { type ClientError, cancelled } from '../errors';
import type { Gate } from './gate';
import { Meter, type Progress } from './meter';
import type { Patience } from './patience';
import type { Transfer } from './transfer';

export type UploadState = 'running' | 'paused' | 'done' | 'failed' | 'cancelled';

export interface UploadParts {
  readonly name: string;
  readonly size: number;
  /** A fresh one at each call. */
  readonly patience: () => Patience;
  readonly gate: Gate;
  readonly makeTransfer: (onSent: (bytes: number) => void) => Transfer;
  readonly onProgress: (progress: Progress) => void;
}

/**
 * A file on its way to the server. Losses of the network and restarts of the server are waited out;
 * what the server refuses for good ends it.
 */
export class Upload {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** The file as the server knows it. Fails with `cancelled`, `closed`, or why the server refused it. */
  readonly done: Promise<Media>;
  readonly #parts: UploadParts;
  readonly #meter: Meter;
  readonly #transfer: Transfer;
  readonly #patience: Patience;
  #state: UploadState = 'running';
  /** Ends the try that is under way. */
  #try = new AbortController();
  #resumed: PromiseWithResolvers<void> | null = null;
  /** Why it ends before its time. */
  #end: ClientError | null = null;

  constructor(parts: UploadParts) {
    this.#parts = parts;
    this.name = parts.name;
    this.size = parts.size;
    this.#patience = parts.patience();
    this.#meter = new Meter(parts.size, (progress) => {
      this.#patience.reset();
      parts.onProgress(progress);
    });
    this.#transfer = parts.makeTransfer((bytes) => this.#meter.reached(bytes));
    this.done = this.#drive().finally(() => this.#wake());
    // Whoever looks at the state alone need not take care of the promise.
    this.done.catch(() => {});
  }

  get state(): UploadState {
    return this.#state;
  }

  get progress(): Progress {
    return this.#meter.progress;
  }

  /** Stops sending until `resume`. The server keeps what it has for a day. */
  pause(): void {
    if (this.#state !== 'running') return;
    this.#state = 'paused';
    this.#resumed = Promise.withResolvers();
    this.#try.abort();
  }

  resume(): void {
    if (this.#state !== 'paused') return;
    this.#state = 'running';
    this.#wake();
  }

  /** Gives up. Resolves once nothing of it is left on the server; of a file that is `done` nothing changes. */
  async cancel(): Promise<void> {
    this.end(cancelled());
    await this.done.catch(() => {});
    if (this.#state !== 'done' && this.#end?.code !== 'closed') await this.#abandon();
  }

  /** Ends here alone: another run of the program may go on. */
  end(reason: ClientError): void {
    if (this.#state !== 'running' && this.#state !== 'paused') return;
    this.#end = reason;
    this.#state = reason.code === 'cancelled' ? 'cancelled' : 'failed';
    this.#try.abort();
    this.#wake();
  }

  async #drive(): Promise<Media> {
    // Whoever began it may pause it before anything is asked of the server.
    await Promise.resolve();
    try {
      const media = await this.#untilThere();
      this.#mustGoOn();
      this.#meter.reached(this.size);
      this.#state = 'done';
      return media;
    } catch (error) {
      if (!this.#end) this.#state = 'failed';
      throw error;
    }
  }

  async #untilThere(): Promise<Media> {
    for (;;) {
      while (this.#resumed) await this.#resumed.promise;
      this.#mustGoOn();
      this.#try = new AbortController();
      const { signal } = this.#try;
      try {
        return await this.#parts.gate.use(signal, () => this.#transfer.run(signal));
      } catch (error) {
        this.#mustGoOn();
        if (!signal.aborted) await this.#patience.wait(error, signal);
      }
    }
  }

  #mustGoOn(): void {
    if (this.#end) throw this.#end;
  }

  #wake(): void {
    this.#resumed?.resolve();
    this.#resumed = null;
  }

  async #abandon(): Promise<void> {
    const { signal } = new AbortController();
    const patience = this.#parts.patience();
    for (;;) {
      try {
        return await this.#transfer.abandon(signal);
      } catch (error) {
        await patience.wait(error, signal);
      }
    }
  }
}
