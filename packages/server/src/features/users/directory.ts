import type { User, UserSummary } from '@confab/protocol';
import { iso, isoOrNull } from '../../lib/clock';
import type { OnlineLeases } from '../../realtime/online';
import type { Sees } from '../privacy';
import type { PublicUserRow, UserRepository } from './repository';
import { asShown } from './shown';

const KEPT = 20_000;
const HIDDEN = { is_online: false, last_seen: null };

/** What the hot paths need to know of a user. */
export interface UserCard {
  readonly id: number;
  readonly username: string;
  readonly fullName: string | null;
  readonly avatarUrl: string | null;
  readonly lastSeen: number | null;
  readonly isActive: boolean;
}

/** Names of users, kept in memory: every frame carries one. */
export class UserDirectory {
  readonly #repository: UserRepository;
  readonly #online: OnlineLeases;
  readonly #cards = new Map<number, UserCard>();
  readonly #loading = new Map<number, Promise<UserCard | undefined>>();

  constructor(repository: UserRepository, online: OnlineLeases) {
    this.#repository = repository;
    this.#online = online;
  }

  /** What is in memory; `load` puts it there. */
  peek(userId: number): UserCard | undefined {
    return this.#cards.get(userId);
  }

  /** Whoever asks while it is loaded gets it in the order in which they asked. */
  async get(userId: number): Promise<UserCard | undefined> {
    return this.#cards.get(userId) ?? this.#loading.get(userId) ?? this.#load(userId);
  }

  #load(userId: number): Promise<UserCard | undefined> {
    const loading = this.many([userId])
      .then((found) => found.get(userId))
      .finally(() => this.#loading.delete(userId));
    this.#loading.set(userId, loading);
    return loading;
  }

  async many(userIds: Iterable<number>): Promise<Map<number, UserCard>> {
    const found = new Map<number, UserCard>();
    const missing: number[] = [];
    for (const id of new Set(userIds)) {
      const card = this.#cards.get(id);
      if (card) found.set(id, card);
      else missing.push(id);
    }
    for (let i = 0; i < missing.length; i += 500) {
      for (const row of await this.#repository.byIds(missing.slice(i, i + 500))) {
        found.set(row.id, this.#keep(row));
      }
    }
    return found;
  }

  #keep(stored: PublicUserRow): UserCard {
    const row = asShown(stored);
    const card: UserCard = {
      id: row.id,
      username: row.shown_name,
      fullName: row.full_name,
      avatarUrl: row.avatar_url,
      lastSeen: row.last_seen,
      isActive: row.is_active === 1,
    };
    if (this.#cards.size >= KEPT) this.#dropOldest();
    this.#cards.set(row.id, card);
    return card;
  }

  #dropOldest() {
    for (const id of this.#cards.keys()) {
      this.#cards.delete(id);
      return;
    }
  }

  /** Their profile changed, here or on another node. */
  forget(userId: number) {
    this.#cards.delete(userId);
  }

  seen(userId: number, at: number) {
    const card = this.#cards.get(userId);
    if (card?.isActive) this.#cards.set(userId, { ...card, lastSeen: at });
  }

  isOnline(userId: number): boolean {
    return this.#online.isOnline(userId);
  }

  /** @param sees whose presence the one who looks sees */
  summary(card: UserCard, sees: Sees): UserSummary {
    return {
      id: card.id as UserSummary['id'],
      username: card.username,
      full_name: card.fullName,
      avatar_url: card.avatarUrl,
      ...this.#presence(card.id, card.isActive, card.lastSeen, sees),
    };
  }

  /** @param sees whose presence the one who looks sees */
  presentUser(stored: PublicUserRow, sees: Sees): User {
    const row = asShown(stored);
    return {
      id: row.id as User['id'],
      username: row.shown_name,
      full_name: row.full_name,
      avatar_url: row.avatar_url,
      bio: row.is_active === 1 ? row.bio : null,
      is_active: row.is_active === 1,
      ...this.#presence(row.id, row.is_active === 1, row.last_seen, sees),
      public_key: row.is_active === 1 ? row.public_key : null,
      created_at: iso(row.created_at),
    };
  }

  #presence(userId: number, isActive: boolean, lastSeen: number | null, sees: Sees) {
    if (!isActive || !sees(userId)) return HIDDEN;
    return { is_online: this.isOnline(userId), last_seen: isoOrNull(lastSeen) };
  }
}
