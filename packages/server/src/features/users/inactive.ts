import type { BusMessage } from '../../realtime/bus';
import type { UserRepository } from './repository';

/**
 * Whose accounts are deactivated or erased: nobody waits for them to read what is sent. They are
 * few, and all of them are in memory.
 */
export class InactiveUsers {
  readonly #repository: Pick<UserRepository, 'inactive'>;
  readonly #ids = new Set<number>();
  /** While they are being read: whose account changed meanwhile. */
  #changed: Set<number> | undefined;

  constructor(repository: Pick<UserRepository, 'inactive'>) {
    this.#repository = repository;
  }

  /** Must have run before anybody is answered. */
  async load(): Promise<void> {
    const changed = new Set<number>();
    this.#changed = changed;
    for (const id of await this.#repository.inactive()) if (!changed.has(id)) this.#ids.add(id);
    this.#changed = undefined;
  }

  has(userId: number): boolean {
    return this.#ids.has(userId);
  }

  follow(message: BusMessage): void {
    if (message.kind !== 'profile' || message.active === undefined) return;
    this.#changed?.add(message.userId);
    if (message.active) this.#ids.delete(message.userId);
    else this.#ids.add(message.userId);
  }
}
