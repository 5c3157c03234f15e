import type { Kysely, Selectable } from 'kysely';
import { sql } from 'kysely';
import { fold } from '../../lib/fold';
import { among, prepared } from '../../storage/prepared';
import type { Schema } from '../../storage/schema';

export type UserRow = Selectable<Schema['users']>;
/** A user without what only signing in needs. */
export type PublicUserRow = Omit<
  UserRow,
  'password_hash' | 'email' | 'search_name' | 'server_role' | 'erased_at'
>;

const PUBLIC = [
  'id',
  'username',
  'full_name',
  'avatar_url',
  'bio',
  'public_key',
  'is_active',
  'last_seen',
  'created_at',
  'shown_name',
] as const;

export class UserRepository {
  readonly #db: Kysely<Schema>;
  readonly #byIds: ReturnType<typeof byIdsQuery>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
    this.#byIds = byIdsQuery(db);
  }

  byId(id: number): Promise<UserRow | undefined> {
    return this.#db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst();
  }

  byIds(ids: readonly number[]): Promise<PublicUserRow[]> {
    return ids.length === 0 ? Promise.resolve([]) : this.#byIds({ ids });
  }

  /** @param login a username or an email address, in lower case */
  byLogin(login: string): Promise<UserRow | undefined> {
    const column = login.includes('@') ? 'email' : 'username';
    return this.#db
      .selectFrom('users')
      .selectAll()
      .where(column, '=', login)
      .where('erased_at', 'is', null)
      .executeTakeFirst();
  }

  /** The push token that was registered last on any of the user's sessions. */
  async deviceToken(userId: number): Promise<string | null> {
    const row = await this.#db
      .selectFrom('sessions')
      .select('device_token')
      .where('user_id', '=', userId)
      .where('device_token', 'is not', null)
      .orderBy('device_token_at', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row?.device_token ?? null;
  }

  /** Active users whose username, or a word of whose full name, begins with `prefix`. */
  search(prefix: string, after: string | undefined, limit: number): Promise<PublicUserRow[]> {
    const escaped = fold(prefix).replace(/[\\%_]/g, '\\$&');
    const likes = (column: string, pattern: string) =>
      sql<boolean>`${sql.ref(column)} like ${pattern} escape '\\'`;
    return this.#db
      .selectFrom('users')
      .select(PUBLIC)
      .where('is_active', '=', 1)
      .where((eb) =>
        eb.or([
          likes('username', `${escaped}%`),
          likes('search_name', `${escaped}%`),
          likes('search_name', `% ${escaped}%`),
        ]),
      )
      .$if(after !== undefined, (query) => query.where('username', '>', after as string))
      .orderBy('username')
      .limit(limit)
      .execute();
  }
}

const byIdsQuery = (db: Kysely<Schema>) =>
  prepared(db, (read, p: { ids: readonly number[] }) =>
    read
      .selectFrom('users')
      .select(PUBLIC)
      .where(among(read, 'id', p.ids)),
  );
