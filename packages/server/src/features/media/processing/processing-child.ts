import { ConfabError } from '@confab/protocol/failure';
import type { Subprocess } from 'bun';
import type { Clock } from '../../../lib/clock';
import type { ChildMessage, Job } from './jobs';
import { usageOf } from './process-usage';

export interface ChildOptions {
  /** The module it runs. */
  readonly entry: URL;
  /** Where it may leave files that nobody asked for. */
  readonly workDir: string;
  readonly memoryLimitBytes: number;
  readonly clock: Clock;
  /** Told once, when it is gone for whatever reason. */
  onEnd(): void;
}

type Fate = 'its memory' | 'its time' | 'its own doing' | 'our wish';
interface Running {
  /** How much processor time it may have used when it has to be done. */
  readonly cpuEndMs: number;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

const LOOK_MS = 200;
/**
 * A busy machine lets its children wait, which is no fault of the file: what counts is the time that processors spent
 * on it. Only what sleeps for this many times its limit is given up for that.
 */
const PATIENCE = 6;
/** A child that grew beyond this part of its limit is not kept for another job. */
const KEEP_BELOW = 0.4;

/**
 * A process that looks into one file at a time. Whatever happens to it is the fault of that file, and ends with it:
 *
 *     starting ──ready──▶ idle ──run──▶ busy ──reply──▶ idle
 *         └────────────── crash, time, memory ──────────▶ gone
 */
export class ProcessingChild {
  readonly #options: ChildOptions;
  readonly #process: Subprocess<'pipe', 'ignore', 'ignore'>;
  #fate: Fate = 'its own doing';
  #running: Running | undefined;
  readonly #stopWatching: () => void;
  #isGone = false;
  readonly #ready = Promise.withResolvers<void>();

  constructor(options: ChildOptions) {
    this.#options = options;
    this.#process = Bun.spawn([process.execPath, '--smol', options.entry.pathname], {
      cwd: options.workDir,
      // Nothing of the server's environment: it holds keys and passwords.
      env: { PATH: process.env.PATH ?? '/usr/bin:/bin', LANG: 'C.UTF-8', TMPDIR: options.workDir },
      // Never written to: its end tells the child that the server is gone, even when it was killed.
      stdin: 'pipe',
      stdout: 'ignore',
      stderr: 'ignore',
      serialization: 'json',
      ipc: (message: ChildMessage) => this.#heard(message),
      onExit: () => this.#ended(),
    });
    this.#process.unref();
    this.#ready.promise.catch(() => undefined);
    this.#stopWatching = options.clock.every(LOOK_MS, () => void this.#watch());
  }

  get pid(): number {
    return this.#process.pid;
  }

  /**
   * @param limitMs of processor time
   * @throws ConfabError as the child refuses, or `media_too_complex` when it did not survive the job
   */
  async run(job: Job, limitMs: number): Promise<unknown> {
    const stopTimer = this.#options.clock.after(limitMs * PATIENCE, () => this.#kill('its time'));
    try {
      await this.#ready.promise;
      const usage = await usageOf(this.pid);
      return await this.#ask(job, (usage?.cpuMs ?? 0) + limitMs);
    } finally {
      stopTimer();
    }
  }

  #ask(job: Job, cpuEndMs: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#running = { resolve, reject, cpuEndMs };
      if (this.#isGone) reject(endError(this.#fate));
      else this.#process.send(job);
    });
  }

  #heard(message: ChildMessage) {
    if (message.kind === 'ready') return this.#ready.resolve();
    const running = this.#running;
    this.#running = undefined;
    if (message.kind === 'done') return running?.resolve(message.value);
    running?.reject(
      message.kind === 'refused'
        ? new ConfabError(message.code, message.detail)
        : new Error(`Processing failed: ${message.reason}`),
    );
  }

  async #watch() {
    if (!this.#running) return;
    const usage = await usageOf(this.pid);
    const running = this.#running;
    if (!usage || !running) return;
    if (usage.residentBytes > this.#options.memoryLimitBytes) this.#kill('its memory');
    else if (usage.cpuMs > running.cpuEndMs) this.#kill('its time');
  }

  /** Whether another job may be given to it. */
  async isFit(): Promise<boolean> {
    if (this.#isGone) return false;
    const usage = await usageOf(this.pid);
    return (
      !this.#isGone && (usage?.residentBytes ?? 0) < this.#options.memoryLimitBytes * KEEP_BELOW
    );
  }

  #kill(fate: Fate) {
    if (this.#isGone) return;
    this.#fate = fate;
    this.#process.kill('SIGKILL');
  }

  #ended() {
    this.#isGone = true;
    this.#stopWatching();
    const error = endError(this.#fate);
    this.#ready.reject(this.#fate === 'its own doing' ? notStarted() : error);
    this.#running?.reject(error);
    this.#options.onEnd();
  }

  async end(): Promise<void> {
    this.#kill('our wish');
    await this.#process.exited;
  }
}

function endError(fate: Fate): ConfabError {
  switch (fate) {
    case 'its memory':
      return new ConfabError('media_too_complex', 'The file needs too much memory to be read');
    case 'its time':
      return new ConfabError('media_too_complex', 'The file takes too long to be read');
    case 'its own doing':
      return new ConfabError('media_too_complex', 'The file could not be read to its end');
    case 'our wish':
      return stopped();
  }
}

/** It never got as far as the file. */
const notStarted = () =>
  new ConfabError('overloaded', 'Files cannot be looked into at the moment', { retryAfterS: 5 });
export const stopped = () =>
  new ConfabError('overloaded', 'The server is stopping', { retryAfterS: 5 });
