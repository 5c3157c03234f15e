import type { BusMessage } from '../../realtime/bus';
import type { PrivacyRepository } from './repository';
import { UserSets } from './user-sets';

/** Users and blocks held at most. */
const KEPT = 500_000;

/**
 * Between whom there is a block, whoever of the two set it. In memory for the users at hand, kept in
 * step by the bus: those whose blocks change are read again when next asked for.
 */
export class Blocks {
  readonly #sets: UserSets;

  constructor(repository: Pick<PrivacyRepository, 'apartFrom'>) {
    this.#sets = new UserSets((userId) => repository.apartFrom(userId), KEPT);
  }

  /** At once when the blocks of either one are in memory. */
  between(userId: number, otherId: number): boolean | Promise<boolean> {
    const known = this.#sets.peek(userId)?.has(otherId) ?? this.#sets.peek(otherId)?.has(userId);
    return known ?? this.#between(userId, otherId);
  }

  async #between(userId: number, otherId: number): Promise<boolean> {
    return (await this.#sets.of(userId)).has(otherId);
  }

  /** Everybody whom the user blocked or who blocked the user; at once when it is in memory. */
  of(userId: number): ReadonlySet<number> | Promise<ReadonlySet<number>> {
    return this.#sets.of(userId);
  }

  /** Undefined when it is not in memory. */
  peek(userId: number): ReadonlySet<number> | undefined {
    return this.#sets.peek(userId);
  }

  /** Takes into memory what is not there. */
  async load(userIds: Iterable<number>): Promise<void> {
    const missing = [...new Set(userIds)].filter((userId) => !this.#sets.peek(userId));
    if (missing.length > 0) await Promise.all(missing.map((userId) => this.#sets.of(userId)));
  }

  follow(message: BusMessage): void {
    if (message.kind !== 'block') return;
    this.#sets.forget(message.userId);
    this.#sets.forget(message.otherId);
  }
}
