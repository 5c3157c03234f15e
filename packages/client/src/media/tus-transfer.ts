import type { Media, MediaId } from '@confab/protocol';
import { ClientError, cancelled } from '../errors';
import { PieceSize } from './piece-size';
import { unlessSent } from './sending';
import type { Transfer, TransferDeps, TransferTask } from './transfer';
import { Tus } from './tus';

/** Brings a file in pieces, and goes on after a break where the server is. */
export class TusTransfer implements Transfer {
  readonly #deps: TransferDeps;
  readonly #task: TransferTask;
  readonly #tus: Tus;
  /** By which the upload is known in another run of the program, if it is. */
  readonly #fingerprint: string | null;
  readonly #pieces = new PieceSize();
  #path: string | null = null;
  /** Where the server is, unless it must be asked. */
  #offset: number | null = null;
  #isLooked = false;
  /** Whether the last byte may have arrived. */
  #isWhole = false;
  #mediaId: MediaId | null = null;
  /** Why the server did not take a piece, until it tells where it is. */
  #refusal: ClientError | null = null;

  constructor(deps: TransferDeps, task: TransferTask, fingerprint: string | null) {
    this.#deps = deps;
    this.#task = task;
    this.#tus = new Tus(deps.rest);
    this.#fingerprint = fingerprint;
  }

  async run(signal: AbortSignal): Promise<Media> {
    try {
      this.#mediaId ??= await this.#finish(signal);
      await this.#forget();
      return await this.#deps.rest.call('mediaInfo', { params: { media_id: this.#mediaId } });
    } catch (error) {
      // What of the last piece arrived, the server knows.
      this.#offset = null;
      throw error;
    } finally {
      this.#task.file.close();
    }
  }

  async abandon(signal: AbortSignal): Promise<void> {
    await this.#look();
    try {
      await this.#remove(signal);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
    await this.#forget();
  }

  async #finish(signal: AbortSignal): Promise<MediaId> {
    await this.#look();
    let mediaId = await this.#whereItIs(signal);
    while (mediaId === null) mediaId = await this.#sendPiece(signal);
    return mediaId;
  }

  /** Whether an earlier run began this. */
  async #look(): Promise<void> {
    if (this.#isLooked || this.#fingerprint === null) return;
    this.#path = (await this.#deps.store.get(this.#fingerprint))?.path ?? null;
    this.#isLooked = true;
  }

  /** Finds out the offset; the file's id if the upload is done already. */
  async #whereItIs(signal: AbortSignal): Promise<MediaId | null> {
    if (this.#path === null) return this.#begin(signal);
    try {
      const { offset, mediaId } = await this.#tus.state(this.#path, signal);
      this.#refusal = null;
      this.#reached(offset);
      return mediaId;
    } catch (error) {
      if (!isGone(error)) throw error;
      this.#mustBeHarmlessToRepeat();
      return this.#begin(signal);
    }
  }

  async #begin(signal: AbortSignal): Promise<null> {
    const { file, purpose } = this.#task;
    const { messageId, isVoice = false } = purpose;
    const metadata = { filename: file.name, filetype: file.type, messageId, isVoice };
    // Nobody could end an upload of which only the server knows: the answer is waited for.
    this.#path = await this.#tus.create(file.size, metadata, new AbortController().signal);
    this.#offset = 0;
    const { store, runtime } = this.#deps;
    const fingerprint = this.#fingerprint;
    if (fingerprint !== null) {
      await store.put({ fingerprint, path: this.#path, created_at: runtime.now() });
    }
    if (signal.aborted) throw cancelled();
    return null;
  }

  async #sendPiece(signal: AbortSignal): Promise<MediaId | null> {
    const { file, onSent } = this.#task;
    const from = this.#offset ?? 0;
    const piece = await file.read(from, Math.min(this.#pieces.bytes, file.size - from));
    // An empty one, when all is there, finishes what the server could not finish.
    if (piece.size === 0 && from < file.size) throw shortened();
    this.#isWhole = from + piece.size === file.size;
    const begun = this.#deps.runtime.now();
    try {
      const onPiece = (bytes: number) => onSent(from + bytes);
      const sending = this.#isWhole
        ? unlessSent(signal, piece.size, onPiece)
        : { signal, onSent: onPiece };
      const { offset, mediaId } = await this.#tus.append(this.#path ?? '', from, piece, sending);
      this.#pieces.took(this.#deps.runtime.now() - begun);
      this.#reached(offset);
      return mediaId;
    } catch (error) {
      this.#pieces.failed();
      throw this.#asWhereabouts(error);
    }
  }

  /** A conflict is most often about the offset: then the server is to be asked, and it goes on. */
  #asWhereabouts(error: unknown): unknown {
    if (!(error instanceof ClientError) || error.code !== 'conflict') return error;
    this.#refusal = error;
    return new ClientError('upload_incomplete', error.message, { temporary: true, cause: error });
  }

  #reached(offset: number): void {
    this.#offset = offset;
    this.#task.onSent(offset);
  }

  /** A server that restarted forgets which uploads it finished, and a message must not get a file twice. */
  #mustBeHarmlessToRepeat(): void {
    if (this.#refusal) throw this.#refusal;
    if (!this.#isWhole || this.#task.purpose.messageId === undefined) return;
    const detail = 'It is not known whether the file arrived. Look at its message.';
    throw new ClientError('upload_incomplete', detail, { temporary: false });
  }

  async #remove(signal: AbortSignal): Promise<void> {
    if (this.#path === null) return;
    this.#mediaId ??= (await this.#tus.state(this.#path, signal)).mediaId;
    if (this.#mediaId === null) await this.#tus.terminate(this.#path, signal);
    else await this.#deps.rest.call('deleteMedia', { params: { media_id: this.#mediaId } });
  }

  async #forget(): Promise<void> {
    if (this.#fingerprint !== null) await this.#deps.store.remove(this.#fingerprint);
  }
}

const shortened = () =>
  new ClientError('upload_incomplete', 'The file became shorter', { temporary: false });

/** Also another user's. */
const isGone = (error: unknown) => error instanceof ClientError && error.code === 'not_found';
