import type { MemberRole } from '../membership/entry';
import type { SealedStore } from './sealed-store';

/**
 * What this device's user wanted to change of a chat's members. It is written down before the server
 * hears of it, so that after a crash in between the log gets exactly what was wanted and never what
 * the server claims.
 */
export type Intent =
  | { readonly action: 'create'; readonly members: readonly number[]; readonly share: boolean }
  | { readonly action: 'add'; readonly user: number; readonly role: 'admin' | 'member' }
  | { readonly action: 'remove'; readonly user: number }
  | { readonly action: 'role'; readonly user: number; readonly role: MemberRole }
  | { readonly action: 'leave' };

/** The names under which intents are kept begin so; the chat's number follows. */
export const INTENTS = 'intents/';

/** The intents of one chat, oldest first. */
export class Intents {
  readonly #store: SealedStore;
  readonly #name: string;

  constructor(store: SealedStore, chat: number) {
    this.#store = store;
    this.#name = INTENTS + chat;
  }

  async all(): Promise<readonly Intent[]> {
    return ((await this.#store.get(this.#name)) as Intent[] | undefined) ?? [];
  }

  /** Whether somebody shall be in or out is what was wanted last. */
  add(intent: Intent): Promise<void> {
    return this.#change((all) => [...all.filter((one) => !isSettled(one, intent)), intent]);
  }

  done(intent: Intent): Promise<void> {
    const text = JSON.stringify(intent);
    return this.#change((all) => all.filter((one) => JSON.stringify(one) !== text));
  }

  /** One change after the other, those of other tabs too: two at once must not overwrite each other. */
  #change(change: (all: readonly Intent[]) => readonly Intent[]): Promise<void> {
    return this.#store.exclusively(this.#name, async () => this.#keep(change(await this.all())));
  }

  #keep(intents: readonly Intent[]): Promise<void> {
    if (intents.length === 0) return this.#store.remove(this.#name);
    return this.#store.put(this.#name, intents);
  }
}

/** Whether a later intent leaves nothing of an earlier one. */
function isSettled(earlier: Intent, later: Intent): boolean {
  if (later.action !== 'add' && later.action !== 'remove') return false;
  return 'user' in earlier && earlier.user === later.user;
}
