import { ConfabError } from '@confab/protocol';
import type { Clock } from '../../lib/clock';
import type { BusMessage } from '../../realtime/bus';
import type { ChatStates } from '../chats';
import { WORK, WorkQueue } from './work-queue';

/** How long news gathers before it is gone through. */
const GATHER_MS = 10;
/**
 * After its work the follower rests this many times as long as that took, longer while others have
 * much to write: whoever sends is served first.
 */
const REST = 4;
const REST_WHEN_BUSY = 19;
/** Messages in a round, and more than one a millisecond, are much. */
const BUSY = 10;
const MAX_REST_MS = 1_000;
/** Chats that are gone through at once, as long as together they have at most so many members. */
const CHATS = 16;
const MEMBERS = 100;
/** After a failure, which will mostly be the database's, it is tried again. */
const RETRY_MS = 1_000;
/** How long a reader waits at most for what was said before they asked. */
const PATIENCE_MS = 2_000;
/** Lagging chats that are looked up at once. */
const LAGGING = 5_000;

export interface FollowerDeps {
  clock: Clock;
  states: ChatStates;
  /** Does a piece of a chat's work. @returns what is left */
  visit: (chatId: number, work: number) => Promise<number>;
  /** Chats with something left to do, as the database knows, a number of them at most. */
  lagging: (limit: number) => Promise<number[]>;
  onError: (error: unknown) => void;
}

interface Waiter {
  /** How often each chat must still be gone through. */
  readonly owed: Map<number, number>;
  readonly resolve: () => void;
}

/**
 * Follows what is committed and notifies people of it, behind the sends and never in their way.
 * It only remembers which chats to look at; how far they are is in the database, so that a crash
 * loses and doubles nothing.
 */
export class NotificationFollower {
  readonly #deps: FollowerDeps;
  readonly #queue = new WorkQueue();
  readonly #waiters = new Set<Waiter>();
  /** Chats that somebody waits for. */
  readonly #urgent = new Set<number>();
  /** Messages that came during the round. */
  #heard = 0;
  #cancel: (() => void) | undefined;
  #round: Promise<void> | undefined;
  #stopped = false;

  constructor(deps: FollowerDeps) {
    this.#deps = deps;
  }

  follow(message: BusMessage): void {
    if (message.kind === 'membership' && message.joined) this.#add(message.chatId, WORK.untold);
    if (message.kind !== 'chat') return;
    const { change, chatId } = message;
    const mentions = 'mentions' in change && change.mentions === true ? WORK.mentions : 0;
    if (change.kind === 'message') {
      this.#heard++;
      this.#add(chatId, WORK.messages | mentions);
    } else if (mentions) this.#add(chatId, mentions);
  }

  /** Looks for what a crash, or an overfull queue, has left undone. */
  async resume(): Promise<void> {
    const lagging = await this.#deps.lagging(LAGGING);
    for (const chatId of lagging) this.#add(chatId, WORK.everything);
    this.#queue.overflown = lagging.length >= LAGGING;
  }

  /**
   * Resolves when all of a user's chats that changed before this are gone through, or after two
   * seconds: whoever saw a message sees its notification too.
   */
  settle(userId: number): Promise<void> {
    const owed = new Map<number, number>();
    for (const [chatId, visits] of this.#queue.outstanding()) {
      const state = this.#deps.states.peek(chatId);
      if (state && !state.members.has(userId)) continue;
      owed.set(chatId, visits);
      this.#urgent.add(chatId);
    }
    if (owed.size === 0 || this.#stopped) return Promise.resolve();
    this.#now();
    return this.#wait(owed);
  }

  #wait(owed: Map<number, number>): Promise<void> {
    return new Promise((resolve) => {
      const waiter: Waiter = {
        owed,
        resolve: () => {
          cancel();
          this.#waiters.delete(waiter);
          resolve();
        },
      };
      const cancel = this.#deps.clock.after(PATIENCE_MS, waiter.resolve);
      this.#waiters.add(waiter);
    });
  }

