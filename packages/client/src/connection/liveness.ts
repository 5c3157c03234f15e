import type { Cancel, Runtime } from '../runtime';

/** How many heartbeats may be late before the server is asked for a sign of life. */
const PROBE_AFTER = 1.25;
/** How many heartbeats may be late before the connection counts as lost. */
const LOST_AFTER = 2.5;

/** How long the sign of life may take that was asked for out of turn, milliseconds. */
const PROBED_WITHIN_MS = 5_000;

export interface LivenessHandlers {
  /** Nothing came for a while: send a ping. */
  readonly onQuiet: () => void;
  /** Nothing came for too long. */
  readonly onSilent: () => void;
}

/** Watches that frames keep coming. A connection may die without either end being told. */
export class Liveness {
  readonly #runtime: Pick<Runtime, 'now' | 'setTimer'>;
  readonly #handlers: LivenessHandlers;
  #lastFrameAt = 0;
  #limitMs = 0;
  #probed = false;
  #cancel: Cancel = () => {};
  #endProbe: Cancel | null = null;

  constructor(runtime: Pick<Runtime, 'now' | 'setTimer'>, handlers: LivenessHandlers) {
    this.#runtime = runtime;
    this.#handlers = handlers;
  }

  /** Allows `limitMs` for the first frame, without a probe. */
  expectWithin(limitMs: number): void {
    this.#watch(limitMs, true);
  }

  /** From now on a frame comes every `heartbeatMs`, or the connection is in doubt. */
  expectEvery(heartbeatMs: number): void {
    this.#watch(heartbeatMs * LOST_AFTER, false);
  }

  /** A frame came. Cheap: the timer is set anew only when it runs out. */
  touch(): void {
    this.#alive();
    this.#lastFrameAt = this.#runtime.now();
    this.#probed = false;
  }

  /** Asks for a sign of life now, and allows little time for it. */
  probe(): void {
    if (this.#endProbe) return;
    this.#endProbe = this.#runtime.setTimer(() => {
      this.stop();
      this.#handlers.onSilent();
    }, PROBED_WITHIN_MS);
    this.#handlers.onQuiet();
  }

  stop(): void {
    this.#alive();
    this.#cancel();
    this.#cancel = () => {};
  }

  #alive(): void {
    this.#endProbe?.();
    this.#endProbe = null;
  }

  #watch(limitMs: number, probed: boolean): void {
    this.touch();
    this.#probed = probed;
    this.#limitMs = limitMs;
    this.#schedule();
  }

  #schedule(): void {
    this.#cancel();
    const nextAt = this.#lastFrameAt + this.#nextLimit();
    this.#cancel = this.#runtime.setTimer(() => this.#check(), nextAt - this.#runtime.now());
  }

  #nextLimit(): number {
    return this.#probed ? this.#limitMs : (this.#limitMs * PROBE_AFTER) / LOST_AFTER;
  }

  #check(): void {
    const quietFor = this.#runtime.now() - this.#lastFrameAt;
    if (quietFor >= this.#limitMs) {
      this.stop();
      this.#handlers.onSilent();
      return;
    }
    if (!this.#probed && quietFor >= this.#nextLimit()) {
      this.#probed = true;
      this.#handlers.onQuiet();
    }
    this.#schedule();
  }
}
