import type { Kysely } from 'kysely';
import type { Schema } from '../../storage/schema';
import { isToSend, type ScheduledRow } from './sending-writes';

export class ScheduledRepository {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  ofUser(userId: number, id: number): Promise<ScheduledRow | undefined> {
    return this.#db
      .selectFrom('scheduled_messages')
      .selectAll()
      .where('user_id', '=', userId)
      .where('id', '=', id)
      .executeTakeFirst();
  }

  /** A user's, in the order of their times, after one. */
  page(
    userId: number,
    [sendAt, id]: readonly [sendAt: number, id: number],
    limit: number,
  ): Promise<ScheduledRow[]> {
    return this.#db
      .selectFrom('scheduled_messages')
      .selectAll()
      .where('user_id', '=', userId)
      .where(({ eb, refTuple, tuple }) => eb(refTuple('send_at', 'id'), '>', tuple(sendAt, id)))
      .orderBy('send_at')
      .orderBy('id')
      .limit(limit)
      .execute();
  }

  /** When the next one is to be tried; null when none waits. */
  async nextDue(): Promise<number | null> {
    const row = await this.#db
      .selectFrom('scheduled_messages')
      .select('due_at')
      .where(isToSend)
      .orderBy('due_at')
      .limit(1)
      .executeTakeFirst();
    return row?.due_at ?? null;
  }

  /** Whether a process that ended left some half sent. */
  async hasUnfinished(): Promise<boolean> {
    const row = await this.#db
      .selectFrom('scheduled_messages')
      .select('id')
      .where(isToSend)
      .where('status', '=', 'sending')
      .limit(1)
      .executeTakeFirst();
    return row !== undefined;
  }
}
