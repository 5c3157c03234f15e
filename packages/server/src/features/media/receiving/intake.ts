import { stat } from 'node:fs/promises';
import { ConfabError, LIMITS, type Me } from '@confab/protocol';
import type { Clock } from '../../../lib/clock';
import type { Committer } from '../../../storage/committer';
import { type MediaFacts, type MediaRow, NO_FACTS } from '../../messages';
import type { MediaCounts } from '../counts';
import { insertMedia, quotaExceeded } from '../file-writes';
import { isCleaned } from '../processing/cleaned-types';
import type { Recognised } from '../processing/processed';
import type { MediaProcessor } from '../processing/processor';
import type { MediaRepository } from '../repository';
import type { FileKeeper, Keep } from './keeper';
import type { Received, ReceivedFile } from './multipart';

export type Recognise = (
  path: string,
  claim: { filename: string; claimedType: string },
) => Promise<Recognised>;

export interface IntakeDeps {
  clock: Pick<Clock, 'now'>;
  media: MediaRepository;
  keeper: FileKeeper;
  processor: MediaProcessor;
  recognise: Recognise;
  committer: Committer;
  counts: MediaCounts;
  /** Bytes that the files of a user may take; 0: any. */
  quotaBytes: number;
}

/** Of an uploaded file, a stored one with a row. */
export class Intake {
  readonly #deps: IntakeDeps;

  constructor(deps: IntakeDeps) {
    this.#deps = deps;
  }

  /** What somebody's files take, and may take; as they see it. */
  async roomOf(userId: number): Promise<Pick<Me, 'used_bytes' | 'quota_bytes'>> {
    const { quotaBytes, media } = this.#deps;
    const used_bytes = await media.usage(userId);
    return { used_bytes, quota_bytes: quotaBytes > 0 ? quotaBytes : null };
  }

  /** Before it is received, or kept: somebody without room for it need not send it. */
  async mustHaveRoom(userId: number, bytes: number): Promise<void> {
    const { quotaBytes, media } = this.#deps;
    if (quotaBytes === 0) return;
    const used = await media.usage(userId);
    if (used + bytes <= quotaBytes) return;
    throw quotaExceeded({ quota: quotaBytes, used, needed: bytes });
  }

  /** @throws ConfabError when it is not a file that may be kept */
  async take(userId: number, file: ReceivedFile, folder: string): Promise<MediaRow> {
    const { keeper, counts } = this.#deps;
    try {
      const row = await keeper.keeping((keep) => this.#take(userId, file, folder, keep));
      counts.store(row.media_type, row.file_size);
      return row;
    } catch (error) {
      counts.refuse(error instanceof ConfabError ? error.code : 'internal');
      throw error;
    }
  }

  async #take(userId: number, file: ReceivedFile, folder: string, keep: Keep): Promise<MediaRow> {
    const { recognise, clock, committer, quotaBytes } = this.#deps;
    await this.mustHaveRoom(userId, file.size);
    const recognised = await recognise(file.path, file);
    const path = await this.#cleaned(userId, file.path, recognised, folder);
    const { size } = await stat(path);
    const poster = file.poster && recognised.mediaType === 'video' ? file.poster : null;
    const thumbnail = poster && (await this.#poster(userId, poster, folder, keep));
    const fileKey = await keep('media', recognised.extension, path, recognised.mimeType);
    const at = clock.now();
    const row = {
      uploaderId: userId,
      uploadId: file.uploadId,
      fileKey,
      thumbnailKey: thumbnail?.key ?? null,
      filename: file.filename,
      size,
      mimeType: recognised.mimeType,
      mediaType: recognised.mediaType,
      isVoice: file.isVoice && recognised.mediaType === 'audio',
      facts: JSON.stringify(thumbnail?.facts ?? {}),
      at,
      expiresAt: at + LIMITS.unsentFileHours * 3600_000,
      quota: quotaBytes,
      isProcessed: recognised.mediaType === 'other',
    };
    return committer.submit(insertMedia, row, userId);
  }

  async #cleaned(owner: number, path: string, recognised: Recognised, outputDir: string) {
    if (!isCleaned(recognised.mimeType)) return path;
    return this.#deps.processor.clean({ path, recognised, outputDir, owner });
  }

  /** The picture that the sender made of a video, as its thumbnail. */
  async #poster(
    owner: number,
    poster: Received,
    outputDir: string,
    keep: Keep,
  ): Promise<{ key: string; facts: Partial<MediaFacts> } | null> {
    const { recognise, processor } = this.#deps;
    const recognised = await recognise(poster.path, poster);
    if (recognised.mediaType !== 'image') {
      throw new ConfabError('type_mismatch', 'A poster must be a picture');
    }
    const request = { path: poster.path, recognised, outputDir, owner };
    const { thumbnail, thumbhash } = await processor.process(request);
    if (!thumbnail) return null;
    const key = await keep('thumbnails', 'webp', thumbnail.path, thumbnail.mimeType);
    const facts = { thumbhash, thumbnailWidth: thumbnail.width, thumbnailHeight: thumbnail.height };
    return { key, facts: { ...NO_FACTS, ...facts } };
  }
}
