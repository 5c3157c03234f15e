import { link, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfabError } from '@confab/protocol';
import { isMissing } from '../../../storage/blobs/faults';
import { invalidUpload } from '../receiving/faults';
import { cleanFileName } from '../receiving/file-name';
import type { Incoming } from '../receiving/incoming';
import type { Uploads } from '../receiving/uploads';
import type { MediaRepository } from '../repository';
import type { TusUpload } from './protocol-types';
import { noSuchUpload, ownerOf } from './upload-id';

export interface FinisherDeps {
  incoming: Incoming;
  uploads: Pick<Uploads, 'take' | 'goOn' | 'target'>;
  media: Pick<MediaRepository, 'ofUpload'>;
}

type Target = Awaited<ReturnType<Uploads['target']>> | null;

/** Makes files of uploads that have come as a whole: one of each, whatever breaks off meanwhile. */
export class TusFinisher {
  readonly #deps: FinisherDeps;
  readonly #running = new Map<string, Promise<number>>();

  constructor(deps: FinisherDeps) {
    this.#deps = deps;
  }

  /** The file that an upload became; undefined when there is none, or none any more. */
  async known(id: string): Promise<number | undefined> {
    return (await this.#deps.media.ofUpload(id))?.id;
  }

  /** @throws ConfabError unless its user may put files to the message that it names */
  async target({ id, metadata }: TusUpload): Promise<Target> {
    const messageId = messageOf(metadata);
    return messageId === undefined ? null : this.#deps.uploads.target(ownerOf(id), messageId);
  }

  /** However often the end is sent, also of the upload of a server that died. @returns the file's id */
  async finish(upload: TusUpload): Promise<number> {
    const running = this.#running.get(upload.id) ?? this.#finish(upload);
    this.#running.set(upload.id, running);
    try {
      return await running;
    } finally {
      this.#running.delete(upload.id);
    }
  }

  async remove(id: string): Promise<void> {
    const path = join(this.#deps.incoming.resumable, id);
    await rm(path, { force: true });
    await rm(`${path}.json`, { force: true });
  }

  async #finish(upload: TusUpload): Promise<number> {
    try {
      return (await this.#goOn(upload)) ?? (await this.#take(upload));
    } catch (error) {
      // What fails for the moment can be finished by another try.
      if (error instanceof ConfabError && !error.temporary) await this.remove(upload.id);
      throw error;
    }
  }

  /** With what was stored already when the server died. */
  async #goOn(upload: TusUpload): Promise<number | undefined> {
    const row = await this.#deps.media.ofUpload(upload.id);
    if (row?.message_id === null) {
      await this.#deps.uploads.goOn(row.uploader_id, row, await this.target(upload));
    }
    return row?.id;
  }

  async #take(upload: TusUpload): Promise<number> {
    const { incoming, uploads } = this.#deps;
    const { id, size, metadata } = upload;
    const [media] = await incoming.within(async (folder) => {
      const target = await this.target(upload);
      const path = join(folder, 'file');
      await link(join(incoming.resumable, id), path).catch(asNone);
      const file = {
        path,
        size,
        filename: cleanFileName(metadata.filename ?? ''),
        claimedType: metadata.filetype ?? '',
        isVoice: metadata.is_voice === '1',
        uploadId: id,
        poster: null,
      };
      return uploads.take(ownerOf(id), [file], folder, target);
    });
    return media?.id ?? 0;
  }
}

/** Its sender ended it, in the moment that it was whole. */
function asNone(error: unknown): never {
  throw isMissing(error) ? noSuchUpload() : error;
}

function messageOf(metadata: TusUpload['metadata']): number | undefined {
  const text = metadata.message_id;
  if (text === undefined || text === '') return undefined;
  if (!/^[1-9][0-9]{0,15}$/.test(text)) throw invalidUpload('message_id', 'must be an id');
  return Number(text);
}
