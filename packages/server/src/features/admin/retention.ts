import type { Kysely } from 'kysely';
import type { Committer } from '../../storage/committer';
import type { Schema } from '../../storage/schema';
import type { Operator } from '../audit';
import { RETENTION_KEY, setRetention } from './writes';

const DAY_MS = 86_400_000;

/** How long messages are kept. Held in memory, and changed with every change of the setting. */
export class Retention {
  readonly #committer: Committer;
  readonly #now: () => number;
  #days: number | null;

  private constructor(committer: Committer, now: () => number, days: number | null) {
    this.#committer = committer;
    this.#now = now;
    this.#days = days;
  }

  static async load(
    db: Kysely<Schema>,
    committer: Committer,
    now: () => number,
  ): Promise<Retention> {
    const row = await db
      .selectFrom('meta')
      .select('value')
      .where('key', '=', RETENTION_KEY)
      .executeTakeFirst();
    return new Retention(committer, now, row ? Number(row.value) : null);
  }

  get days(): number | null {
    return this.#days;
  }

  /** Messages older than this are to be erased; null: none are. */
  retentionMs(): number | null {
    return this.#days === null ? null : this.#days * DAY_MS;
  }

  async set(operator: Operator, days: number | null): Promise<void> {
    const input = { operator, at: this.#now(), days };
    await this.#committer.submit(setRetention, input, 0, () => {
      this.#days = days;
    });
  }
}
