import type { Clock } from '../lib/clock';
import { quiet } from './event-loop';

/** What ends all at once, with its timers: a run of the server, or of a client. */
export interface Life {
  alive: boolean;
}

interface Planned {
  readonly at: number;
  readonly order: number;
  readonly life: Life;
  readonly run: () => void;
  cancelled: boolean;
}

const FOREVER: Life = { alive: true };
const START = Date.parse('2026-11-20T12:00:00.000Z');

/**
 * Virtual time: nothing happens but by an event that was planned here, one after the other in the
 * order of their times. Between two of them everything that waits for nothing else gets its turn,
 * so that a seed always gives the same run.
 */
export class Timeline {
  /** Milliseconds since the beginning. */
  #now = 0;
  #order = 0;
  readonly #heap: Planned[] = [];
  /** Run after every event. */
  readonly afterTurn: (() => void)[] = [];

  /** Milliseconds since 1970, as the parts under test see the time. */
  readonly now = (): number => START + Math.floor(this.#now);

  get elapsed(): number {
    return this.#now;
  }

  plan(ms: number, run: () => void, life: Life = FOREVER): () => void {
    return this.planAt(this.#now + Math.max(0, ms), run, life);
  }

  /** @param at milliseconds since the beginning */
  planAt(at: number, run: () => void, life: Life = FOREVER): () => void {
    const event = {
      at,
      order: this.#order++,
      life,
      run,
      cancelled: false,
    };
    push(this.#heap, event);
    return () => {
      event.cancelled = true;
    };
  }

  /** Never resolves when the life ends before. */
  sleep(ms: number, life: Life): Promise<void> {
    return new Promise((resolve) => void this.plan(ms, resolve, life));
  }

  /** The time as the server takes it; its timers end with the life. */
  clock(life: Life): Clock {
    return {
      now: this.now,
      after: (ms, run) => this.plan(ms, run, life),
      every: (ms, run) => this.#every(ms, run, life),
    };
  }

  #every(ms: number, run: () => void, life: Life): () => void {
    let cancel = () => {};
    const tick = () => {
      cancel = this.plan(ms, tick, life);
      run();
    };
    cancel = this.plan(ms, tick, life);
    return () => cancel();
  }

  /** Lets `ms` pass, or less once `done` says so. */
  async pass(ms: number, done: () => boolean = () => false): Promise<void> {
    const end = this.#now + ms;
    await this.#turn();
    while (!done()) {
      const next = this.#heap[0];
      if (!next || next.at > end) break;
      pop(this.#heap);
      if (next.cancelled || !next.life.alive) continue;
      this.#now = next.at;
      next.run();
      await this.#turn();
    }
    if (!done()) this.#now = end;
  }

  async #turn(): Promise<void> {
    await quiet();
    for (const run of this.afterTurn) run();
  }
}

const before = (a: Planned, b: Planned) => a.at < b.at || (a.at === b.at && a.order < b.order);

function push(heap: Planned[], event: Planned) {
  let at = heap.length;
  heap.push(event);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = heap[parent] as Planned;
    if (!before(event, above)) break;
    heap[at] = above;
    at = parent;
  }
  heap[at] = event;
}

function pop(heap: Planned[]) {
  const last = heap.pop() as Planned;
  if (heap.length === 0) return;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    const right = heap[child + 1];
    if (right && before(right, heap[child] as Planned)) child++;
    const smallest = heap[child] as Planned;
    if (!before(smallest, last)) break;
    heap[at] = smallest;
    at = child;
  }
  heap[at] = last;
}
