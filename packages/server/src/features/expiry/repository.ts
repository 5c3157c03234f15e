import type { Kysely } from 'kysely';
import { prepared } from '../../storage/prepared';
import type { Schema } from '../../storage/schema';
import { RETENTION_MARK } from './writes';

export interface ErasableMessage {
  id: number;
  chat_id: number;
  sender_id: number;
}

export interface AgedMessage extends ErasableMessage {
  created_at: number;
  is_deleted: number;
  content_type: string;
}

function queries(db: Kysely<Schema>) {
  return {
    expired: prepared(db, (read, p: { now: number; limit: number }) =>
      read
        .selectFrom('messages')
        .select(['id', 'chat_id', 'sender_id'])
        .where('expires_at', '<=', p.now)
        .where('is_deleted', '=', 0)
        .orderBy('expires_at')
        .limit(p.limit),
    ),

    next: prepared(db, (read) =>
      read
        .selectFrom('messages')
        .select('expires_at')
        .where('expires_at', 'is not', null)
        .where('is_deleted', '=', 0)
        .orderBy('expires_at')
        .limit(1),
    ),

    after: prepared(db, (read, p: { id: number; limit: number }) =>
      read
        .selectFrom('messages')
        .select(['id', 'chat_id', 'sender_id', 'created_at', 'is_deleted', 'content_type'])
        .where('id', '>', p.id)
        .orderBy('id')
        .limit(p.limit),
    ),

    mark: prepared(db, (read) =>
      read.selectFrom('meta').select('value').where('key', '=', RETENTION_MARK),
    ),
  };
}

export class ExpiryRepository {
  readonly #queries: ReturnType<typeof queries>;

  constructor(db: Kysely<Schema>) {
    this.#queries = queries(db);
  }

  /** Messages whose time is over, the longest overdue first. */
  expired(now: number, limit: number): Promise<ErasableMessage[]> {
    return this.#queries.expired({ now, limit });
  }

  /** When the next message expires. */
  async nextExpiry(): Promise<number | null> {
    return (await this.#queries.next({}))[0]?.expires_at ?? null;
  }

  /** Messages after one, in the order in which they were sent. */
  after(id: number, limit: number): Promise<AgedMessage[]> {
    return this.#queries.after({ id, limit });
  }

  /** Up to which message retention has come. */
  async retentionMark(): Promise<number> {
    return Number((await this.#queries.mark({}))[0]?.value ?? 0);
  }
}
