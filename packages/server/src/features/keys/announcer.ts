import { frame } from '../../lib/frame';
import type { Bus } from '../../realtime/bus';
import type { KeyRepository } from './repository';

/** People told at a time, before others have their turn. */
const AT_ONCE = 200;

export interface KeyAnnouncerDeps {
  keys: KeyRepository;
  bus: Bus;
  /** Everybody whom a user blocked or who blocked them. */
  apartFrom: (userId: number) => ReadonlySet<number> | Promise<ReadonlySet<number>>;
  /** Puts off work to the end of the loop's turn. */
  pause: () => Promise<void>;
  onError: (error: unknown) => void;
}

/** Tells those who may encrypt to a user that the user's keys are other ones. */
export class KeyAnnouncer {
  readonly #deps: KeyAnnouncerDeps;

  constructor(deps: KeyAnnouncerDeps) {
    this.#deps = deps;
  }

  /** Nobody waits for it: who misses it learns by the next answer `stale_epoch`. */
  changed(userId: number): void {
    this.#tell(userId).catch(this.#deps.onError);
  }

  async #tell(userId: number): Promise<void> {
    const { keys, bus, apartFrom, pause } = this.#deps;
    const [list, key, apart] = [
      await keys.list(userId),
      await keys.accountKey(userId),
      await apartFrom(userId),
    ];
    const told = frame('encryption.key_changed', {
      user_id: userId as never,
      version: key?.version ?? 0,
      list_version: list?.version ?? 0,
    });
    const confidants = await keys.confidants(userId);
    const reached = confidants.filter((one) => one.isEncrypted || !apart.has(one.userId));
    const people = [...new Set([userId, ...reached.map((one) => one.userId)])];
    for (let i = 0; i < people.length; i += AT_ONCE) {
      for (const id of people.slice(i, i + AT_ONCE)) {
        bus.publish({ kind: 'user', userId: id, frame: told });
      }
      await pause();
    }
  }
}
