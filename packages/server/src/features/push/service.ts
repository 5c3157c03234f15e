import type { PushRecord } from '@confab/protocol';
import type { Clock } from '../../lib/clock';
import type { Logger } from '../../observability/log';
import type { Committer } from '../../storage/committer';
import { DeliveryQueue, type End, type Job, type Outdated, QUEUE_LIMITS } from './delivery-queue';
import type { Journal } from './journal';
import { pushLog, whyNoPush } from './log';
import { readPayload, writePayload } from './payload';
import {
  type Delivery,
  type Device,
  type DeviceKind,
  deliver,
  isServed,
  notSetUp,
  type Providers,
  type PushNotification,
  type Unworded,
  type Worded,
} from './provider';
import type { PushRepository, QueueRow, RegisteredDevice } from './repository';
import { RETRY } from './retry';
import { inWords, nameOf, notSent } from './words';
import { acceptPushes, removeSubscription, removeToken } from './writes';

interface PushJob extends Job {
  /** Of the stored queue. */
  readonly id: number;
  readonly sessionId: number;
  readonly kind: DeviceKind;
  readonly notification: Unworded;
  /** The device's name, once it was looked up. */
  device: string | null;
}

export interface PushDeps {
  clock: Clock;
  random: () => number;
  repository: PushRepository;
  committer: Committer;
  providers: Providers;
  journal: Journal;
  log: Logger;
  worded: Worded;
}

/** Of dropped notifications one line a minute is logged; the metric counts them all. */
const DROP_LOG_MS = 60_000;
/** For so long, and for so many, the reasons that were noted are remembered. */
const NOTE_MS = 60_000;
const MAX_NOTES = 50_000;

/** Notifies the devices of users who are not connected, and keeps a record of it. */
export class PushService {
  readonly #deps: PushDeps;
  readonly #queue: DeliveryQueue<PushJob>;
  /** Notifications by how they ended, since the start. */
  readonly outcomes = new Map<End['kind'], number>();
  #notes = { until: 0, seen: new Set<string>() };
  #dropsLoggedAt = Number.NEGATIVE_INFINITY;

