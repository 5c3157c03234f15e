import { ClientError } from '../errors';
import type { Rest } from '../rest/rest';
import type { Cancel, Runtime } from '../runtime';
import { Gate } from './gate';
import type { Progress } from './meter';
import { MultipartTransfer } from './multipart';
import { Patience } from './patience';
import { type FileInput, type OpenFile, openFile } from './source';
import type { Transfer, TransferTask, UploadPurpose } from './transfer';
import { Tus } from './tus';
import { TusTransfer } from './tus-transfer';
import { Upload } from './upload';
import type { UploadStore } from './upload-store';

export interface UploadOptions extends UploadPurpose {
  readonly onProgress?: (progress: Progress) => void;
  /** Cancels the upload. */
  readonly signal?: AbortSignal;
}

export interface UploadsOptions {
  readonly rest: Rest;
  readonly store: UploadStore;
  readonly runtime: Pick<Runtime, 'now' | 'uuid' | 'setTimer' | 'random' | 'onNetworkUp'>;
  readonly onFault: (fault: unknown) => void;
}

/** The server allows a user four; one is left to the user's other devices. */
const AT_ONCE = 3;
/** What is smaller goes in one request. */
const SMALL_BYTES = 1024 * 1024;

/** The files on their way to the server. */
export class Uploads {
  readonly #options: UploadsOptions;
  readonly #gate = new Gate(AT_ONCE);
  readonly #running = new Set<Upload>();
  /** What of the store is in use. */
  readonly #claimed = new Set<string>();
  #maxBytes: Promise<number | null> | null = null;

  constructor(options: UploadsOptions) {
    this.#options = options;
  }

  begin(input: FileInput, options: UploadOptions = {}): Upload {
    const file = openFile(input);
    const fingerprint = this.#claim(file, options);
    const upload = new Upload({
      name: file.name,
      size: file.size,
      patience: () => new Patience(this.#options.runtime),
      gate: this.#gate,
      makeTransfer: (onSent) => this.#transfer({ file, purpose: options, onSent }, fingerprint),
      onProgress: (progress) => this.#tell(options, progress),
    });
    this.#watch(upload, fingerprint, cancelOn(options.signal, upload));
    return upload;
  }

  /** The largest file that the server takes, in bytes; null when it does not say. Asked once. */
  maxFileBytes(): Promise<number | null> {
    this.#maxBytes ??= new Tus(this.#options.rest)
      .maxBytes(new AbortController().signal)
      .catch((fault: unknown) => {
        this.#maxBytes = null;
        throw fault;
      });
    return this.#maxBytes;
  }

  /** Ends all of them; the next run of the program may go on. */
  close(): void {
    const reason = new ClientError('closed', 'The client was closed');
    for (const upload of this.#running) upload.end(reason);
  }

  #transfer(task: TransferTask, fingerprint: string | null): Transfer {
    const { size } = task.file;
    const { messageId, poster } = task.purpose;
    // A request that is repeated because its answer was lost would give a message its file twice.
    const inOne = poster !== undefined || (size <= SMALL_BYTES && messageId === undefined);
    return inOne
      ? new MultipartTransfer(this.#options, task)
      : new TusTransfer(this.#options, task, fingerprint);
  }

  #watch(upload: Upload, fingerprint: string | null, stop: Cancel): void {
    this.#running.add(upload);
    const settled = () => {
      stop();
      this.#running.delete(upload);
      if (fingerprint !== null) this.#claimed.delete(fingerprint);
    };
    void upload.done.then(settled, settled);
  }

  #tell({ onProgress }: UploadOptions, progress: Progress): void {
    try {
      onProgress?.(progress);
    } catch (fault) {
      this.#options.onFault(fault);
    }
  }

  /** By what another run of the program knows the file again. Two uploads of it at a time are two. */
  #claim(file: OpenFile, { messageId, isVoice }: UploadOptions): string | null {
    const { name, type, size, lastModified } = file;
    if (lastModified === undefined) return null;
    const fingerprint = JSON.stringify([name, type, size, lastModified, messageId, isVoice]);
    if (this.#claimed.has(fingerprint)) return null;
    this.#claimed.add(fingerprint);
    return fingerprint;
  }
}

function cancelOn(signal: AbortSignal | undefined, upload: Upload): Cancel {
  const cancel = () => void upload.cancel().catch(() => {});
  signal?.addEventListener('abort', cancel);
  if (signal?.aborted) cancel();
  return () => signal?.removeEventListener('abort', cancel);
}
