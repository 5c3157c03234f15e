import { ConfabError } from '@confab/protocol';
import type { ChatStates } from '../chats';
import type { KnownMedia, MediaRepository } from './repository';

export interface AccessDeps {
  media: Pick<MediaRepository, 'byId'>;
  states: ChatStates;
  now: () => number;
}

/** Who may see which file, as things are at this moment. */
export class MediaAccess {
  readonly #deps: AccessDeps;

  constructor(deps: AccessDeps) {
    this.#deps = deps;
  }

  /** @throws ConfabError `not_found`, whether there is no such file or it is not the user's to see */
  async find(userId: number, mediaId: number): Promise<KnownMedia> {
    const row = await this.#deps.media.byId(mediaId);
    if (!row || !(await this.#maySee(userId, row))) throw noSuchFile();
    return row;
  }

  async #maySee(userId: number, row: KnownMedia): Promise<boolean> {
    const { now, states } = this.#deps;
    if (row.chat_id === null) return row.uploader_id === userId && !isOver(row.expires_at, now());
    if (row.message_is_deleted !== 0 || isOver(row.message_expires_at, now())) return false;
    const state = states.peek(row.chat_id) ?? (await states.load(row.chat_id));
    if (!state?.members.has(userId)) return false;
    return !state.isInactive(row.uploader_id);
  }
}

const isOver = (end: number | null, now: number) => end !== null && end <= now;

/** Only to those who may see the file. */
export const noThumbnail = () => new ConfabError('not_found', 'This file has no thumbnail');

export const noSuchFile = () => new ConfabError('not_found', 'There is no such file');
