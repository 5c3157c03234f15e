import { ConfabError } from '@confab/protocol/failure';
import type { Clock } from '../../../lib/clock';
import { FairQueue, type Turn } from './fair-queue';
import type { Job, Task, TaskResults } from './jobs';
import type { AvatarFiles, MediaType, Processed, ProcessRequest } from './processed';
import { ProcessingChild, stopped } from './processing-child';
import type { MediaProcessor } from './processor';

export interface PoolOptions {
  readonly clock: Clock;
  /** An existing folder in which children live. */
  readonly workDir: string;
  readonly entry?: URL;
  /** Those that look into files; one more is for cleaning alone. */
  readonly children?: number;
  /** Jobs of either kind that may wait. */
  readonly maxWaiting?: number;
  readonly memoryLimitBytes?: number;
  /** Processor time that it may take to clean a file. */
  readonly cleanLimitMs?: number;
  /** Processor time that it may take to look into a file. */
  readonly limitMs?: Readonly<Record<MediaType, number>>;
}

interface Waiting {
  readonly job: Job;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

interface Slot {
  /** Whether it may look into files, too, which takes up to a minute. Cleaning takes a moment. */
  readonly looks: boolean;
  child: ProcessingChild | undefined;
  isBusy: boolean;
  /** Deaths in a row; they make the next start wait. */
  deaths: number;
  stopIdling: () => void;
}

const ENTRY = new URL('./child-main.ts', import.meta.url);
const CHILDREN = 2;
const MAX_WAITING = 200;
const MEMORY_LIMIT_BYTES = 1024 ** 3;
const IDLE_MS = 30_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** Cleaning copies a file, and reads little of it. */
const CLEAN_LIMIT_MS = 10_000;
const LIMIT_MS: Readonly<Record<MediaType, number>> = {
  image: 20_000,
  video: 60_000,
  audio: 60_000,
  document: 20_000,
  other: 20_000,
};

/** Processing in children: started when there is work, ended when there is none for a while. */
export class ProcessingPool implements MediaProcessor {
  readonly #options: Required<PoolOptions>;
  readonly #cleaning: FairQueue<Waiting>;
  readonly #looking: FairQueue<Waiting>;
  readonly #slots: Slot[];
  readonly #closing = Promise.withResolvers<void>();
  #isClosed = false;

  constructor(options: PoolOptions) {
    this.#options = {
      entry: ENTRY,
      children: CHILDREN,
      maxWaiting: MAX_WAITING,
      memoryLimitBytes: MEMORY_LIMIT_BYTES,
      cleanLimitMs: CLEAN_LIMIT_MS,
      limitMs: LIMIT_MS,
      ...options,
    };
    const { children, maxWaiting } = this.#options;
    // One child is for others, whatever somebody's files do.
    const limits = { waiting: maxWaiting, held: Math.max(1, children - 1) };
    this.#cleaning = new FairQueue(limits);
    this.#looking = new FairQueue(limits);
    // Whoever sends a file waits until it is clean: the last child is there for that, whatever keeps the others busy.
    this.#slots = Array.from({ length: children + 1 }, (_, index) => ({
      looks: index < children,
      child: undefined,
      isBusy: false,
      deaths: 0,
      stopIdling: () => undefined,
    }));
  }

  clean(request: ProcessRequest): Promise<string> {
    return this.#submit('clean', request);
  }

  process(request: ProcessRequest): Promise<Processed> {
    return this.#submit('process', request);
  }

  avatar(request: ProcessRequest): Promise<AvatarFiles> {
    return this.#submit('avatar', request);
  }

  /** Pids of the children that live now. */
  get pids(): number[] {
    return this.#slots.flatMap(({ child }) => (child ? [child.pid] : []));
  }

  #submit<T extends Task>(task: T, request: ProcessRequest): Promise<TaskResults[T]> {
    if (this.#isClosed) return Promise.reject(stopped());
    const { promise, resolve, reject } = Promise.withResolvers<TaskResults[T]>();
    const waiting: Waiting = {
      job: { task, request },
      // The child answers a task with its own result; the border between processes knows no types.
      resolve: (value) => resolve(value as TaskResults[T]),
      reject,
    };
    const queue = task === 'clean' ? this.#cleaning : this.#looking;
    if (!queue.push(request.owner ?? 0, waiting)) reject(tooMany());
    this.#work();
    return promise;
  }

  /** Hands what waits to whoever is free, one that lives already first. */
  #work() {
    const free = this.#slots.filter((slot) => !slot.isBusy);
    free.sort((a, b) => Number(b.child !== undefined) - Number(a.child !== undefined));
    for (const slot of free) {
      const turn = this.#next(slot);
      if (turn) void this.#serve(slot, turn);
    }
  }

  #next({ looks }: Slot): Turn<Waiting> | undefined {
    return (looks ? this.#looking.shift() : undefined) ?? this.#cleaning.shift();
  }

  async #serve(slot: Slot, { item: waiting, end }: Turn<Waiting>) {
    slot.isBusy = true;
    slot.stopIdling();
    try {
      waiting.resolve(await this.#run(slot, waiting.job));
    } catch (error) {
      waiting.reject(error);
    }
    await this.#release(slot);
    slot.isBusy = false;
    end();
    this.#work();
  }

  async #run(slot: Slot, job: Job): Promise<unknown> {
    if (!slot.child && slot.deaths > 0) await this.#pause(slot.deaths);
    if (this.#isClosed) throw stopped();
    slot.child ??= this.#start(slot);
    return slot.child.run(job, this.#limitOf(job));
  }

  #limitOf({ task, request }: Job): number {
    const { limitMs, cleanLimitMs } = this.#options;
    return task === 'clean' ? cleanLimitMs : limitMs[request.recognised.mediaType];
  }

  async #pause(deaths: number) {
    const ms = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (deaths - 1));
    const { promise, resolve } = Promise.withResolvers<void>();
    const stopTimer = this.#options.clock.after(ms, resolve);
    await Promise.race([promise, this.#closing.promise]);
    stopTimer();
  }

  #start(slot: Slot): ProcessingChild {
    const child = new ProcessingChild({
      ...this.#options,
      onEnd: () => {
        if (slot.child === child) slot.child = undefined;
      },
    });
    return child;
  }

  /** Whoever survived a job waits for the next one, unless the job left it too big. */
  async #release(slot: Slot) {
    const { child } = slot;
    slot.deaths = child ? 0 : slot.deaths + 1;
    if (!child) return;
    if (this.#isClosed || !(await child.isFit())) return void retire(slot);
    slot.stopIdling = this.#options.clock.after(IDLE_MS, () => void retire(slot));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#closing.resolve();
    const waiting = [...this.#cleaning.clear(), ...this.#looking.clear()];
    for (const { reject } of waiting) reject(stopped());
    for (const slot of this.#slots) slot.stopIdling();
    await Promise.all(this.#slots.map(({ child }) => child?.end()));
  }
}

/** Takes it away first, so that no job is given to somebody who is about to end. */
function retire(slot: Slot): Promise<void> | undefined {
  const { child } = slot;
  slot.child = undefined;
  return child?.end();
}

const tooMany = () =>
  new ConfabError('overloaded', 'Too many files are waiting to be looked into', { retryAfterS: 5 });
