import { ConfabError } from '@confab/protocol';
import type { SessionRepository } from './repository';

const KEPT = 100_000;

/**
 * Which sessions live, in memory, so that a check costs no query. The bus says when one ends.
 */
export class LivingSessions {
  readonly #repository: SessionRepository;
  readonly #alive = new Map<number, number>();
  readonly #ended = new Set<number>();

  constructor(repository: SessionRepository) {
    this.#repository = repository;
  }

  /** @throws ConfabError `session_revoked` or `account_inactive` */
  async check(sessionId: number, userId: number): Promise<void> {
    if (this.#alive.get(sessionId) === userId) return;
    const row = await this.#repository.alive(sessionId);
    // It may have ended while the query ran.
    if (row?.user_id !== userId || this.#ended.has(sessionId)) {
      throw new ConfabError('session_revoked', 'This session has ended. Sign in again.');
    }
    if (row.is_active !== 1) {
      throw new ConfabError('account_inactive', 'This account is deactivated.');
    }
    this.#keep(sessionId, userId);
  }

  #keep(sessionId: number, userId: number) {
    if (this.#alive.size >= KEPT) this.#alive.clear();
    this.#alive.set(sessionId, userId);
  }

  ended(sessionId: number) {
    this.#alive.delete(sessionId);
    if (this.#ended.size >= KEPT) this.#ended.clear();
    this.#ended.add(sessionId);
  }
}
