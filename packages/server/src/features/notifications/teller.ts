import { ConfabError } from '@confab/protocol';
import type { Clock } from '../../lib/clock';
import type { Bus } from '../../realtime/bus';
import type { Committer } from '../../storage/committer';
import type { PushNotification } from '../push';
import { liveFrame, pushOf } from './present';
import type { NotificationReader } from './reader';
import type { NotificationRepository, ShownRow } from './repository';
import type { Decision } from './rules';
import { markTold, type Stored } from './writes';

/** Hands a notification to the user's devices. Resolves when that is done or given up. */
export type Push = (userId: number, notification: PushNotification) => Promise<void>;

/** Notifications that may be on their way at once before more are made. */
const MAX_UNDER_WAY = 2_000;
/** Pushes at once. */
const PUSHES = 32;
/** A push that takes longer is waited for no more. */
const PUSH_TIMEOUT_MS = 30_000;
/** A stop of the server waits so long for what is told. */
const FAREWELL_MS = 2_000;

export interface TellerDeps {
  clock: Clock;
  bus: Bus;
  committer: Committer;
  notifications: Pick<NotificationRepository, 'byIds'>;
  reader: Pick<NotificationReader, 'unreadCount'>;
  push: Push;
  /** Which of these users have a device that can be pushed to. */
  reachable: (userIds: readonly number[]) => Promise<ReadonlySet<number>>;
  onError: (error: unknown) => void;
}

/** What is stored, and who is to hear of it. */
export type Telling = Stored & Decision;

/**
 * Tells users of notifications that are stored: their connections at once, their devices by push.
 * A row counts as told when that is done, so that after a crash it is told again.
 */
export class Teller {
  readonly #deps: TellerDeps;
  readonly #underWay = new Set<number>();
  readonly #tasks = new Set<Promise<void>>();
  #stopped = false;
  #rooms: (() => void)[] = [];

  constructor(deps: TellerDeps) {
    this.#deps = deps;
  }

  isTelling(id: number): boolean {
    return this.#underWay.has(id);
  }

  /** Those that are being told at this moment. */
  underWay(): ReadonlySet<number> {
    return new Set(this.#underWay);
  }

  /** Resolves when few enough are on their way. */
  room(): Promise<void> {
    if (this.#underWay.size < MAX_UNDER_WAY) return Promise.resolve();
    return new Promise((resolve) => this.#rooms.push(resolve));
  }

  /** Begins to tell; whoever told the database of these rows need not wait for it. */
  tell(chatId: number, tellings: readonly Telling[]): void {
    const due = tellings;
    if (due.length === 0) return;
    for (const { id } of due) this.#underWay.add(id);
    const task = this.#tell(chatId, due)
      .catch((error) => this.#failed(error))
      .finally(() => this.#done(due));
    this.#tasks.add(task);
    void task.finally(() => this.#tasks.delete(task));
  }

  /** What could not be told is told after the next start. */
  #failed(error: unknown) {
    const isBusy = error instanceof ConfabError && error.code === 'overloaded';
    if (!this.#stopped && !isBusy) this.#deps.onError(error);
  }

  /** Waits a little for what is on its way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    const tooLong = Promise.withResolvers<void>();
    const cancel = this.#deps.clock.after(FAREWELL_MS, tooLong.resolve);
    await Promise.race([Promise.all(this.#tasks), tooLong.promise]);
    cancel();
  }

  #done(due: readonly Telling[]) {
    for (const { id } of due) this.#underWay.delete(id);
    if (this.#underWay.size >= MAX_UNDER_WAY) return;
    for (const resolve of this.#rooms.splice(0)) resolve();
  }

  async #tell(chatId: number, due: readonly Telling[]): Promise<void> {
    const rows = await this.#deps.notifications.byIds(due.map(({ id }) => id));
    const byId = new Map(rows.map((row) => [row.id, row]));
    const shown = (wanted: readonly Telling[]) =>
      wanted.flatMap(({ id }) => byId.get(id) ?? []).filter((row) => row.standing === 'unread');
    for (const row of shown(due.filter(({ live }) => live))) {
      this.#deps.bus.publish({ kind: 'user', userId: row.user_id, frame: liveFrame(row) });
    }
    await this.#pushAll(shown(due.filter(({ push }) => push)));
    const told = due.map(({ id, messages }) => ({ id, messages }));
    await this.#deps.committer.submit(markTold, { rows: told }, chatId);
  }

  async #pushAll(rows: readonly ShownRow[]): Promise<void> {
    const { reachable } = this.#deps;
    // In a large group most have none: they cost one question in all.
    const users = await reachable(rows.map((row) => row.user_id));
    const left = rows.filter((row) => users.has(row.user_id));
    const work = async () => {
      for (let row = left.pop(); row; row = left.pop()) {
        await this.#push(row);
      }
    };
    await Promise.all(Array.from({ length: Math.min(PUSHES, left.length) }, work));
  }

  async #push(row: ShownRow): Promise<void> {
    const badge = Math.max(1, await this.#deps.reader.unreadCount(row.user_id));
    const tooLong = Promise.withResolvers<void>();
    const cancel = this.#deps.clock.after(PUSH_TIMEOUT_MS, tooLong.resolve);
    const pushed = this.#deps.push(row.user_id, pushOf(row, badge));
    await Promise.race([pushed, tooLong.promise]).catch(this.#deps.onError).finally(cancel);
  }
}
