import type { Clock } from '../lib/clock';

export type OnlineListener = (userId: number, online: boolean, lastSeen: number | null) => void;

/**
 * Who is online, as leases in memory: a user is online from their first connection until a grace
 * after their last one closed, so that a reload or a change of network shows nobody a flicker.
 */
export class OnlineLeases {
  readonly #clock: Clock;
  readonly #graceMs: number;
  readonly #online = new Set<number>();
  readonly #leaving = new Map<number, () => void>();
  readonly #listeners: OnlineListener[] = [];

  constructor(clock: Clock, graceMs = 10_000) {
    this.#clock = clock;
    this.#graceMs = graceMs;
  }

  onChange(listener: OnlineListener) {
    this.#listeners.push(listener);
  }

  isOnline(userId: number): boolean {
    return this.#online.has(userId);
  }

  everyone(): Iterable<number> {
    return this.#online;
  }

  connected(userId: number) {
    this.#leaving.get(userId)?.();
    this.#leaving.delete(userId);
    if (this.#online.has(userId)) return;
    this.#online.add(userId);
    this.#tell(userId, true, null);
  }

  /** @param at when the last connection closed, in milliseconds since 1970 */
  disconnected(userId: number, at: number) {
    this.#leaving.get(userId)?.();
    const cancel = this.#clock.after(this.#graceMs, () => {
      this.#gone(userId, at);
    });
    this.#leaving.set(userId, cancel);
  }

  /** The account is no more: there is nobody left to come back. */
  drop(userId: number, at: number) {
    this.#leaving.get(userId)?.();
    this.#gone(userId, at);
  }

  #gone(userId: number, at: number) {
    this.#leaving.delete(userId);
    if (this.#online.delete(userId)) this.#tell(userId, false, at);
  }

  #tell(userId: number, online: boolean, lastSeen: number | null) {
    for (const listener of this.#listeners) listener(userId, online, lastSeen);
  }
}
