import type { Kysely, Selectable } from 'kysely';
import { sql } from 'kysely';
import { fold } from '../../lib/fold';
import { lookedUp } from '../../lib/search-names';
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
  readonly #named: ReturnType<typeof namedQuery>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
    this.#byIds = byIdsQuery(db);
    this.#named = namedQuery(db);
  }

  byId(id: number): Promise<UserRow | undefined> {
    return this.#db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst();
  }

  byIds(ids: readonly number[]): Promise<PublicUserRow[]> {
    return ids.length === 0 ? Promise.resolve([]) : this.#byIds({ ids });
  }

  /** Everybody whose account is deactivated or erased. */
  async inactive(): Promise<number[]> {
    const rows = await this.#db
      .selectFrom('users')
      .select('id')
      .where('is_active', '=', 0)
      .execute();
    return rows.map((row) => row.id);
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
  async search(prefix: string, after: string | undefined, limit: number): Promise<PublicUserRow[]> {
    const folded = fold(prefix);
    const escaped = folded.replace(/[\\%_]/g, '\\$&');
    const ids = await this.#few(lookedUp(folded));
    if (ids?.length === 0) return [];
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
      .$if(ids !== undefined, (query) => query.where('id', 'in', ids ?? []))
      .$if(after !== undefined, (query) => query.where('username', '>', after as string))
      .orderBy('username')
      .limit(limit)
      .execute();
  }

  /** Who has a name that begins so; undefined if many have: looking at all soon finds a page of them. */
  async #few(prefix: string): Promise<number[] | undefined> {
    const rows = await this.#named({ from: prefix, to: prefix + LAST });
    return rows.length < FEW ? rows.map((row) => row.user_id) : undefined;
  }
}

const FEW = 1000;
/** Sorts after whatever a name goes on with. */
const LAST = '\u{10ffff}';

/** Users with a name that begins so. */
const namedQuery = (db: Kysely<Schema>) =>
  prepared(db, (read, p: { from: string; to: string }) =>
    read
      .selectFrom('user_names')
      .select('user_id')
      .where('name', '>=', p.from)
      .where('name', '<', p.to)
      .limit(FEW),
  );

const byIdsQuery = (db: Kysely<Schema>) =>
  prepared(db, (read, p: { ids: readonly number[] }) =>
    read
      .selectFrom('users')
      .select(PUBLIC)
      .where(among(read, 'id', p.ids)),
  );
