import type { Clock } from '../../lib/clock';
import type { Delivery } from './provider';
import { retryDelay } from './retry';

/** A notification on its way to one device. */
export interface Job {
  readonly userId: number;
  /** The device: one job of it is under way at a time, in order. */
  readonly lane: string;
  /** A newer job of the same lane and subject replaces one that still waits. */
  readonly subject: string;
  /** When it was accepted, milliseconds since 1970. */
  readonly at: number;
  attempts: number;
}

/** There is nothing to tell any more. */
export interface Outdated {
  readonly kind: 'outdated';
  readonly why: string;
}

/** How a job ended. */
export type End =
  | Exclude<Delivery, { kind: 'try_again' }>
  | Outdated
  | { readonly kind: 'given_up' | 'replaced' | 'dropped'; readonly why: string };

export interface QueueLimits {
  /** Jobs that wait, those between two attempts included. */
  waiting: number;
  /** Attempts under way, in all and for one user: nobody's slow devices hold up everybody. */
  underWay: number;
  underWayOfUser: number;
}

export const QUEUE_LIMITS: QueueLimits = { waiting: 10_000, underWay: 256, underWayOfUser: 4 };

export interface QueueDeps<J extends Job> {
  clock: Clock;
  /** From 0 to 1. */
  random: () => number;
  /** Must not reject. */
  attempt(job: J): Promise<Delivery | Outdated>;
  done(job: J, end: End): void;
  limits?: QueueLimits;
}

interface Lane<J> {
  readonly name: string;
  readonly userId: number;
  readonly jobs: J[];
  cancelPause: (() => void) | undefined;
  isUnderWay: boolean;
}

/**
 * Jobs in memory, bounded in number and in attempts under way.
 *
 *     waiting ──▶ under way ──▶ done
 *        ▲            │
 *        └── pause ◀──┘ try again
 */
export class DeliveryQueue<J extends Job> {
  readonly #deps: QueueDeps<J>;
  readonly #limits: QueueLimits;
  readonly #lanes = new Map<string, Lane<J>>();
  /** Lanes whose first job may start, the longest waiting first. */
  readonly #ready = new Set<Lane<J>>();
  /** Jobs that can be dropped, the longest waiting first. */
  readonly #waiting = new Set<J>();
  readonly #underWay = new Set<Promise<void>>();
  readonly #underWayOf = new Map<number, number>();
  #closed = false;

  constructor(deps: QueueDeps<J>) {
    this.#deps = deps;
    this.#limits = deps.limits ?? QUEUE_LIMITS;
  }

  get size(): number {
    return this.#waiting.size + this.#underWay.size;
  }

  add(job: J): void {
    if (this.#closed) return;
    const lane = this.#laneOf(job);
    this.#replaceIn(lane, job.subject);
    lane.jobs.push(job);
    this.#waiting.add(job);
    this.#dropSurplus();
    if (isIdle(lane)) this.#ready.add(lane);
    this.#pump();
  }

  #laneOf({ lane: name, userId }: J): Lane<J> {
    const known = this.#lanes.get(name);
    if (known) return known;
    const made = { name, userId, jobs: [], cancelPause: undefined, isUnderWay: false };
    this.#lanes.set(name, made);
    return made;
  }

  #replaceIn(lane: Lane<J>, subject: string) {
    for (const old of lane.jobs.filter((job) => job.subject === subject)) {
      this.#take(lane, old);
      this.#deps.done(old, {
        kind: 'replaced',
        why: 'A newer one of the same chat took its place.',
      });
    }
  }

  #dropSurplus() {
    const [oldest] = this.#waiting;
    if (this.#waiting.size <= this.#limits.waiting || !oldest) return;
    const lane = this.#laneOf(oldest);
    this.#take(lane, oldest);
    this.#tidy(lane);
    this.#deps.done(oldest, { kind: 'dropped', why: 'Too many notifications were waiting.' });
  }

  #take(lane: Lane<J>, job: J) {
    lane.jobs.splice(lane.jobs.indexOf(job), 1);
    this.#waiting.delete(job);
  }

  /** Forgets a lane with nothing to do. */
  #tidy(lane: Lane<J>) {
    if (lane.jobs.length > 0 || lane.isUnderWay) return;
    lane.cancelPause?.();
    this.#ready.delete(lane);
    this.#lanes.delete(lane.name);
  }

  #pump() {
    while (!this.#closed && this.#underWay.size < this.#limits.underWay) {
      const lane = this.#nextLane();
      if (!lane) return;
      this.#ready.delete(lane);
      const running = this.#run(lane).finally(() => {
        this.#underWay.delete(running);
        this.#pump();
      });
      this.#underWay.add(running);
    }
  }

  #nextLane(): Lane<J> | undefined {
    for (const lane of this.#ready) {
      if ((this.#underWayOf.get(lane.userId) ?? 0) < this.#limits.underWayOfUser) return lane;
    }
    return undefined;
  }

  async #run(lane: Lane<J>): Promise<void> {
    const [job] = lane.jobs;
    if (!job) return;
    this.#take(lane, job);
    lane.isUnderWay = true;
    this.#count(job.userId, 1);
    job.attempts++;
    const delivery = await this.#deps.attempt(job);
    this.#count(job.userId, -1);
    lane.isUnderWay = false;
    if (this.#closed) return this.#endIfOver(job, delivery);
    this.#settle(lane, job, delivery);
    if (isIdle(lane) && lane.jobs.length > 0) this.#ready.add(lane);
    this.#tidy(lane);
  }

  #count(userId: number, by: 1 | -1) {
    const count = (this.#underWayOf.get(userId) ?? 0) + by;
    if (count > 0) this.#underWayOf.set(userId, count);
    else this.#underWayOf.delete(userId);
  }

  /** What a stop broke off is not over: it is taken up again at the next start. */
  #endIfOver(job: J, delivery: Delivery | Outdated) {
    if (delivery.kind !== 'try_again') this.#deps.done(job, delivery);
  }

  #settle(lane: Lane<J>, job: J, delivery: Delivery | Outdated) {
    if (delivery.kind !== 'try_again') return this.#deps.done(job, delivery);
    const { clock, random } = this.#deps;
    const { why, retryAfterMs = 0 } = delivery;
    const wait = retryDelay(job.attempts, clock.now() - job.at, retryAfterMs, random());
    if (wait === undefined) return this.#deps.done(job, { kind: 'given_up', why });
    this.#pause(lane, wait);
    if (lane.jobs.some((newer) => newer.subject === job.subject)) {
      const replaced = 'A newer one of the same chat took its place.';
      return this.#deps.done(job, { kind: 'replaced', why: replaced });
    }
    lane.jobs.unshift(job);
    this.#waiting.add(job);
    this.#dropSurplus();
  }

  #pause(lane: Lane<J>, ms: number) {
    lane.cancelPause = this.#deps.clock.after(ms, () => {
      lane.cancelPause = undefined;
      this.#ready.add(lane);
      this.#pump();
    });
  }

  /** Starts nothing more and waits for what is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const lane of this.#lanes.values()) lane.cancelPause?.();
    await Promise.all(this.#underWay);
  }
}

const isIdle = <J>(lane: Lane<J>) => !lane.isUnderWay && lane.cancelPause === undefined;
