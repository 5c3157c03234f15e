import {
  ConfabError,
  type LinkQuery,
  type Media,
  type MediaLink,
  type SignedQuery,
} from '@confab/protocol';
import type { Caller } from '../../http/contract';
import { iso } from '../../lib/clock';
import type { Committer } from '../../storage/committer';
import { presentMedia } from '../messages';
import { type MediaAccess, noSuchFile, noThumbnail } from './access';
import { discardMedia } from './file-writes';
import { deleteFile } from './message-writes';
import type { KnownMedia } from './repository';
import type { LinkClaims, Links, LinkVariant } from './serving/links';
import type { Teller } from './telling';

export interface MediaDeps {
  access: MediaAccess;
  committer: Committer;
  links: Links;
  now: () => number;
  /** @throws ConfabError when the session has ended, or its account is not active */
  mustLive: (caller: Caller) => Promise<void>;
  /** Counts a change of a user. @throws ConfabError `rate_limited` */
  limitChange: (userId: number) => void;
  teller: Teller;
  /** Something waits to be taken from the store. */
  onDoomed: () => void;
}

/** Files that are there: showing them, linking to them, deleting them. */
export class MediaService {
  readonly #deps: MediaDeps;

  constructor(deps: MediaDeps) {
    this.#deps = deps;
  }

  find(userId: number, mediaId: number): Promise<KnownMedia> {
    return this.#deps.access.find(userId, mediaId);
  }

  async info(userId: number, mediaId: number): Promise<Media> {
    return presentMedia(await this.find(userId, mediaId));
  }

  async link(caller: Caller, mediaId: number, query: LinkQuery): Promise<MediaLink> {
    const row = await this.find(caller.userId, mediaId);
    if (query.variant === 'thumbnail' && row.thumbnail_key === null) throw noThumbnail();
    const { links } = this.#deps;
    const expiresAt = links.expiry();
    const token = links.sign({ ...caller, mediaId, variant: signed(query.variant), expiresAt });
    const variant = query.variant === 'thumbnail' ? '&variant=thumbnail' : '';
    const download = query.download ? '&download=1' : '';
    return {
      url: `/media/${mediaId}?t=${token}${variant}${download}`,
      expires_at: iso(expiresAt),
    };
  }

  /**
   * What a link leads to, if whoever asked for it may still see it.
   * @throws ConfabError `not_found`
   */
  async ofLink(mediaId: number, query: SignedQuery): Promise<KnownMedia> {
    const claims = this.#claims(mediaId, query);
    await this.#deps.mustLive(claims).catch(asMissing);
    return this.find(claims.userId, mediaId);
  }

  #claims(mediaId: number, { t, variant }: SignedQuery): LinkClaims {
    try {
      return this.#deps.links.verify(t, { mediaId, variant: signed(variant) });
    } catch (error) {
      return asMissing(error);
    }
  }

  async delete(userId: number, mediaId: number): Promise<void> {
    const { limitChange, committer, teller, onDoomed, now } = this.#deps;
    limitChange(userId);
    const row = await this.find(userId, mediaId);
    const { chat_id: chatId, message_id: messageId } = row;
    if (chatId === null || messageId === null) {
      await committer.submit(discardMedia, { mediaIds: [mediaId] }, userId);
    } else {
      const input = { chatId, messageId, mediaId, actorId: userId, at: now() };
      await committer.submit(deleteFile, input, chatId, await teller(chatId, row.uploader_id));
    }
    onDoomed();
  }
}

const signed = (variant: LinkQuery['variant']): LinkVariant =>
  variant === 'thumbnail' ? 'thumbnail' : 'file';

/** Whoever has no right to a file need not know why. */
function asMissing(error: unknown): never {
  throw error instanceof ConfabError ? noSuchFile() : error;
}
