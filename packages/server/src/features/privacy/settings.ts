import type { BusMessage, ShownTo } from '../../realtime/bus';
import type { PrivacyRepository } from './repository';
import { isOpen, letsBeRead, OPEN } from './rules';

/**
 * Who shows what to whom. Everybody who hides something is in memory, all the time: most hide
 * nothing, and for them a question costs a look into a map.
 */
export class PrivacySettings {
  readonly #repository: Pick<PrivacyRepository, 'allSettings'>;
  readonly #restricted = new Map<number, ShownTo>();
  /** While settings are being read: who changed theirs meanwhile. */
  #changed: Set<number> | undefined;

  /** Whether an account is deactivated or erased: what it hid holds nobody up. */
  readonly #isInactive: (userId: number) => boolean;

  constructor(
    repository: Pick<PrivacyRepository, 'allSettings'>,
    isInactive: (userId: number) => boolean = () => false,
  ) {
    this.#repository = repository;
    this.#isInactive = isInactive;
  }

  /** Must have run before anybody is answered, and again whenever the bus may have missed something. */
  async load(): Promise<void> {
    const changed = new Set<number>();
    this.#changed = changed;
    const rows = await this.#repository.allSettings();
    for (const userId of [...this.#restricted.keys()]) {
      if (!changed.has(userId)) this.#restricted.delete(userId);
    }
    for (const { userId, ...shownTo } of rows) {
      if (!changed.has(userId)) this.#set(userId, shownTo);
    }
    this.#changed = undefined;
  }

  #set(userId: number, shownTo: ShownTo) {
    if (isOpen(shownTo)) this.#restricted.delete(userId);
    else this.#restricted.set(userId, shownTo);
  }

  of(userId: number): ShownTo {
    return this.#restricted.get(userId) ?? OPEN;
  }

  /** Whether everybody shows everything to everyone. */
  get areAllOpen(): boolean {
    return this.#restricted.size === 0;
  }

  /** Whether messages of a chat may be called read: see `letsBeRead`. */
  letBeRead(chatType: 'direct' | 'group', members: ReadonlyMap<number, unknown>): boolean {
    const lets = (userId: number) =>
      letsBeRead(chatType, this.of(userId).readReceipts) || this.#isInactive(userId);
    if (this.#restricted.size < members.size) {
      for (const userId of this.#restricted.keys()) {
        if (members.has(userId) && !lets(userId)) return false;
      }
      return true;
    }
    for (const userId of members.keys()) if (!lets(userId)) return false;
    return true;
  }

  follow(message: BusMessage): void {
    if (message.kind !== 'privacy') return;
    this.#changed?.add(message.userId);
    this.#set(message.userId, message.after);
  }
}
