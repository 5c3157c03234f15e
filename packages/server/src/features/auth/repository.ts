import type { Kysely, Selectable } from 'kysely';
import type { Schema } from '../../storage/schema';

export type SessionRow = Selectable<Schema['sessions']>;

export class SessionRepository {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  /** The session's user and whether that account is active; undefined once it has ended. */
  alive(sessionId: number): Promise<{ user_id: number; is_active: number } | undefined> {
    return this.#db
      .selectFrom('sessions')
      .innerJoin('users', 'users.id', 'sessions.user_id')
      .select(['sessions.user_id', 'users.is_active'])
      .where('sessions.id', '=', sessionId)
      .executeTakeFirst();
  }

  /** Newest first. */
  ofUser(userId: number, before: number | undefined, limit: number): Promise<SessionRow[]> {
    return this.#db
      .selectFrom('sessions')
      .selectAll()
      .where('user_id', '=', userId)
      .$if(before !== undefined, (query) => query.where('id', '<', before as number))
      .orderBy('id', 'desc')
      .limit(limit)
      .execute();
  }
}
