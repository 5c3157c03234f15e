import type { FileDescription, SealedFile } from '../../cipher';
import type { DownloadOptions } from '../../media/download';
import type { Progress } from '../../media/meter';
import type { FileInput, FileSource } from '../../media/source';
import { openFile } from '../../media/source';
import { typeOfName } from '../../media/type-of-name';
import { type Bytes, fromBase64Url, toBase64Url } from '../encoding';
import type { MediaSecret } from '../messages/body';
import {
  type FileKey,
  FileOpener,
  FileSealer,
  newFileKey,
  type ReadSealed,
  sealedSize,
} from './chunks';
import { readingInOrder } from './in-order';
import { sealedSource } from './sealed-source';

/** Of the bytes that the server has, which are a few more than the file's. */
export interface CarryOptions {
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
}

/** Where encrypted files lie: octets to the server, and nothing else. */
export interface FileServer {
  /** Stores a file; answers its id. */
  upload(source: FileSource, options: CarryOptions): Promise<number>;
  /** The bytes from `start` up to, not including, `end`. `isFresh`: past what a browser kept of them. */
  read(mediaId: number, start: number, end: number, isFresh: boolean): Promise<Bytes>;
  /** All of so many bytes. */
  stream(
    mediaId: number,
    size: number,
    options: DownloadOptions,
  ): Promise<ReadableStream<Uint8Array>>;
}

type Thumbnail = NonNullable<MediaSecret['thumbnail']>;
/** What a client knows of a file besides its bytes. */
export type FileFacts = Omit<
  MediaSecret,
  'media_id' | 'key' | 'prefix' | 'size' | 'hash' | 'thumbnail'
>;

/** A small picture of a file, made by the client. */
export interface MadeThumbnail extends Pick<Thumbnail, 'width' | 'height'> {
  readonly blob: Blob;
}

export interface EncryptedUploadOptions extends CarryOptions {
  readonly thumbnail?: MadeThumbnail;
}

type StoredFile = Pick<MediaSecret, 'media_id' | 'key' | 'prefix' | 'size' | 'hash'>;

/** Files that only the readers of a message can open: each under a key of its own, by chunks. */
export class EncryptedFiles {
  readonly #server: FileServer;

  constructor(server: FileServer) {
    this.#server = server;
  }

  /**
   * Encrypts and stores a file for a message that is sent with it in `secret.media`, and with its
   * `mediaIds` in `media_ids`. `client.send` does both with `files`; this is for whoever knows more
   * of a file than its name and type.
   */
  async upload(
    file: FileInput,
    facts: FileFacts,
    { thumbnail, ...options }: EncryptedUploadOptions = {},
  ): Promise<MediaSecret> {
    const small = thumbnail ? { thumbnail: await this.#uploadThumbnail(thumbnail) } : {};
    return { ...facts, ...(await this.#store(file, options)), ...small };
  }

  /** A file that opens where it is read: a player can seek in it. */
  open(secret: StoredFile): FileOpener {
    return openerOf(secret, (...place) => this.#server.read(secret.media_id, ...place));
  }

  /** A whole file, bit by bit. Reading fails with Refusal `undecryptable` when it was changed. */
  async stream(
    secret: StoredFile,
    options: DownloadOptions = {},
  ): Promise<ReadableStream<Uint8Array>> {
    const { media_id, size } = secret;
    const sealed = await this.#server.stream(media_id, sealedSize(size), options);
    const { read, close } = readingInOrder(sealed);
    const chunks = openerOf(secret, read).all();
    return new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          const { done, value } = await chunks.next();
          if (done) controller.close();
          else controller.enqueue(value);
        },
        cancel: close,
      },
      { highWaterMark: 0 },
    );
  }

  /** A whole file, to be shown. @throws Refusal `undecryptable` when it was changed */
  async read(secret: StoredFile & { readonly type: string }): Promise<Blob> {
    const chunks = await Array.fromAsync(await this.stream(secret));
    return new Blob(chunks as Bytes[], { type: secret.type });
  }

  /** The ids that the message names to the server, so that it keeps the files as long as the message. */
  static mediaIds(secrets: readonly MediaSecret[]): number[] {
    return secrets.flatMap(({ media_id, thumbnail }) =>
      thumbnail ? [media_id, thumbnail.media_id] : [media_id],
    );
  }

  async #uploadThumbnail({ blob, ...sides }: MadeThumbnail): Promise<Thumbnail> {
    return { ...sides, ...(await this.#store(blob, {})), type: blob.type };
  }

  async #store(file: FileInput, options: CarryOptions): Promise<StoredFile> {
    const { source, stored } = await sealing(file);
    return stored(await this.#server.upload(source, options));
  }
}

/** A file for an encrypted message: what it says of itself, and what its sender found out about it. */
export async function sealFile(
  file: FileInput,
  description: FileDescription = {},
): Promise<SealedFile> {
  const { name, type } = openFile(file);
  const { source, stored } = await sealing(file);
  const told = { ...description, name, type: type || typeOfName(name) };
  return { source, secret: async (id) => ({ ...told, ...(await stored(id)) }) };
}

async function sealing(file: FileInput) {
  const { size } = file;
  const fileKey = await newFileKey(file);
  const sealer = new FileSealer(file, fileKey);
  const stored = async (media_id: number): Promise<StoredFile> => ({
    media_id,
    key: toBase64Url(fileKey.key),
    prefix: toBase64Url(fileKey.prefix),
    size,
    hash: toBase64Url(await sealer.hash()),
  });
  return { source: sealedSource(sealer, size), stored };
}

function openerOf({ key, prefix, size, hash }: StoredFile, read: ReadSealed): FileOpener {
  const fileKey: FileKey = { key: fromBase64Url(key), prefix: fromBase64Url(prefix) };
  return new FileOpener(fileKey, { size, hash: fromBase64Url(hash) }, read);
}
