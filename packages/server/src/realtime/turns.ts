import { ConfabError } from '@confab/protocol';
import type { Defer } from './connection';

/** Commands of one connection that may wait for their turn. */
const WAITING = 16;

interface Line {
  last: Promise<void>;
  waiting: number;
}

/**
 * Lets each connection have one costly command under way, and the rest of the server a turn between
 * two of them: who asks for much at once waits for it, nobody else does.
 */
export class Turns<K extends object> {
  readonly #defer: Defer;
  readonly #lines = new WeakMap<K, Line>();

  constructor(defer: Defer = (run) => void setImmediate(run)) {
    this.#defer = defer;
  }

  /** @throws ConfabError `rate_limited` when too many are waiting already */
  take<T>(key: K, work: () => Promise<T>): Promise<T> {
    const line = this.#lines.get(key) ?? { last: Promise.resolve(), waiting: 0 };
    if (line.waiting >= WAITING) {
      throw new ConfabError('rate_limited', 'Wait for the answers to what you asked before', {
        retryAfterS: 1,
      });
    }
    line.waiting++;
    const done = line.last.then(work).finally(() => {
      line.waiting--;
    });
    line.last = done.then(
      () => this.#pause(),
      () => this.#pause(),
    );
    this.#lines.set(key, line);
    return done;
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => this.#defer(resolve));
  }
}
