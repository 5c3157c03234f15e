import { LIMITS } from '@confab/protocol';
import type { Clock } from '../../../lib/clock';
import { DueTimer } from '../../../lib/due-timer';
import type { Committer } from '../../../storage/committer';
import type { MediaRepository } from '../repository';
import { releaseUnheld, sweepUnsent } from './writes';

export interface UnsentDeps {
  clock: Clock;
  media: MediaRepository;
  committer: Committer;
  onDoomed: () => void;
  onError: (error: unknown) => void;
}

const BATCH = 100;

/** Erases uploaded files that no message took in time. */
export class UnsentSweeper {
  readonly #deps: UnsentDeps;
  readonly #timer: DueTimer;

  constructor(deps: UnsentDeps) {
    this.#deps = deps;
    this.#timer = new DueTimer({ ...deps, run: () => this.#run() });
  }

  async start(): Promise<void> {
    const { clock, committer } = this.#deps;
    const expiresAt = clock.now() + LIMITS.unsentFileHours * 3600_000;
    await committer.submit(releaseUnheld, { expiresAt }, 0);
    void this.#timer.run();
  }

  stop(): Promise<void> {
    return this.#timer.stop();
  }

  async #run(): Promise<number | null> {
    const { clock, committer, media, onDoomed } = this.#deps;
    for (let swept = BATCH; swept === BATCH && !this.#timer.isStopped; ) {
      swept = await committer.submit(sweepUnsent, { now: clock.now(), limit: BATCH }, 0);
      if (swept > 0) onDoomed();
    }
    return media.nextUnsent();
  }
}
