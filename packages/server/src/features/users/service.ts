import { ConfabError, type CursorPage, type Me, type UpdateMe, type User } from '@confab/protocol';
import { decodeCursor, encodeCursor, pageOf } from '../../lib/cursor';
import type { Bus } from '../../realtime/bus';
import type { Committer } from '../../storage/committer';
import type { UserDirectory } from './directory';
import type { UserRepository, UserRow } from './repository';
import { updateProfile } from './writes';

export class UserService {
  readonly #repository: UserRepository;
  readonly #directory: UserDirectory;
  readonly #committer: Committer;
  readonly #bus: Bus;

  constructor(deps: {
    users: UserRepository;
    directory: UserDirectory;
    committer: Committer;
    bus: Bus;
  }) {
    this.#repository = deps.users;
    this.#directory = deps.directory;
    this.#committer = deps.committer;
    this.#bus = deps.bus;
  }

  async me(userId: number): Promise<Me> {
    const row = await this.#repository.byId(userId);
    if (!row) throw new ConfabError('invalid_token', 'This account no longer exists');
    return this.presentMe(row);
  }

  async presentMe(row: UserRow): Promise<Me> {
    return {
      ...this.#directory.presentUser(row),
      email: row.email,
      device_token: await this.#repository.deviceToken(row.id),
      server_role: row.server_role,
    };
  }

  async updateMe(userId: number, change: UpdateMe): Promise<Me> {
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

  async get(userId: number): Promise<User> {
    const [row] = await this.#repository.byIds([userId]);
    if (!row) throw new ConfabError('not_found', 'There is no such user');
    return this.#directory.presentUser(row);
  }

  async search(query: {
    q: string;
    limit: number;
    cursor?: string | undefined;
  }): Promise<CursorPage<User>> {
    const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor, 'string')[0];
    const rows = await this.#repository.search(query.q.trim(), after, query.limit + 1);
    return pageOf(
      rows,
      query.limit,
      (row) => encodeCursor(row.username),
      (row) => this.#directory.presentUser(row),
    );
  }
}
