import { ConfabError, type Media } from '@confab/protocol';
import type { Caller } from '../../../http/contract';
import type { Clock } from '../../../lib/clock';
import type { Committer } from '../../../storage/committer';
import type { ChatStates } from '../../chats';
import { type MediaRow, type MessageRepository, presentMedia } from '../../messages';
import { discardMedia } from '../file-writes';
import { attachToMessage, mustTakeFiles } from '../message-writes';
import type { JobOutcome, ProcessingJobs } from '../processing/job-runner';
import type { Teller } from '../telling';
import type { BodyOptions } from './body-reader';
import type { Incoming } from './incoming';
import type { Intake } from './intake';
import { type Part, type ReceivedFile, receiveMultipart } from './multipart';
import type { QuotaRooms, Room } from './quota-room';
import type { UploadSlot, UploadSlots } from './upload-slots';

export interface UploadDeps {
  clock: Clock;
  states: ChatStates;
  messages: MessageRepository;
  committer: Committer;
  incoming: Incoming;
  /** How bodies are read. */
  bodies: BodyOptions;
  intake: Intake;
  jobs: ProcessingJobs;
  slots: UploadSlots;
  rooms: QuotaRooms;
  maxFileBytes: number;
  /** Whether somebody is still signed in. @throws ConfabError `session_revoked`, `account_inactive` */
  mustLive: (caller: Caller) => Promise<void>;
  /** Counts an upload of a user. @throws ConfabError `rate_limited` */
  limit: (userId: number) => void;
  teller: Teller;
  /** Something waits to be taken from the store. */
  onDoomed: () => void;
}

/** For so long an answer waits for what there is to find out about its files. */
const WAIT_MS = 3_000;

/** Whose message an upload is for. */
interface Target {
  chatId: number;
  messageId: number;
}

/** A stored file that is being looked into. */
interface Taken {
  row: MediaRow;
  job: Promise<JobOutcome>;
}

/** Uploads: files come in, are looked into, stored, and given to their message if it has one. */
export class Uploads {
  readonly #deps: UploadDeps;

  constructor(deps: UploadDeps) {
    this.#deps = deps;
  }

  /** @param messageId a message of the user's own; undefined: it will be sent later */
  async receive(caller: Caller, request: Request, messageId?: number): Promise<Media[]> {
    const { userId } = caller;
    const { limit, slots, rooms } = this.#deps;
    limit(userId);
    const target = messageId === undefined ? null : await this.target(userId, messageId);
    const room = await rooms.enter(userId);
    try {
      const slot = slots.take(userId);
      try {
        return await this.#receive(caller, request, target, { slot, room });
      } finally {
        slot.release();
      }
    } finally {
      room.leave();
    }
  }

  #receive(
    caller: Caller,
    request: Request,
    target: Target | null,
    { slot, room }: { slot: UploadSlot; room: Room },
  ): Promise<Media[]> {
    const { incoming, bodies, maxFileBytes } = this.#deps;
    const onPart = (part: Part, bytes: number) => {
      slot.came(bytes);
      if (part === 'file') room.take(bytes);
    };
    return incoming.within(async (folder) => {
      // Both live no longer than this upload.
      const ended = AbortSignal.any([slot.ended, room.ended]);
      const options = { ...bodies, folder, maxFileBytes, ended, onPart };
      const files = await receiveMultipart(request, options);
      slot.received();
      room.received();
      // Much may have happened while it came in.
      await this.#deps.mustLive(caller);
      return this.take(caller.userId, files, folder, target, room);
    });
  }

  /** The message, if the user may put files to it. */
  async target(userId: number, messageId: number): Promise<Target> {
    const { messages, states, clock } = this.#deps;
    const row = await messages.byId(messageId);
    const state = row && (await states.load(row.chat_id));
    if (!row || !state?.members.has(userId)) {
      throw new ConfabError('not_found', 'There is no such message');
    }
    mustTakeFiles(row, { actorId: userId, at: clock.now() });
    return { chatId: row.chat_id, messageId };
  }

  /** All of the files, or none. @param room that they came in by, if there is one */
  async take(
    userId: number,
    files: readonly ReceivedFile[],
    folder: string,
    target: Target | null,
    room?: Room,
  ): Promise<Media[]> {
    const taken: Taken[] = [];
    try {
      for (const file of files) {
        const store = () => this.#deps.intake.take(userId, file, folder);
        const row = await (room ? room.store(file.size, store) : store());
        taken.push({ row, job: this.#deps.jobs.run(row) });
      }
      const rows = await Promise.all(taken.map((each) => this.#known(each)));
      return target ? await this.#attach(userId, target, rows) : rows.map(presentMedia);
    } catch (error) {
      await this.#discard(
        userId,
        taken.map(({ row }) => row),
      );
      throw error;
    }
  }

  /** Goes on with a file that was stored before: whoever stored it may not have come to its message. */
  async goOn(userId: number, row: MediaRow, target: Target | null): Promise<void> {
    if (!target || row.message_id !== null) return;
    try {
      await this.#attach(userId, target, [row]);
    } catch (error) {
      if (error instanceof ConfabError && !error.temporary) await this.#discard(userId, [row]);
      throw error;
    }
  }

  async #discard(userId: number, rows: readonly MediaRow[]): Promise<void> {
    const { committer, onDoomed } = this.#deps;
    if (rows.length > 0) {
      await committer.submit(discardMedia, { mediaIds: rows.map((row) => row.id) }, userId);
    }
    onDoomed();
  }

  /** The file with what is known of it after a while. @throws ConfabError when it is damaged */
  async #known({ row, job }: Taken): Promise<MediaRow> {
    const outcome = await this.#within(WAIT_MS, job);
    if (outcome?.kind === 'refused') throw outcome.error;
    return outcome?.kind === 'done' ? outcome.row : row;
  }

  #within(ms: number, job: Promise<JobOutcome>): Promise<JobOutcome | undefined> {
    return new Promise((resolve) => {
      const cancel = this.#deps.clock.after(ms, () => resolve(undefined));
      void job.then(resolve).finally(cancel);
    });
  }

  async #attach(userId: number, target: Target, rows: readonly MediaRow[]): Promise<Media[]> {
    const { committer, clock, teller } = this.#deps;
    const tell = await teller(target.chatId, userId);
    const mediaIds = rows.map((row) => row.id);
    const input = { ...target, actorId: userId, mediaIds, at: clock.now() };
    const { media } = await committer.submit(attachToMessage, input, target.chatId, (changed) => {
      tell(changed);
      return changed;
    });
    return mediaIds.flatMap((id) => media.filter((row) => row.id === id)).map(presentMedia);
  }
}