  constructor(deps: PushDeps) {
    this.#deps = deps;
    this.#queue = new DeliveryQueue({
      clock: deps.clock,
      random: deps.random,
      attempt: (job) => this.#attempt(job),
      done: (job, end) => this.#done(job, end),
    });
  }

  /** Notifications on their way. */
  get queued(): number {
    return this.#queue.size;
  }

  /** Which of these users have a device: the others need not be sent anything. */
  reachable(userIds: readonly number[]): Promise<ReadonlySet<number>> {
    return this.#deps.repository.reachable(userIds, this.#deps.clock.now());
  }

  /**
   * Takes a notification for all devices of a user. Once this resolves it is stored, and is sent
   * even if the server dies; what becomes of it is in the log.
   * @throws ConfabError `overloaded` when it could not be stored
   */
  async send(userId: number, notification: Unworded): Promise<void> {
    const { repository, committer, clock } = this.#deps;
    const at = clock.now();
    const devices = await repository.devicesOf(userId, at);
    const { notificationId } = notification;
    if (devices.length === 0) return this.note(userId, notificationId, 'no device registered');
    const served = devices.filter((each) => this.#isServed(each, notificationId));
    if (served.length === 0) return;
    const targets = served.map(({ device: { sessionId, kind } }) => ({ sessionId, kind }));
    const payload = writePayload(notification);
    const input = { userId, devices: targets, payload, at };
    const stored = await committer.submit(acceptPushes, input, userId);
    for (const row of stored) this.#queue.add(jobOf({ ...row, userId, at }, notification));
  }

  #isServed({ device }: RegisteredDevice, notificationId: number): boolean {
    if (isServed(this.#deps.providers, device.kind)) return true;
    const { why } = notSetUp(device.kind);
    const isRepeated = this.#isRepeated(`session ${device.sessionId} ${why}`);
    if (!isRepeated) this.record(device, notificationId, notSent(why));
    return false;
  }

  /**
   * Records why a user was sent nothing: "user was connected", "muted", "quiet hours" … The same
   * reason is written once a minute for a user, as every message to a large group may bring hundreds.
   */
  note(userId: number, notificationId: number | null, reason: string): void {
    if (this.#isRepeated(`user ${userId} ${reason}`)) return;
    const at = this.#deps.clock.now();
    this.#deps.journal.add({ userId, notificationId, device: null, outcome: notSent(reason), at });
  }

  #isRepeated(note: string): boolean {
    const at = this.#deps.clock.now();
    if (at >= this.#notes.until || this.#notes.seen.size >= MAX_NOTES) {
      this.#notes = { until: at + NOTE_MS, seen: new Set() };
    }
    if (this.#notes.seen.has(note)) return true;
    this.#notes.seen.add(note);
    return false;
  }

  /** A line of the log about a device. */
  record(device: Device, notificationId: number | null, outcome: string): void {
    const { journal, clock } = this.#deps;
    const { userId } = device;
    journal.add({ userId, notificationId, device: nameOf(device), outcome, at: clock.now() });
  }

  /** What became of a user's latest notifications, the newest first. For administrators. */
  async explain(userId: number): Promise<PushRecord[]> {
    await this.#deps.journal.flush();
    return pushLog(this.#deps.repository, userId);
  }

  /** The same in lines, for people. */
  async whyNoPush(userId: number): Promise<string[]> {
    const { journal, repository, clock } = this.#deps;
    await journal.flush();
    return whyNoPush(repository, userId, clock.now());
  }

  /** Takes up what the server before this one left. */
  async resume(): Promise<void> {
    const rows = await this.#deps.repository.queued(2 * QUEUE_LIMITS.waiting.inAll);
    for (const row of rows) this.#resume(row);
  }

  #resume(row: QueueRow) {
    const { id, user_id: userId, session_id: sessionId, kind, created_at: at } = row;
    const notification = readPayload(row.payload);
    if (!notification) return this.#forget(row);
    const job = jobOf({ id, userId, sessionId, kind, at }, notification);
    if (this.#deps.clock.now() - at <= RETRY.ageMs) return this.#queue.add(job);
    this.#done(job, { kind: 'given_up', why: 'The server was stopped for too long.' });
  }

  #forget({ id, user_id: userId }: QueueRow) {
    const outcome = 'given up: It was stored by another version of the server.';
    const at = this.#deps.clock.now();
    this.#deps.journal.add({ userId, notificationId: null, device: null, outcome, at }, id);
  }

  /** One attempt, on the device as it is registered by now. */
  async #attempt(job: PushJob): Promise<Delivery | Outdated> {
    const { repository, clock, log, worded } = this.#deps;
    try {
      const found = await repository.device(job.sessionId, job.kind, clock.now());
      if (!found) return { kind: 'gone', why: 'The device signed out meanwhile.' };
      job.device = nameOf(found.device);
      const notification = await worded(job.userId, job.notification);
      if (!notification) return { kind: 'outdated', why: 'it was read or deleted meanwhile' };
      return await this.deliver(found.device, notification);
    } catch (error) {
      log.error({ err: error }, 'A notification could not be pushed');
      return { kind: 'try_again', why: 'Something failed in this server.' };
    }
  }

  /** One attempt on a device, which is removed if it is gone. */
  async deliver(device: Device, notification: PushNotification): Promise<Delivery> {
    const delivery = await deliver(this.#deps.providers, device, notification);
    if (delivery.kind === 'gone') await this.#remove(device);
    return delivery;
  }

  async #remove(device: Device): Promise<void> {
    const { userId, sessionId } = device;
    switch (device.kind) {
      case 'firebase': {
        const { token } = device;
        await this.#deps.committer.submit(removeToken, { sessionId, token }, userId);
        return;
      }
      case 'web_push': {
        const { endpoint } = device;
        await this.#deps.committer.submit(
          removeSubscription,
          { userId, sessionId, endpoint },
          userId,
        );
      }
    }
  }

  #done(job: PushJob, end: End) {
    const { journal, clock } = this.#deps;
    const { userId, notification, device } = job;
    const { notificationId } = notification;
    const entry = { userId, notificationId, device, outcome: inWords(end), at: clock.now() };
    journal.add(entry, job.id);
    this.outcomes.set(end.kind, (this.outcomes.get(end.kind) ?? 0) + 1);
    this.#logEnd(job, end);
  }

  /** Operators hear of what they can mend. Never of tokens or texts. */
  #logEnd({ userId, kind, attempts }: PushJob, end: End) {
    const { log, clock } = this.#deps;
    if (end.kind === 'refused' || end.kind === 'given_up') {
      log.warn({ user_id: userId, kind, attempts, why: end.why }, 'A notification was not pushed');
    }
    if (end.kind !== 'dropped' || clock.now() - this.#dropsLoggedAt < DROP_LOG_MS) return;
    this.#dropsLoggedAt = clock.now();
    log.warn({ waiting: this.#queue.size }, 'Notifications are dropped: too many are waiting');
  }

  /** Breaks off what is under way; it is taken up at the next start. */
  async close(): Promise<void> {
    const { providers, journal } = this.#deps;
    const closed = this.#queue.close();
    await Promise.all([providers.firebase?.close(), providers.web_push?.close()]);
    await closed;
    await journal.flush();
  }
}

function jobOf(
  stored: { id: number; userId: number; sessionId: number; kind: DeviceKind; at: number },
  notification: Unworded,
): PushJob {
  const { kind, sessionId } = stored;
  const { type, chatId, notificationId } = notification;
  const subject = chatId === null ? `${notificationId}` : `${type} ${chatId}`;
  return {
    ...stored,
    lane: `${kind} ${sessionId}`,
    takenBy: kind,
    subject,
    notification,
    device: null,
    attempts: 0,
  };
}
