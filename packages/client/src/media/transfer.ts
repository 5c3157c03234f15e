import type { Media, MessageId } from '@confab/protocol';
import type { Rest } from '../rest/rest';
import type { Runtime } from '../runtime';
import type { FileInput, OpenFile } from './source';
import type { UploadStore } from './upload-store';

/** What a file is uploaded for. */
export interface UploadPurpose {
  /** A message of one's own that is there already; else the file is for one that will be sent. */
  readonly messageId?: MessageId;
  /** A voice message; audio alone. */
  readonly isVoice?: boolean;
  /** A picture for a video that the server cannot make one of. Such an upload does not go on after a break. */
  readonly poster?: FileInput;
}

export interface TransferDeps {
  readonly rest: Rest;
  readonly store: UploadStore;
  readonly runtime: Pick<Runtime, 'now' | 'uuid'>;
}

export interface TransferTask {
  readonly file: OpenFile;
  readonly purpose: UploadPurpose;
  /** So many bytes of the file have gone. */
  readonly onSent: (bytes: number) => void;
}

/** One way of bringing a file to the server. */
export interface Transfer {
  /** Goes on from where it was. After it failed, or was stopped by the signal, it may run again. */
  run(signal: AbortSignal): Promise<Media>;
  /** Leaves nothing on the server. May fail, and then be called again. */
  abandon(signal: AbortSignal): Promise<void>;
}
