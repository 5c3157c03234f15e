import { type EventBody, LIMITS, type SyncAnswer, type UserId } from '@confab/protocol';
import type { Cancel, Runtime } from '../runtime';
import type { Change, ChatState } from './chat-state';
import { ChatTable } from './chat-table';
import { SyncEngine, type SyncRequestBody } from './sync-engine';
import type { ChatFrame } from './waiting-frames';

/** The table's owner before anybody is known to be signed in. */
export const NOBODY = 0 as UserId;

/** How long after a heartbeat frames that it counted may still be on the way, milliseconds. */
const RECHECK_AFTER_MS = 2_000;
/** The least time from one sync to the next: a server that contradicts itself must not be hit. */
const SYNC_PAUSE_MS = 1_000;
/** A request near the limit of a frame goes by REST. */
const MAX_FRAME_REQUEST = LIMITS.frameBytes * 0.9;
/**
 * An answer of more changes than this goes by REST too: the server closes a connection that has too
 * much unsent, and over a slow one a large answer would never get through.
 */
const MAX_FRAME_CHANGES = 100;

export interface SynchronizerOptions {
  readonly runtime: Pick<Runtime, 'now' | 'setTimer'>;
  readonly overSocket: (request: SyncRequestBody) => Promise<SyncAnswer>;
  readonly overRest: (request: SyncRequestBody) => Promise<SyncAnswer>;
  readonly onChanges: (changes: readonly Change[]) => void;
  readonly onSyncWanted: () => void;
  /** Another user signed in than the one whose chats were held. */
  readonly onOtherUser: () => void;
}

/** Drives the sync engine: sends its requests, feeds it frames, and checks it by heartbeats. */
export class Synchronizer {
  readonly #options: SynchronizerOptions;
  #table = new ChatTable(NOBODY);
  #engine = new SyncEngine(this.#table);
  #recheck: Cancel = () => {};
  #syncedAt = Number.NEGATIVE_INFINITY;
  /** About how many changes the next answer holds. */
  #behind = 0;

  constructor(options: SynchronizerOptions) {
    this.#options = options;
  }

  get table(): ChatTable {
    return this.#table;
  }

  get epoch(): string | null {
    return this.#engine.epoch;
  }

  /** Starts from what an earlier run saved. */
  restore(self: UserId, epoch: string | null, chats: Iterable<ChatState>): void {
    this.#table = new ChatTable(self, chats);
    this.#engine = new SyncEngine(this.#table, epoch);
  }

  ready(frame: EventBody<'ready'>): boolean {
    if (frame.user_id !== this.#table.self) {
      if (this.#table.self !== NOBODY) this.#options.onOtherUser();
      this.restore(frame.user_id, null, []);
    }
    this.#behind = this.#engine.behind(frame);
    return this.#engine.greet(frame);
  }

  handle(frame: ChatFrame): void {
    const { changes, syncWanted } = this.#engine.handle(frame);
    this.#options.onChanges(changes);
    if (syncWanted) this.#options.onSyncWanted();
  }

  /** Asks for what is missing. Answers whether more was found missing meanwhile. */
  async sync(): Promise<boolean> {
    const engine = this.#engine;
    await this.#pauseSince(this.#syncedAt);
    const request = engine.beginSync();
    const { overSocket, overRest } = this.#options;
    const answer = await (this.#fitsSocket(request) ? overSocket(request) : overRest(request));
    if (engine !== this.#engine) return false;
    this.#behind = 0;
    this.#syncedAt = this.#options.runtime.now();
    const { changes, syncWanted } = engine.finishSync(answer);
    this.#options.onChanges(changes);
    return syncWanted;
  }

  #fitsSocket(request: SyncRequestBody): boolean {
    return this.#behind <= MAX_FRAME_CHANGES && JSON.stringify(request).length < MAX_FRAME_REQUEST;
  }

  /** Frames counted by the sum may still be on the way: only what stays wrong is a loss. */
  heartbeat(revSum: number): void {
    this.#recheck();
    const before = this.#table.revSum();
    if (!this.#engine.current || before === revSum) return;
    this.#recheck = this.#options.runtime.setTimer(() => {
      const after = this.#table.revSum();
      const caughtUp = before < revSum && after >= revSum;
      if (this.#engine.current && !caughtUp && after !== revSum) this.#options.onSyncWanted();
    }, RECHECK_AFTER_MS);
  }

  /** The connection is gone. */
  pause(): void {
    this.#recheck();
    this.#engine.pause();
    this.#syncedAt = Number.NEGATIVE_INFINITY;
  }

  #pauseSince(syncedAt: number): Promise<void> {
    const { runtime } = this.#options;
    const ms = syncedAt + SYNC_PAUSE_MS - runtime.now();
    if (!(ms > 0)) return Promise.resolve();
    return new Promise((resolve) => void runtime.setTimer(resolve, ms));
  }
}
