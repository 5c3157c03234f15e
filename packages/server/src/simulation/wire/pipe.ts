import type { Timeline } from '../timeline';

/** One direction of a connection: everything arrives in order, some time later, or not at all. */
export class Pipe<T> {
  readonly #timeline: Timeline;
  readonly #delay: () => number;
  readonly #deliver: (item: T) => void;
  #lastAt = 0;
  #isCut = false;

  constructor(timeline: Timeline, delay: () => number, deliver: (item: T) => void) {
    this.#timeline = timeline;
    this.#delay = delay;
    this.#deliver = deliver;
  }

  push(item: T) {
    this.#lastAt = Math.max(this.#lastAt, this.#timeline.elapsed + this.#delay());
    this.#timeline.planAt(this.#lastAt, () => {
      if (!this.#isCut) this.#deliver(item);
    });
  }

  /** What is still on its way is lost. */
  cut() {
    this.#isCut = true;
  }
}
