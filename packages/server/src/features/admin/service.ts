import {
  type AdminSession,
  type AdminUser,
  type AdminUserDetails,
  type AdminUserQuery,
  ConfabError,
  type CursorPage,
  type NewPassword,
  type ServerRole,
} from '@confab/protocol';
import { iso, isoOrNull } from '../../lib/clock';
import { decodeCursor, encodeCursor, pageOf } from '../../lib/cursor';
import { hashPassword } from '../../lib/password';
import type { Bus } from '../../realtime/bus';
import type { Committer } from '../../storage/committer';
import type { Write } from '../../storage/write';
import { notAdmin, type Operator } from '../audit';
import type { SessionRepository, SessionRow } from '../auth';
import { generatePassword } from './password';
import type { AccountRepository, AccountRow } from './repository';
import { closeSessions, resetPassword, setActive, setServerRole } from './writes';

export interface AdminDeps {
  accounts: AccountRepository;
  sessions: SessionRepository;
  committer: Committer;
  bus: Bus;
  now: () => number;
  isOnline: (userId: number) => boolean;
  random?: (bytes: Uint8Array) => Uint8Array;
}

type AboutUser = { operator: Operator; at: number; userId: number };
type PageQuery = { limit: number; cursor?: string | undefined };

/** What administrators do with accounts. */
export class AdminService {
  readonly #deps: AdminDeps;

  constructor(deps: AdminDeps) {
    this.#deps = deps;
  }

  /** @throws ConfabError `forbidden` */
  async mustBeAdmin(userId: number): Promise<void> {
    if (!(await this.#deps.accounts.isAdmin(userId))) throw notAdmin();
  }

  async users(query: AdminUserQuery): Promise<CursorPage<AdminUser>> {
    const after = query.cursor === undefined ? 0 : decodeCursor(query.cursor, 'number')[0];
    const rows = await this.#deps.accounts.page(query, after, query.limit + 1);
    return pageOf(
      rows,
      query.limit,
      (row) => encodeCursor(row.id),
      (row) => this.#present(row),
    );
  }

  async user(userId: number): Promise<AdminUserDetails> {
    const row = await this.#deps.accounts.byId(userId);
    if (!row) throw noSuchUser();
    const { sessions, chats } = await this.#deps.accounts.counts(userId);
    return { ...this.#present(row), session_count: sessions, chat_count: chats };
  }

  /** @throws ConfabError `not_found` */
  async idOf(username: string): Promise<number> {
    const row = await this.#deps.accounts.byName(username.toLowerCase());
    if (!row) throw new ConfabError('not_found', `There is no user “${username}”`);
    return row.id;
  }

  #present(row: AccountRow): AdminUser {
    const isErased = row.erased_at !== null;
    return {
      id: row.id as AdminUser['id'],
      username: isErased ? null : row.username,
      email: isErased ? null : row.email,
      full_name: row.full_name,
      state: isErased ? 'erased' : row.is_active === 1 ? 'active' : 'deactivated',
      server_role: row.server_role,
      is_online: this.#deps.isOnline(row.id),
      last_seen: isoOrNull(row.last_seen),
      created_at: iso(row.created_at),
    };
  }

  async setActive(operator: Operator, userId: number, active: boolean): Promise<AdminUserDetails> {
    await this.#ending(setActive, { ...this.#about(operator, userId), active });
    this.#deps.bus.publish({ kind: 'profile', userId, active });
    return this.user(userId);
  }

  async setRole(operator: Operator, userId: number, role: ServerRole): Promise<AdminUserDetails> {
    const input = { ...this.#about(operator, userId), role };
    await this.#deps.committer.submit(setServerRole, input, 0);
    return this.user(userId);
  }

  /** @param password one is made up when it is undefined */
  async resetPassword(
    operator: Operator,
    userId: number,
    password: string | undefined,
  ): Promise<NewPassword> {
    const made = password === undefined ? generatePassword(this.#random) : null;
    const passwordHash = await hashPassword(password ?? made ?? '');
    await this.#ending(resetPassword, { ...this.#about(operator, userId), passwordHash });
    return { password: made };
  }

  readonly #random = (bytes: Uint8Array): Uint8Array =>
    this.#deps.random ? this.#deps.random(bytes) : crypto.getRandomValues(bytes);

  async sessions(userId: number, query: PageQuery): Promise<CursorPage<AdminSession>> {
    await this.user(userId);
    const before =
      query.cursor === undefined ? undefined : decodeCursor(query.cursor, 'number', 'number');
    const rows = await this.#deps.sessions.ofUser(userId, before, query.limit + 1);
    return pageOf(rows, query.limit, (row) => encodeCursor(row.created_at, row.id), presentSession);
  }

  closeSessions(operator: Operator, userId: number): Promise<number> {
    return this.#ending(closeSessions, this.#about(operator, userId));
  }

  #about(operator: Operator, userId: number): AboutUser {
    return { operator, at: this.#deps.now(), userId };
  }

  /** Commits what ends sessions, and closes their sockets. @returns how many ended */
  #ending<I extends AboutUser>(write: Write<I, number[]>, input: I): Promise<number> {
    // One key for all: two administrators who deactivate each other come one after the other.
    return this.#deps.committer.submit(write, input, 0, (sessionIds) => {
      const { userId } = input;
      if (sessionIds.length > 0) {
        this.#deps.bus.publish({ kind: 'session_ended', userId, sessionIds });
      }
      return sessionIds.length;
    });
  }
}

const noSuchUser = () => new ConfabError('not_found', 'There is no such user');

function presentSession(row: SessionRow): AdminSession {
  return {
    id: row.id as AdminSession['id'],
    device: row.device,
    ip: row.ip,
    created_at: iso(row.created_at),
    last_used_at: iso(row.last_used_at),
  };
}
