import { ConfabError, type CursorPage, type Me, type UpdateMe, type User } from '@confab/protocol';
import { decodeCursor, encodeCursor, pageOf } from '../../lib/cursor';
import type { Bus } from '../../realtime/bus';
import type { Committer } from '../../storage/committer';
import type { Visibility } from '../privacy';
import type { UserDirectory } from './directory';
import type { PublicUserRow, UserRepository, UserRow } from './repository';
import { updateProfile } from './writes';

/** What somebody's files take, and may take. */
export type RoomOf = (userId: number) => Promise<Pick<Me, 'used_bytes' | 'quota_bytes'>>;

export class UserService {
  readonly #repository: UserRepository;
  readonly #directory: UserDirectory;
  readonly #visibility: Visibility;
  readonly #committer: Committer;
  readonly #bus: Bus;
  readonly #limit: (userId: number) => void;
  readonly #roomOf: RoomOf;

  constructor(deps: {
    users: UserRepository;
    directory: UserDirectory;
    visibility: Visibility;
    committer: Committer;
    bus: Bus;
    /** Counts a change that a user makes. @throws ConfabError `rate_limited` */
    limit: (userId: number) => void;
    roomOf: RoomOf;
  }) {
    this.#repository = deps.users;
    this.#directory = deps.directory;
    this.#visibility = deps.visibility;
    this.#committer = deps.committer;
    this.#bus = deps.bus;
    this.#limit = deps.limit;
    this.#roomOf = deps.roomOf;
  }

  async me(userId: number): Promise<Me> {
    const row = await this.#repository.byId(userId);
    if (!row) throw new ConfabError('invalid_token', 'This account no longer exists');
    return this.presentMe(row);
  }

  async presentMe(row: UserRow): Promise<Me> {
    return {
      ...this.#directory.presentUser(row, () => true),
      email: row.email,
      device_token: await this.#repository.deviceToken(row.id),
      server_role: row.server_role,
      ...(await this.#roomOf(row.id)),
    };
  }

  async updateMe(userId: number, change: UpdateMe): Promise<Me> {
    this.#limit(userId);
    const fields: Parameters<typeof this.setProfile>[1] = {};
    if (change.full_name !== undefined) fields.full_name = change.full_name;
    if (change.bio !== undefined) fields.bio = change.bio;
    if (change.avatar_url !== undefined) fields.avatar_url = change.avatar_url;
    if (change.email !== undefined) fields.email = change.email.toLowerCase();
    if (Object.keys(fields).length > 0) await this.setProfile(userId, fields);
    return this.me(userId);
  }

  async setProfile(
    userId: number,
    fields: {
      full_name?: string | null;
      bio?: string | null;
      avatar_url?: string | null;
      email?: string;
    },
  ): Promise<void> {
    await this.#committer.submit(updateProfile, { userId, fields }, userId);
    this.#bus.publish({ kind: 'profile', userId });
  }

  async get(viewerId: number, userId: number): Promise<User> {
    const [user] = await this.many(viewerId, [userId]);
    if (!user) throw new ConfabError('not_found', 'There is no such user');
    return user;
  }

  /** Those of these users who exist, in this order, as the viewer sees them. */
  async many(viewerId: number, userIds: readonly number[]): Promise<User[]> {
    const rows = await this.#repository.byIds(userIds);
    const byId = new Map(rows.map((row) => [row.id, row]));
    const inOrder = userIds.flatMap((id) => byId.get(id) ?? []);
    return this.#present(viewerId, inOrder);
  }

  async #present(viewerId: number, rows: readonly PublicUserRow[]): Promise<User[]> {
    const ids = rows.map((row) => row.id);
    const sees = await this.#visibility.presence(viewerId, ids);
    return rows.map((row) => this.#directory.presentUser(row, sees));
  }

  async search(
    viewerId: number,
    query: { q: string; limit: number; cursor?: string | undefined },
  ): Promise<CursorPage<User>> {
    const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor, 'string')[0];
    // People write names as they mention them.
    const name = query.q.trim().replace(/^@/, '');
    const rows = await this.#repository.search(name, after, query.limit + 1);
    const page = pageOf(
      rows,
      query.limit,
      (row) => encodeCursor(row.username),
      (row) => row,
    );
    return { ...page, items: await this.#present(viewerId, page.items) };
  }
}
