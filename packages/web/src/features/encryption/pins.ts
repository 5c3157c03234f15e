import { USER_KEYS } from '../../storage/leavings';

/**
 * The chats that are known to be encrypted, while the keys are not loaded yet: nothing may be sent to
 * them openly, whatever the server says of them.
 */
export class Pins {
  readonly #key: string;
  readonly #chats: Set<number>;

  constructor(userId: number) {
    this.#key = `${USER_KEYS.encrypted}.${userId}`;
    this.#chats = new Set(read(this.#key));
  }

  get isEmpty(): boolean {
    return this.#chats.size === 0;
  }

  has(chatId: number): boolean {
    return this.#chats.has(chatId);
  }

  add(chatIds: readonly number[]): void {
    const fresh = chatIds.filter((id) => !this.#chats.has(id));
    if (fresh.length === 0) return;
    // Another tab may have written meanwhile.
    for (const id of [...fresh, ...read(this.#key)]) this.#chats.add(id);
    localStorage.setItem(this.#key, JSON.stringify([...this.#chats]));
  }

  clear(): void {
    this.#chats.clear();
    localStorage.removeItem(this.#key);
  }
}

function read(key: string): number[] {
  const kept: unknown = JSON.parse(localStorage.getItem(key) ?? '[]');
  return Array.isArray(kept) ? kept.filter((id) => typeof id === 'number') : [];
}
