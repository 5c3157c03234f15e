import { ClientError } from '../errors';
import { MAX_TRIES, pauseMs } from '../pauses';
import type { Runtime } from '../runtime';

/** These are the network's, or everybody's: they pass, however long that takes. */
const PASSING: ReadonlySet<string> = new Set([
  'network',
  'timeout',
  'rate_limited',
  'overloaded',
  'too_many_uploads',
]);

/** Decides whether and when something that failed is tried again. */
export class Patience {
  readonly #runtime: Pick<Runtime, 'setTimer' | 'random' | 'onNetworkUp'>;
  #pauses = 0;
  #tries = 0;

  constructor(runtime: Pick<Runtime, 'setTimer' | 'random' | 'onNetworkUp'>) {
    this.#runtime = runtime;
  }

  /** It went on. */
  reset(): void {
    this.#pauses = 0;
    this.#tries = 0;
  }

  /** Waits for the time of the next try, or for the signal. @throws the error itself if trying is in vain */
  async wait(error: unknown, signal: AbortSignal): Promise<void> {
    if (!(error instanceof ClientError) || !error.temporary) throw error;
    if (!PASSING.has(error.code) && ++this.#tries >= MAX_TRIES) throw error;
    await this.#pause(pauseMs(error, ++this.#pauses, this.#runtime.random()), signal);
  }

  #pause(ms: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const end = () => resolve();
    const stops = [this.#runtime.setTimer(end, ms), this.#runtime.onNetworkUp(end)];
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
    return promise.finally(() => {
      for (const stop of stops) stop();
      signal.removeEventListener('abort', end);
    });
  }
}
