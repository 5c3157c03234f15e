import type { Kysely, Selectable } from 'kysely';
import { prepared } from '../../storage/prepared';
import type { Schema } from '../../storage/schema';
import { SPENT } from './writes';

export type SessionRow = Selectable<Schema['sessions']>;

/** Where a page of sessions ended. */
export type SessionPosition = readonly [createdAt: number, id: number];

export class SessionRepository {
  readonly #db: Kysely<Schema>;
  readonly #alive: ReturnType<typeof aliveQuery>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
    this.#alive = aliveQuery(db);
  }

  /** The session's user and whether that account is active; undefined once it has ended. */
  async alive(id: number): Promise<{ user_id: number; is_active: number } | undefined> {
    return (await this.#alive({ id }))[0];
  }

  /** Newest first. */
  ofUser(
    userId: number,
    before: SessionPosition | undefined,
    limit: number,
  ): Promise<SessionRow[]> {
    return this.#db
      .selectFrom('sessions')
      .selectAll()
      .where('user_id', '=', userId)
      .where('generation', '<>', SPENT)
      .$if(before !== undefined, (query) =>
        query.where(({ eb, refTuple, tuple }) =>
          eb(refTuple('created_at', 'id'), '<', tuple(...(before as SessionPosition))),
        ),
      )
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .limit(limit)
      .execute();
  }
}

const aliveQuery = (db: Kysely<Schema>) =>
  prepared(db, (read, p: { id: number }) =>
    read
      .selectFrom('sessions')
      .innerJoin('users', 'users.id', 'sessions.user_id')
      .select(['sessions.user_id', 'users.is_active'])
      .where('sessions.id', '=', p.id)
      .where('sessions.generation', '<>', SPENT),
  );
