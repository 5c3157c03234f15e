import type { Clock } from '../../../lib/clock';

/** As the library has its faults. */
const LATE = { status_code: 500, body: 'The upload is in use' };

export interface UploadLock {
  /**
   * Waits for its turn, and asks whoever has it to give it up.
   * @param release is asked to do so for the next one
   * @throws LATE when that takes too long, or the request ended
   */
  lock(ended: AbortSignal, release: () => void | Promise<void>): Promise<void>;
  unlock(): Promise<void>;
}

interface Turn {
  readonly release: () => void | Promise<void>;
  readonly begin: () => void;
}

/**
 * One request at a time works on an upload. The library's own locks look again in every turn of the
 * event loop, so that somebody who keeps an upload busy would keep the processor busy, too.
 */
export class UploadLocks {
  readonly #clock: Pick<Clock, 'after'>;
  readonly #patienceMs: number;
  /** Who has the turn, and those who wait for it. */
  readonly #turns = new Map<string, Turn[]>();

  constructor(clock: Pick<Clock, 'after'>, patienceMs: number) {
    this.#clock = clock;
    this.#patienceMs = patienceMs;
  }

  newLock(id: string): UploadLock {
    let own: Turn | undefined;
    return {
      lock: async (ended, release) => {
        own = await this.#take(id, ended, release);
      },
      unlock: async () => {
        if (own) this.#leave(id, own);
      },
    };
  }

  #take(id: string, ended: AbortSignal, release: Turn['release']): Promise<Turn> {
    const { promise, resolve, reject } = Promise.withResolvers<Turn>();
    const own: Turn = { release, begin: () => resolve(own) };
    const turns = this.#turns.get(id) ?? [];
    this.#turns.set(id, turns);
    turns.push(own);
    const giveUp = () => {
      this.#leave(id, own);
      reject(LATE);
    };
    const cancel = this.#clock.after(this.#patienceMs, giveUp);
    ended.addEventListener('abort', giveUp, { once: true });
    askFirst(turns);
    return promise.finally(() => {
      cancel();
      ended.removeEventListener('abort', giveUp);
    });
  }

  #leave(id: string, own: Turn): void {
    const turns = (this.#turns.get(id) ?? []).filter((turn) => turn !== own);
    if (turns.length === 0) this.#turns.delete(id);
    else this.#turns.set(id, turns);
    askFirst(turns);
  }
}

/** It begins, if it has not yet; and gives up its turn as soon as it can, if others wait. */
function askFirst([first, next]: readonly Turn[]): void {
  first?.begin();
  if (next) void first?.release();
}
