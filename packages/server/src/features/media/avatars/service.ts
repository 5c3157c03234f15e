import { join } from 'node:path';
import { type Chat, ConfabError, type Me } from '@confab/protocol';
import type { Caller } from '../../../http/contract';
import type { Clock } from '../../../lib/clock';
import type { Bus } from '../../../realtime/bus';
import type { Committer } from '../../../storage/committer';
import type { ChatAnnouncer, ChatService, ChatStates } from '../../chats';
import { mustBeGroup, mustManage } from '../../chats/writes';
import type { UserService } from '../../users';
import type { MediaProcessor } from '../processing/processor';
import type { BodyOptions } from '../receiving/body-reader';
import type { Incoming } from '../receiving/incoming';
import type { Recognise } from '../receiving/intake';
import type { FileKeeper } from '../receiving/keeper';
import { receiveBody } from '../receiving/single-body';
import type { UploadSlots } from '../receiving/upload-slots';
import type { MediaRepository } from '../repository';
import { type Picture, setChatAvatar, setUserAvatar } from './writes';

export interface AvatarDeps {
  clock: Clock;
  media: MediaRepository;
  states: ChatStates;
  profiles: UserService;
  chats: ChatService;
  announcer: ChatAnnouncer;
  bus: Bus;
  committer: Committer;
  incoming: Incoming;
  /** How bodies are read. */
  bodies: BodyOptions;
  keeper: FileKeeper;
  processor: MediaProcessor;
  recognise: Recognise;
  slots: UploadSlots;
  /** Whether somebody is still signed in. @throws ConfabError `session_revoked`, `account_inactive` */
  mustLive: (caller: Caller) => Promise<void>;
  /** Counts a change of a user. @throws ConfabError `rate_limited` */
  limitChange: (userId: number) => void;
  onDoomed: () => void;
}

/** More than any camera makes of a picture that is worth a square of 512 pixels. */
const MAX_BYTES = 20 * 1024 * 1024;

/** Pictures of users and groups: anybody who knows the name may load them, so nobody can guess it. */
export class AvatarService {
  readonly #deps: AvatarDeps;

  constructor(deps: AvatarDeps) {
    this.#deps = deps;
  }

  async setMine(caller: Caller, request: Request): Promise<Me> {
    const { userId } = caller;
    this.#deps.limitChange(userId);
    const { committer, bus, profiles, onDoomed } = this.#deps;
    await this.#receive(caller, request, (picture) =>
      committer.submit(setUserAvatar, { userId, ...picture }, userId),
    );
    onDoomed();
    bus.publish({ kind: 'profile', userId });
    return profiles.me(userId);
  }

  async removeMine(userId: number): Promise<void> {
    this.#deps.limitChange(userId);
    await this.#deps.profiles.setProfile(userId, { avatar_url: null });
    this.#deps.onDoomed();
  }

  async setChats(caller: Caller, chatId: number, request: Request): Promise<Chat> {
    const { userId } = caller;
    const { committer, states, announcer, chats, onDoomed } = this.#deps;
    this.#deps.limitChange(userId);
    const state = await states.forMember(chatId, userId);
    mustBeGroup(state.type);
    mustManage(state.members.get(userId)?.role ?? 'member');
    await this.#receive(caller, request, (picture) => {
      const input = { chatId, actorId: userId, ...picture };
      return committer.submit(setChatAvatar, input, chatId, (changes) =>
        announcer.announce(changes, state),
      );
    });
    onDoomed();
    return chats.one(userId, chatId);
  }

  async removeChats(userId: number, chatId: number): Promise<void> {
    await this.#deps.chats.update(userId, chatId, { avatar_url: null });
    this.#deps.onDoomed();
  }

  /** The file behind a picture's public name. @throws ConfabError `not_found` */
  async keyOf(name: string): Promise<string> {
    const id = name.slice(0, name.search(/[-.]/));
    const large = keyOf(`${id}.webp`);
    const small = await this.#deps.media.smallAvatar(large);
    if (small === undefined) throw new ConfabError('not_found', 'There is no such picture');
    return name.endsWith('-96.webp') ? small : large;
  }

  /** @param commit makes the received picture somebody's */
  async #receive(
    caller: Caller,
    request: Request,
    commit: (picture: Picture) => Promise<unknown>,
  ): Promise<void> {
    const { slots, incoming, clock, recognise, processor, keeper, mustLive } = this.#deps;
    const { userId } = caller;
    mustBePlain(request);
    const slot = slots.take(userId);
    try {
      await incoming.within(async (outputDir) => {
        const path = join(outputDir, 'picture');
        const { ended, came: onBytes } = slot;
        const options = { ...this.#deps.bodies, maxBytes: MAX_BYTES, ended, onBytes };
        const claimedType = await receiveBody(request, path, options);
        slot.received();
        await mustLive(caller);
        const recognised = await recognise(path, { filename: '', claimedType });
        if (recognised.mediaType !== 'image') throw noPicture();
        const avatar = await processor.avatar({ path, recognised, outputDir, owner: userId });
        await keeper.keeping(async (keep) => {
          const largeKey = await keep('avatars', 'webp', avatar.large, 'image/webp');
          const smallKey = await keep('avatars', 'webp', avatar.small, 'image/webp');
          await commit({ largeKey, smallKey, url: urlOf(largeKey), at: clock.now() });
        });
      });
    } finally {
      slot.release();
    }
  }
}

const FORM = /^(multipart\/form-data|application\/x-www-form-urlencoded)\b/i;

/** Whoever has uploaded a file before sends a form here, too. */
function mustBePlain({ headers }: Request): void {
  if (!FORM.test(headers.get('content-type') ?? '')) return;
  throw new ConfabError(
    'unsupported_media_type',
    'Send the picture itself as the body, with Content-Type image/…',
  );
}

const noPicture = () => new ConfabError('unsupported_media_type', 'Send a picture');

const urlOf = (key: string) => `/media/avatars/${key.slice(key.lastIndexOf('/') + 1)}`;
const keyOf = (name: string) => `avatars/${name.slice(0, 2)}/${name.slice(2, 4)}/${name}`;
