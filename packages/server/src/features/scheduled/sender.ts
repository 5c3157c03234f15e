import { ConfabError, LIMITS } from '@confab/protocol';
import type { Clock } from '../../lib/clock';
import { DueTimer } from '../../lib/due-timer';
import type { Bus } from '../../realtime/bus';
import type { Committer } from '../../storage/committer';
import type { MessageService, Sent } from '../messages';
import type { UserDirectory } from '../users';
import { bodyOf } from './present';
import type { ScheduledRepository } from './repository';
import {
  claimScheduled,
  failScheduled,
  finishScheduled,
  postponeScheduled,
  releaseScheduled,
  type ScheduledRow,
  settleRepeated,
} from './sending-writes';
import { mediaUntil, tellScheduled } from './service';

export interface SenderDeps {
  clock: Clock;
  scheduled: ScheduledRepository;
  messages: MessageService;
  directory: UserDirectory;
  committer: Committer;
  bus: Bus;
  onError: (error: unknown) => void;
}

/** Messages taken at once. */
const BATCH = 500;
/** After this long another node takes over what one took and did not finish. */
const LEASE_MS = 30_000;
/** Until a message is tried again that could not be sent for the moment. */
const RETRY_MS = 1_000;

/**
 * Sends scheduled messages when their time comes, through the same service as any message: what is
 * allowed is decided then. Their `client_message_id` makes each one message, though the process may
 * die after it was sent and before it was taken off the list.
 */
export class ScheduledSender {
  readonly #deps: SenderDeps;
  readonly #timer: DueTimer;

  constructor(deps: SenderDeps) {
    this.#deps = deps;
    this.#timer = new DueTimer({ ...deps, run: () => this.#run() });
  }

  /** Begins with what fell due while no server ran. */
  async start(): Promise<void> {
    const { scheduled, committer } = this.#deps;
    if (await scheduled.hasUnfinished()) await committer.submit(releaseScheduled, null, 0);
    void this.#timer.run();
  }

  heed(at: number): void {
    this.#timer.heed(at);
  }

  stop(): Promise<void> {
    return this.#timer.stop();
  }

  async #run(): Promise<number | null> {
    const { scheduled, clock } = this.#deps;
    while (!this.#timer.isStopped) {
      const next = await scheduled.nextDue();
      if (next === null || next > clock.now()) return next;
      // What waits for an earlier one, or is just being taken by another node, waits a little.
      if ((await this.#sendDue()) === 0) return clock.now() + RETRY_MS;
    }
    return null;
  }

  /**
   * Chats do not wait for each other; in each, messages keep their order.
   * @returns how many were tried
   */
  async #sendDue(): Promise<number> {
    const now = this.#deps.clock.now();
    const claim = { now, until: now + LEASE_MS, limit: BATCH };
    const rows = await this.#deps.committer.submit(claimScheduled, claim, 0);
    const byChat = Map.groupBy(rows, (row) => row.chat_id);
    await Promise.all([...byChat.values()].map((inChat) => this.#sendInOrder(inChat)));
    return rows.length;
  }

  async #sendInOrder(rows: readonly ScheduledRow[]): Promise<void> {
    /** Whose messages wait: later ones must not overtake them. */
    const waiting = new Set<number>();
    for (const row of rows) {
      const sent = !waiting.has(row.user_id) && (await this.#send(row));
      if (!sent) {
        waiting.add(row.user_id);
        await this.#postpone(row);
      }
    }
  }

  /** @returns whether it is over with this message: it was sent, or never will be */
  async #send(row: ScheduledRow): Promise<boolean> {
    const { directory, messages } = this.#deps;
    let sent: Sent;
    try {
      const owner = await directory.get(row.user_id);
      if (!owner?.isActive) throw new ConfabError('account_inactive', 'The account is not active');
      ({ sent } = await messages.send(row.user_id, row.chat_id, bodyOf(row), false));
    } catch (error) {
      return this.#failed(row, error);
    }
    await (sent.duplicate ? this.#repeated(row, sent.id) : this.#finished(row));
    return true;
  }

  async #finished({ id, user_id: userId }: ScheduledRow): Promise<void> {
    const { committer, bus } = this.#deps;
    await committer.submit(finishScheduled, { id }, userId, () =>
      tellScheduled(bus, userId, id, null),
    );
  }

  async #repeated({ id, user_id: userId }: ScheduledRow, messageId: number): Promise<void> {
    const { committer, bus, clock } = this.#deps;
    const until = mediaUntil(clock.now());
    const input = { id, userId, messageId, keep: LIMITS.scheduledPerUser, mediaUntil: until };
    await committer.submit(settleRepeated, input, userId, (left) =>
      tellScheduled(bus, userId, id, left),
    );
  }

  async #failed(row: ScheduledRow, error: unknown): Promise<boolean> {
    const isRefused = error instanceof ConfabError && !error.temporary;
    if (!isRefused) {
      if (!(error instanceof ConfabError)) this.#deps.onError(error);
      return false;
    }
    const { id, user_id: userId } = row;
    const failure = { id, userId, code: error.code, detail: error.message };
    const until = mediaUntil(this.#deps.clock.now());
    const input = { ...failure, keep: LIMITS.scheduledPerUser, mediaUntil: until };
    await this.#deps.committer.submit(failScheduled, input, userId, (failed) =>
      tellScheduled(this.#deps.bus, userId, id, failed),
    );
    return true;
  }

  async #postpone({ id, user_id }: ScheduledRow): Promise<void> {
    const until = this.#deps.clock.now() + RETRY_MS;
    await this.#deps.committer.submit(postponeScheduled, { id, until }, user_id);
  }
}