  #add(chatId: number, work: number) {
    if (this.#stopped) return;
    this.#queue.add(chatId, work);
    if (!this.#round && !this.#cancel) this.#later(GATHER_MS);
  }

  #later(ms: number) {
    this.#cancel?.();
    this.#cancel = this.#deps.clock.after(ms, () => this.#now());
  }

  #now() {
    if (this.#round || this.#stopped) return;
    this.#cancel?.();
    this.#cancel = undefined;
    this.#round = this.#run();
  }

  async #run(): Promise<void> {
    const began = this.#deps.clock.now();
    this.#heard = 0;
    try {
      await Promise.all((await this.#choose()).map((chatId) => this.#visit(chatId)));
      if (this.#queue.overflown && this.#queue.size === 0) await this.resume();
      this.#next(this.#deps.clock.now() - began);
    } catch (error) {
      this.#round = undefined;
      this.#failed(error);
      if (!this.#stopped) this.#later(RETRY_MS);
    }
  }

  /** @param took how long the round took that is over */
  #next(took: number) {
    this.#round = undefined;
    if (this.#stopped || this.#queue.size === 0) return;
    if (this.#urgent.size > 0) return this.#now();
    const isBusy = this.#heard > Math.max(BUSY, took);
    const rest = isBusy ? REST_WHEN_BUSY : REST;
    this.#later(Math.max(GATHER_MS, Math.min(MAX_REST_MS, took * rest)));
  }

  /** The chats of a round: many small ones, or a piece of a large one. */
  async #choose(): Promise<number[]> {
    const chosen: number[] = [];
    let members = 0;
    while (chosen.length < CHATS && members < MEMBERS) {
      const chatId = this.#queue.next(this.#urgent, new Set(chosen));
      if (chatId === undefined) break;
      chosen.push(chatId);
      members += (await this.#deps.states.load(chatId))?.members.size ?? 0;
    }
    return chosen;
  }

  async #visit(chatId: number): Promise<void> {
    const work = this.#queue.take(chatId);
    try {
      const left = await this.#deps.visit(chatId, work);
      this.#queue.finish(chatId, left);
      if (left === 0) this.#visited(chatId);
      else this.#merged(chatId);
    } catch (error) {
      this.#queue.finish(chatId, 0);
      this.#tryAgain(chatId, work, error);
    }
  }

  #visited(chatId: number) {
    this.#urgent.delete(chatId);
    for (const { owed, resolve } of [...this.#waiters]) {
      const visits = owed.get(chatId) ?? 0;
      if (visits > 1) this.#urgent.add(chatId);
      if (visits > 1) owed.set(chatId, visits - 1);
      else owed.delete(chatId);
      if (owed.size === 0) resolve();
    }
  }

  /** What was left, and what came meanwhile, is done by one visit. */
  #merged(chatId: number) {
    for (const { owed } of this.#waiters) if (owed.has(chatId)) owed.set(chatId, 1);
  }

  #tryAgain(chatId: number, work: number, error: unknown) {
    // Another node went through the chat at the same time: its cursor is read anew.
    const isOutrun = error instanceof ConfabError && error.code === 'conflict';
    if (isOutrun) {
      this.#queue.add(chatId, work);
      return this.#merged(chatId);
    }
    this.#urgent.delete(chatId);
    this.#failed(error);
    // It may have been stored all the same, and not been told.
    this.#deps.clock.after(RETRY_MS, () => this.#add(chatId, work | WORK.untold));
  }

  #failed(error: unknown) {
    const isBusy = error instanceof ConfabError && error.code === 'overloaded';
    if (!this.#stopped && !isBusy) this.#deps.onError(error);
  }

  /** Ends what is under way, and takes up nothing more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel?.();
    for (const { resolve } of [...this.#waiters]) resolve();
    await this.#round;
  }
}
