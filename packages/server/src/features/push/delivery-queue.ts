import type { Clock } from '../../lib/clock';
import type { Delivery } from './provider';
import { retryDelay } from './retry';
import { type SlotLimits, Slots } from './slots';
import { WaitingRoom } from './waiting-room';

/** A notification on its way to one device. */
export interface Job {
  readonly userId: number;
  /** The device: one job of it is under way at a time, in order. */
  readonly lane: string;
  /** Whose server takes it: everybody's, or one that the user named. */
  readonly takenBy: 'firebase' | 'web_push';
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
  waiting: SlotLimits;
  /** Attempts under way. */
  underWay: SlotLimits;
  /** The same for devices that failed or were slow last time: they often take long again. */
  underWayAgain: SlotLimits;
  /** The same for devices that Firebase tells: no user can make it slow. */
  underWayByFirebase: SlotLimits;
}

export const QUEUE_LIMITS: QueueLimits = {
  waiting: { inAll: 10_000, ofUser: 500 },
  underWay: { inAll: 192, ofUser: 4 },
  underWayAgain: { inAll: 64, ofUser: 1 },
  underWayByFirebase: { inAll: 192, ofUser: 4 },
};

/** Devices of which it is remembered that they failed or were slow. */
const MAX_DISTRUSTED = 10_000;
/** An attempt that takes longer holds up others like one that fails. */
const SLOW_MS = 2000;
/** Good attempts that make up for one that failed, and for a slow one: to be quick in turns is no way around. */
const OWED = { failed: 1, slow: 20 };

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
  readonly takenBy: Job['takenBy'];
  readonly jobs: J[];
  /** Those from which it has its turns: they depend on how it went last time. */
  slots: Slots<Lane<J>>;
  cancelPause: (() => void) | undefined;
  isUnderWay: boolean;
}

/**
 * Jobs in memory, bounded in number and in attempts under way, in all and for each user: nobody's
 * many or slow devices hold up others.
 *
 *     waiting ──▶ under way ──▶ done
 *        ▲            │
 *        └── pause ◀──┘ try again
 */
export class DeliveryQueue<J extends Job> {
  readonly #deps: QueueDeps<J>;
  readonly #limits: QueueLimits;
  readonly #lanes = new Map<string, Lane<J>>();
  /** Lanes that failed or were slow, and how many good attempts they owe; the oldest first. */
  readonly #distrusted = new Map<string, number>();
  readonly #slots: Slots<Lane<J>>;
  readonly #slotsAgain: Slots<Lane<J>>;
  readonly #slotsOfFirebase: Slots<Lane<J>>;
  /** Jobs that can be dropped. */
  readonly #waiting = new WaitingRoom<J>();
  readonly #underWay = new Set<Promise<void>>();
  #closed = false;

  constructor(deps: QueueDeps<J>) {
    this.#deps = deps;
    this.#limits = deps.limits ?? QUEUE_LIMITS;
    this.#slots = new Slots(this.#limits.underWay);
    this.#slotsAgain = new Slots(this.#limits.underWayAgain);
    this.#slotsOfFirebase = new Slots(this.#limits.underWayByFirebase);
  }

  get size(): number {
    return this.#waiting.size + this.#underWay.size;
  }

  add(job: J): void {
    if (this.#closed) return;
    const lane = this.#laneOf(job);
    this.#replaceIn(lane, job.subject);
    lane.jobs.push(job);
    if (isIdle(lane)) lane.slots.ask(lane);
    this.#wait(job);
    this.#pump();
  }

  #laneOf({ lane: name, userId, takenBy }: J): Lane<J> {
    const known = this.#lanes.get(name);
    if (known) return known;
    const slots = this.#slotsFor(name, takenBy);
    const idle = { cancelPause: undefined, isUnderWay: false };
    const made: Lane<J> = { name, userId, takenBy, jobs: [], slots, ...idle };
    this.#lanes.set(name, made);
    return made;
  }

  #slotsFor(lane: string, takenBy: Job['takenBy']): Slots<Lane<J>> {
    if (takenBy === 'firebase') return this.#slotsOfFirebase;
    return this.#distrusted.has(lane) ? this.#slotsAgain : this.#slots;
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

  /** Of too many, the oldest goes: of this user, or of whoever has most waiting. */
  #wait(job: J) {
    const { inAll, ofUser } = this.#limits.waiting;
    this.#waiting.add(job);
    if (this.#waiting.countOf(job.userId) > ofUser) {
      return this.#drop(this.#waiting.oldestOf(job.userId));
    }
    if (this.#waiting.size > inAll) this.#drop(this.#waiting.oldestOfMost());
  }

  #drop(job: J | undefined) {
    if (!job) return;
    const lane = this.#laneOf(job);
    this.#take(lane, job);
    this.#tidy(lane);
    this.#deps.done(job, { kind: 'dropped', why: 'Too many notifications were waiting.' });
  }

  #take(lane: Lane<J>, job: J) {
    lane.jobs.splice(lane.jobs.indexOf(job), 1);
    this.#waiting.delete(job);
  }

  /** Forgets a lane with nothing to do. */
  #tidy(lane: Lane<J>) {
    if (lane.jobs.length > 0 || lane.isUnderWay) return;
    lane.cancelPause?.();
    lane.slots.withdraw(lane);
    this.#lanes.delete(lane.name);
  }

  #pump() {
    while (!this.#closed) {
      const lane = this.#slots.take() ?? this.#slotsAgain.take() ?? this.#slotsOfFirebase.take();
      if (!lane) return;
      const running = this.#run(lane).finally(() => {
        this.#underWay.delete(running);
        this.#pump();
      });
      this.#underWay.add(running);
    }
  }

  async #run(lane: Lane<J>): Promise<void> {
    const [job] = lane.jobs;
    if (!job) return lane.slots.giveBack(lane);
    this.#take(lane, job);
    lane.isUnderWay = true;
    job.attempts++;
    const began = this.#deps.clock.now();
    const delivery = await this.#deps.attempt(job);
    lane.isUnderWay = false;
    lane.slots.giveBack(lane);
    if (this.#closed) return this.#endIfOver(job, delivery);
    this.#learn(lane, delivery, this.#deps.clock.now() - began);
    this.#settle(lane, job, delivery);
    if (isIdle(lane) && lane.jobs.length > 0) lane.slots.ask(lane);
    this.#tidy(lane);
  }

  /** @param took milliseconds */
  #learn(lane: Lane<J>, { kind }: Delivery | Outdated, took: number) {
    if (kind === 'outdated' || lane.takenBy === 'firebase') return;
    const owed = this.#distrusted.get(lane.name) ?? 0;
    this.#distrust(lane.name, owedAfter(owed, kind === 'try_again', took));
    lane.slots = this.#slotsFor(lane.name, lane.takenBy);
  }

  #distrust(lane: string, owed: number) {
    this.#distrusted.delete(lane);
    if (owed > 0) this.#distrusted.set(lane, owed);
    const [oldest] = this.#distrusted.keys();
    if (oldest !== undefined && this.#distrusted.size > MAX_DISTRUSTED) {
      this.#distrusted.delete(oldest);
    }
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
    this.#wait(job);
  }

  #pause(lane: Lane<J>, ms: number) {
    lane.cancelPause = this.#deps.clock.after(ms, () => {
      lane.cancelPause = undefined;
      lane.slots.ask(lane);
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

function owedAfter(owed: number, hasFailed: boolean, took: number): number {
  if (took > SLOW_MS) return OWED.slow;
  return hasFailed ? Math.max(owed, OWED.failed) : Math.max(0, owed - 1);
}
