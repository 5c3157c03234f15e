import type { Clock } from '../lib/clock';

interface Timer {
  at: number;
  everyMs: number | undefined;
  run: () => void;
}

/** A clock that a test turns by hand: nothing happens until it says so. */
export class ManualClock implements Clock {
  readonly #timers = new Set<Timer>();
  #now: number;

  constructor(now = Date.parse('2026-11-20T12:00:00.000Z')) {
    this.#now = now;
  }

  readonly now = (): number => this.#now;

  after(ms: number, run: () => void): () => void {
    return this.#plan({ at: this.#now + ms, everyMs: undefined, run });
  }

  every(ms: number, run: () => void): () => void {
    return this.#plan({ at: this.#now + ms, everyMs: ms, run });
  }

  #plan(timer: Timer): () => void {
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** Lets time pass and runs what falls due, in order, with the time at which it does. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let next = this.#due(end); next; next = this.#due(end)) {
      this.#now = Math.max(this.#now, next.at);
      if (next.everyMs === undefined) this.#timers.delete(next);
      else next.at += next.everyMs;
      next.run();
    }
    this.#now = end;
  }

  /** Lets much time pass as for a machine that slept: what recurs runs once when it wakes up. */
  leap(ms: number): void {
    this.#now += ms;
    for (const timer of this.#timers) if (timer.everyMs) timer.at = Math.max(timer.at, this.#now);
    this.advance(0);
  }

  /** In how many milliseconds timers that run once fall due: a test waits for one to be set. */
  dueIn(): number[] {
    const once = [...this.#timers].filter(({ everyMs }) => everyMs === undefined);
    return once.map(({ at }) => at - this.#now);
  }

  #due(end: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.at <= end && (!first || timer.at < first.at)) first = timer;
    }
    return first;
  }
}
