import type { Clock } from './clock';

/** Looks at least this often, for what others put in and for what failed. */
const LOOK_EVERY_MS = 30_000;

export interface DueTimerOptions {
  clock: Clock;
  /**
   * Does all that is due.
   * @returns when the next thing falls due; null when nothing waits
   */
  run: () => Promise<number | null>;
  onError: (error: unknown) => void;
}

/** Runs a task whenever something falls due: one timer, however many things wait. */
export class DueTimer {
  readonly #options: DueTimerOptions;
  #cancel = () => {};
  #wakesAt = Number.POSITIVE_INFINITY;
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(options: DueTimerOptions) {
    this.#options = options;
  }

  /** Does what is due already, and goes on from there. If that is under way: until it is done. */
  run(): Promise<void> {
    this.#running ??= this.#once().finally(() => {
      this.#running = undefined;
      this.#plan();
    });
    return this.#running;
  }

  /** Work in many steps ends at the next one. */
  get isStopped(): boolean {
    return this.#stopped;
  }

  /** Something new falls due then. */
  heed(at: number): void {
    if (this.#stopped || at >= this.#wakesAt) return;
    this.#wakesAt = at;
    if (!this.#running) this.#plan();
  }

  /** Begins nothing any more, and waits for what is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.#running;
  }

  #plan() {
    this.#cancel();
    if (this.#stopped) return;
    const { clock } = this.#options;
    const wait = Math.max(0, this.#wakesAt - clock.now());
    this.#cancel = clock.after(wait, () => void this.run());
  }

  /** Again, if more fell due meanwhile. */
  async #once(): Promise<void> {
    const { clock, run, onError } = this.#options;
    for (let more = true; more && !this.#stopped; ) {
      this.#wakesAt = Number.POSITIVE_INFINITY;
      const next = await run().catch((error) => void onError(error));
      const latest = clock.now() + LOOK_EVERY_MS;
      this.#wakesAt = Math.min(this.#wakesAt, next ?? latest, latest);
      more = next !== undefined && this.#wakesAt <= clock.now();
    }
  }
}
