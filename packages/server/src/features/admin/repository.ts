import type { AdminUserQuery } from '@confab/protocol';
import { type Kysely, type Selectable, sql } from 'kysely';
import { fold } from '../../lib/fold';
import type { Schema } from '../../storage/schema';
import { SPENT } from '../auth/writes';

const ACCOUNT = [
  'id',
  'username',
  'email',
  'full_name',
  'is_active',
  'server_role',
  'last_seen',
  'created_at',
  'erased_at',
] as const;

export type AccountRow = Pick<Selectable<Schema['users']>, (typeof ACCOUNT)[number]>;

export class AccountRepository {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  byId(id: number): Promise<AccountRow | undefined> {
    return this.#db.selectFrom('users').select(ACCOUNT).where('id', '=', id).executeTakeFirst();
  }

  byName(username: string): Promise<AccountRow | undefined> {
    return this.#db
      .selectFrom('users')
      .select(ACCOUNT)
      .where('username', '=', username)
      .where('erased_at', 'is', null)
      .executeTakeFirst();
  }

  /** In the order in which they registered. */
  page(
    filter: Pick<AdminUserQuery, 'q' | 'state' | 'server_role'>,
    after: number,
    limit: number,
  ): Promise<AccountRow[]> {
    const { q, state, server_role } = filter;
    let query = this.#db.selectFrom('users').select(ACCOUNT).where('id', '>', after);
    if (q !== undefined) query = query.where(matches(q));
    if (server_role !== undefined) query = query.where('server_role', '=', server_role);
    if (state === 'erased') query = query.where('erased_at', 'is not', null);
    else if (state !== undefined) {
      query = query
        .where('erased_at', 'is', null)
        .where('is_active', '=', state === 'active' ? 1 : 0);
    }
    return query.orderBy('id').limit(limit).execute();
  }

  async counts(userId: number): Promise<{ sessions: number; chats: number }> {
    const sessions = await this.#db
      .selectFrom('sessions')
      .select(({ fn }) => fn.countAll<number>().as('n'))
      .where('user_id', '=', userId)
      .where('generation', '<>', SPENT)
      .executeTakeFirstOrThrow();
    const chats = await this.#db
      .selectFrom('chat_members')
      .select(({ fn }) => fn.countAll<number>().as('n'))
      .where('user_id', '=', userId)
      .where('left_at', 'is', null)
      .executeTakeFirstOrThrow();
    return { sessions: Number(sessions.n), chats: Number(chats.n) };
  }

  async isAdmin(userId: number): Promise<boolean> {
    const row = await this.#db
      .selectFrom('users')
      .select('id')
      .where('id', '=', userId)
      .where('server_role', '=', 'admin')
      .where('is_active', '=', 1)
      .executeTakeFirst();
    return row !== undefined;
  }
}

/** The beginning of a username, of an e-mail address, or of a word of the full name. */
function matches(q: string) {
  const begins = `${fold(q.trim()).replace(/[\\%_]/g, '\\$&')}%`;
  return sql<boolean>`(username like ${begins} escape '\\' or email like ${begins} escape '\\'
    or search_name like ${begins} escape '\\' or search_name like ${`% ${begins}`} escape '\\')
    and erased_at is null`;
}
