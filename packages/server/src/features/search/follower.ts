import type { Clock } from '../../lib/clock';
import type { BusMessage } from '../../realtime/bus';
import type { Committer } from '../../storage/committer';
import { followChanges, indexChats, type StepLimits, tidyIndex } from './index-writes';

/** How long new messages wait, so that many go into the index together. */
const GATHER_MS = 1000;
/** Messages that wait no longer. */
const MANY = 1000;
/** While others write, the index waits, but not for more messages than these. */
const PATIENT_UNTIL = 10_000;
const PATIENCE_MS = 50;
/** Looks for changes that no event tells of: erased chats, most of all. */
const LOOK_MS = 2000;
/** How much longer than a step the rest after it is: the writer's time is for others. */
const REST = 3;
const CHATS_PER_STEP = 50;
const LIMITS: StepLimits = { messages: 100, text: 6000 };
/** Pages of the index merged in one step. */
const PAGES = 16;
/** New messages after which it may be worth to merge all of the index. */
const MANY_NEW = 20_000;

export interface IndexProgress {
  /** Chats with messages that are not in the index, of some chats that follow the given one. */
  behindAfter(chatId: number): Promise<{ behind: number[]; next: number | null }>;
  /** Whether indexed messages were changed or erased. */
  hasChanges(): Promise<boolean>;
}

export interface FollowerDeps {
  clock: Clock;
  /** Where writes go that nobody waits for. */
  background: Committer;
  progress: IndexProgress;
  /** Writes that others wait for. */
  queued: () => number;
  onError: (error: unknown) => void;
}

/**
 * Keeps the search index in step with the messages. Nobody waits for it and no answer depends on
 * it: a search looks itself at what is not indexed. So it works in small steps when there is time.
 */
export class SearchFollower {
  readonly #deps: FollowerDeps;
  readonly #behind = new Set<number>();
  #waiting = 0;
  #hasChanges = true;
  /** Where the search for chats goes on that were left undone; null when it is through. */
  #lookAfter: number | null = 0;
  #isUntidy = false;
  /** Messages indexed since all was merged. */
  #fresh = 0;
  #cancel: (() => void) | undefined;
  #step: Promise<void> | undefined;
  #stopLooking: (() => void) | undefined;
  #stopped = false;

  constructor(deps: FollowerDeps) {
    this.#deps = deps;
  }

  /** Begins with what was left undone, and with what was there before there was an index. */
  start(): void {
    this.#stopLooking = this.#deps.clock.every(LOOK_MS, () => this.#look());
    this.#wake(0);
  }

  #look() {
    if (this.#step) return;
    this.#deps.progress.hasChanges().then((found) => {
      if (!found) return;
      this.#hasChanges = true;
      this.#wake(0);
    }, this.#deps.onError);
  }

  follow(message: BusMessage): void {
    if (message.kind !== 'chat') return;
    if (message.change.kind === 'content') this.#hasChanges = true;
    else if (message.change.kind === 'message') this.#behind.add(message.chatId);
    else return;
    this.#waiting++;
    if (this.#waiting === MANY) this.#wakeNow();
    else this.#wake(GATHER_MS);
  }

  #wake(ms: number) {
    if (this.#cancel || this.#step || this.#stopped) return;
    this.#cancel = this.#deps.clock.after(ms, () => {
      this.#cancel = undefined;
      this.#work();
    });
  }

  #wakeNow() {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#wake(0);
  }

  #work() {
    if (this.#deps.queued() > 0 && this.#waiting < PATIENT_UNTIL) return this.#wake(PATIENCE_MS);
    const began = performance.now();
    this.#step = this.#doStep()
      .catch((error) => this.#failed(error))
      .then((more) => {
        this.#step = undefined;
        if (more) this.#wake(Math.ceil((performance.now() - began) * REST));
        else this.#waiting = 0;
      });
  }

  /** What was under way is looked for again, when something else is to be done. */
  #failed(error: unknown): boolean {
    this.#hasChanges = true;
    this.#lookAfter = 0;
    this.#deps.onError(error);
    return false;
  }

  /** @returns whether there is more to do */
  async #doStep(): Promise<boolean> {
    if (this.#hasChanges) await this.#followChanges();
    if (this.#behind.size === 0) await this.#lookForChats();
    if (this.#isUntidy) await this.#tidy(false);
    if (this.#behind.size > 0) await this.#index();
    else if (!this.#isUntidy && this.#fresh >= MANY_NEW) await this.#tidy(true);
    return this.#hasWork;
  }

  get #hasWork(): boolean {
    const isBehind = this.#lookAfter !== null || this.#behind.size > 0;
    return this.#hasChanges || isBehind || this.#isUntidy || this.#fresh >= MANY_NEW;
  }

  async #followChanges() {
    this.#hasChanges = false;
    // Most events that may mean an edit tell of a reaction.
    if (!(await this.#deps.progress.hasChanges())) return;
    this.#isUntidy = true;
    const input = { limits: LIMITS };
    this.#hasChanges =
      (await this.#deps.background.submit(followChanges, input, 0)) || this.#hasChanges;
  }

  async #lookForChats() {
    if (this.#lookAfter === null) return;
    const { behind, next } = await this.#deps.progress.behindAfter(this.#lookAfter);
    for (const id of behind) this.#behind.add(id);
    this.#lookAfter = next;
  }

  async #tidy(all: boolean) {
    if (all) this.#fresh = 0;
    this.#isUntidy = await this.#deps.background.submit(tidyIndex, { pages: PAGES, all }, 0);
  }

  async #index() {
    const chatIds = [...this.#behind].slice(0, CHATS_PER_STEP);
    for (const id of chatIds) this.#behind.delete(id);
    const input = { chatIds, limits: LIMITS };
    const { behind, messages } = await this.#deps.background.submit(indexChats, input, 0);
    for (const id of behind) this.#behind.add(id);
    this.#waiting = Math.max(0, this.#waiting - messages);
    this.#fresh += messages;
    this.#isUntidy = true;
  }

  /** Does all there is to do at once; for tests and tools. */
  async catchUp(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    await this.#step;
    this.#hasChanges = true;
    for (let more = true; more; ) more = await this.#doStep();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopLooking?.();
    this.#cancel?.();
    await this.#step;
  }
}
