import type { Presence, UserId, UserSummary } from '@confab/protocol';

/** Who is there, as far as the server told it. */
export class PresenceBook {
  readonly #onChange: (presence: Presence) => void;
  readonly #known = new Map<UserId, Presence>();
  /** Who was heard of on this connection. */
  readonly #heard = new Set<UserId>();

  constructor(onChange: (presence: Presence) => void) {
    this.#onChange = onChange;
  }

  get(userId: UserId): Presence | undefined {
    return this.#known.get(userId);
  }

  take({ user_id, username, status, last_seen }: Presence): void {
    const presence = { user_id, username, status, last_seen };
    const before = this.#known.get(user_id);
    this.#known.set(user_id, presence);
    this.#heard.add(user_id);
    // Every connection tells of everybody; only what is another thing than before is news.
    if (before?.status === status && before.last_seen === last_seen) return;
    this.#onChange(presence);
  }

  /** What a description of somebody says: it may be older than what was heard of them. */
  takeUser({ id, username, is_online, last_seen }: UserSummary): void {
    if (this.#heard.has(id)) return;
    this.take({ user_id: id, username, status: is_online ? 'online' : 'offline', last_seen });
  }

  /** A connection begins: what was heard before it may be over. */
  online(): void {
    this.#heard.clear();
  }

  /** Whoever was online before this connection, and was not heard of on it, is not told of any more. */
  settle(): void {
    for (const presence of [...this.#known.values()]) {
      if (presence.status !== 'online' || this.#heard.has(presence.user_id)) continue;
      this.take({ ...presence, status: 'offline', last_seen: null });
    }
  }

  clear(): void {
    this.#known.clear();
    this.#heard.clear();
  }
}
