import { ConfabError } from '@confab/protocol';
import type { Clock } from '../../../lib/clock';

export interface SlotLimits {
  readonly clock: Pick<Clock, 'now'>;
  /** Uploads of one user, also those of which nothing has come yet. */
  readonly perUser: number;
  /** Uploads of all of which something has come. */
  readonly total: number;
}

/** One upload among those that run at the same time. */
export interface UploadSlot {
  /** Aborted, with the error as its reason, when it finds no place or loses it to somebody else. */
  readonly ended: AbortSignal;
  /** Bytes of a file came. @throws ConfabError `too_many_uploads` when the first ones find no place */
  came(bytes: number): void;
  /** All of it came: nobody else's turn ends it any more. */
  received(): void;
  release(): void;
}

interface Running {
  readonly userId: number;
  readonly ending: AbortController;
  /** When its first bytes came; until then it takes no place from others. */
  since: number | undefined;
  bytes: number;
  isReceived: boolean;
}

/** Bytes a millisecond; phones far from any mast are faster. */
const CRAWL = 16;
/** Until it is known how fast an upload is. */
const GRACE_MS = 15_000;

/**
 * How many uploads run at the same time, of one user and of all. Whoever only opens connections takes
 * nothing from others; whoever has many gives up the slowest one for a user who has none; and if
 * nobody has many, the slowest of all does that crawls.
 */
export class UploadSlots {
  readonly #limits: SlotLimits;
  readonly #ofUsers = new Map<number, Set<Running>>();
  /** Those that have a place. */
  readonly #placed = new Set<Running>();

  constructor(limits: SlotLimits) {
    this.#limits = limits;
  }

  /** @throws ConfabError `too_many_uploads` */
  take(userId: number): UploadSlot {
    const own = this.#ofUsers.get(userId) ?? new Set();
    if (own.size >= this.#limits.perUser) throw tooMany();
    const ending = new AbortController();
    const running: Running = { userId, ending, since: undefined, bytes: 0, isReceived: false };
    this.#ofUsers.set(userId, own.add(running));
    return {
      ended: ending.signal,
      came: (bytes) => this.#came(running, bytes),
      received: () => {
        running.isReceived = true;
      },
      release: () => this.#release(running),
    };
  }

  #came(running: Running, bytes: number): void {
    if (running.ending.signal.aborted) throw running.ending.signal.reason;
    if (running.since === undefined) this.#place(running);
    running.bytes += bytes;
  }

  #end(running: Running, reason: ConfabError): void {
    running.ending.abort(reason);
    this.#release(running);
  }

  #place(running: Running): void {
    if (this.#placed.size >= this.#limits.total && !this.#hasMadeRoomFor(running.userId)) {
      const error = tooMany();
      this.#end(running, error);
      throw error;
    }
    running.since = this.#limits.clock.now();
    this.#placed.add(running);
  }

  #hasMadeRoomFor(userId: number): boolean {
    const ofUsers = Map.groupBy(this.#placed, (each) => each.userId);
    const [most = []] = [...ofUsers.values()].sort((a, b) => b.length - a.length);
    if (ofUsers.has(userId)) return false;
    const slowest = (most.length > 1 && this.#slowest(most)) || this.#crawling();
    if (!slowest) return false;
    this.#end(slowest, tooMany());
    return true;
  }

  #crawling(): Running | undefined {
    const slowest = this.#slowest([...this.#placed].filter((each) => this.#ageOf(each) > GRACE_MS));
    return slowest && this.#paceOf(slowest) < CRAWL ? slowest : undefined;
  }

  #slowest(uploads: readonly Running[]): Running | undefined {
    const coming = uploads.filter((each) => !each.isReceived);
    return coming.sort((a, b) => this.#paceOf(a) - this.#paceOf(b))[0];
  }

  #ageOf({ since }: Running): number {
    const now = this.#limits.clock.now();
    return now - (since ?? now);
  }

  #paceOf(upload: Running): number {
    return upload.bytes / Math.max(1, this.#ageOf(upload));
  }

  #release(running: Running): void {
    this.#placed.delete(running);
    const own = this.#ofUsers.get(running.userId);
    own?.delete(running);
    if (own?.size === 0) this.#ofUsers.delete(running.userId);
  }
}

const tooMany = () =>
  new ConfabError('too_many_uploads', 'Too many uploads at the same time. Wait for one.', {
    retryAfterS: 2,
  });
