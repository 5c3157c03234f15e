import {
  ConfabError,
  type CursorPage,
  RESERVED_USERNAMES,
  type Register,
  type Session,
  type Token,
  type TokenWithUser,
} from '@confab/protocol';
import type { Caller, RequestInfo } from '../../http/contract';
import { iso } from '../../lib/clock';
import { decodeCursor, encodeCursor, pageOf } from '../../lib/cursor';
import { hashPassword, verifyPassword } from '../../lib/password';
import { readPublicKey } from '../../lib/rsa-public-key';
import type { Bus } from '../../realtime/bus';
import type { Committer } from '../../storage/committer';
import type { AccountKeyService } from '../keys';
import { createUser, type UserRepository, type UserRow, type UserService } from '../users';
import type { LivingSessions } from './living-sessions';
import type { LoginLimiter } from './login-limiter';
import type { SessionRepository, SessionRow } from './repository';
import { type Claims, TICKET_TTL_S, type Tokens } from './tokens';
import type { UnlockSealer } from './unlock';
import {
  changePassword,
  createSession,
  endSessions,
  rotateSession,
  setDeviceToken,
} from './writes';

export interface AuthDeps {
  tokens: Tokens;
  sessions: SessionRepository;
  living: LivingSessions;
  users: UserRepository;
  profiles: UserService;
  limiter: LoginLimiter;
  /** Counts an account that is made from an address. @throws ConfabError `rate_limited` */
  limitRegistration: (address: string) => void;
  accountKeys: AccountKeyService;
  sealer: UnlockSealer;
  committer: Committer;
  bus: Bus;
  now: () => number;
}

/** Accounts, sessions and their tokens. */
export class AuthService {
  readonly #deps: AuthDeps;

  constructor(deps: AuthDeps) {
    this.#deps = deps;
  }

  async register(body: Register, request: RequestInfo): Promise<TokenWithUser> {
    this.#deps.limitRegistration(request.ip);
    if (RESERVED_USERNAMES.has(body.username)) {
      throw new ConfabError('username_taken', 'This username is taken. Choose another one.');
    }
    const { committer, accountKeys } = this.#deps;
    const publicKey = body.public_key ?? null;
    if (publicKey !== null) await readPublicKey(publicKey);
    const userId = await committer.submit(
      createUser,
      {
        username: body.username,
        email: body.email.toLowerCase(),
        passwordHash: await hashPassword(body.password, request.ip),
        fullName: body.full_name ?? null,
        at: this.#deps.now(),
      },
      0,
    );
    if (publicKey !== null) await accountKeys.putChecked(userId, publicKey, 0);
    return this.#signIn(userId, body.password, request);
  }

  async login(name: string, password: string, request: RequestInfo): Promise<TokenWithUser> {
    const login = name.toLowerCase();
    const user = await this.#deps.users.byLogin(login);
    const right = await this.#isRight(password, user, user?.username ?? login, request.ip);
    if (!right || !user) {
      throw new ConfabError('invalid_credentials', 'The username or the password is wrong.');
    }
    if (user.is_active !== 1) {
      throw new ConfabError('account_inactive', 'This account is deactivated.');
    }
    return this.#signIn(user.id, password, request);
  }

  /** @param account one word for the account, however it was named */
  #isRight(
    password: string,
    user: UserRow | undefined,
    account: string,
    ip: string,
  ): Promise<boolean> {
    return this.#deps.limiter.attempt(account, ip, () =>
      verifyPassword(password, user?.password_hash, ip),
    );
  }

  async #signIn(userId: number, password: string, request: RequestInfo): Promise<TokenWithUser> {
    const device = request.userAgent.slice(0, 200);
    const session = { userId, device, ip: request.ip, at: this.#deps.now() };
    const sessionId = await this.#deps.committer.submit(createSession, session, userId);
    const { accountKeys, sealer } = this.#deps;
    const unlock = await accountKeys.signedIn(userId, password, request.ip);
    const sealed = unlock ? sealer.seal(sessionId, unlock) : undefined;
    const token = await this.#token(userId, sessionId, 1, sealed);
    return { ...token, user: await this.#deps.profiles.me(userId) };
  }

  async #token(
    userId: number,
    sessionId: number,
    generation: number,
    unlock: string | undefined,
  ): Promise<Token> {
    const { tokens } = this.#deps;
    return {
      access_token: await tokens.access(userId, sessionId, unlock),
      refresh_token: tokens.refresh(sessionId, generation, unlock),
      token_type: 'bearer',
      expires_in: tokens.accessTtlS,
    };
  }

  async refresh(refreshToken: string): Promise<Token> {
    const { sessionId, generation, unlock } = this.#deps.tokens.readRefresh(refreshToken);
    const rotation = await this.#deps.committer.submit(
      rotateSession,
      { sessionId, generation, at: this.#deps.now() },
      sessionId,
    );
    if (rotation.kind === 'reused') this.#announceEnd(rotation.userId, [sessionId]);
    if (rotation.kind === 'reused') {
      throw new ConfabError('invalid_token', 'This refresh token was used before. Sign in again.');
    }
    if (rotation.kind === 'expired') {
      throw new ConfabError('token_expired', 'This session is too old. Sign in again.');
    }
    if (rotation.kind !== 'rotated') {
      throw new ConfabError('session_revoked', 'This session has ended. Sign in again.');
    }
    await this.#deps.living.check(sessionId, rotation.userId);
    return this.#token(rotation.userId, sessionId, rotation.generation, unlock);
  }

  /** @throws ConfabError with one of the 401 codes, or `account_inactive` */
  async authenticate(token: string): Promise<Claims> {
    const claims = await this.#deps.tokens.verifyAccess(token);
    await this.#deps.living.check(claims.sessionId, claims.userId);
    return claims;
  }

  /** Whether a caller is still one. @throws ConfabError `session_revoked` or `account_inactive` */
  mustLive({ sessionId, userId }: Caller): Promise<void> {
    return this.#deps.living.check(sessionId, userId);
  }

  async authenticateSocket(token: string): Promise<Claims> {
    const claims = await this.#deps.tokens.verifyForSocket(token);
    await this.#deps.living.check(claims.sessionId, claims.userId);
    return claims;
  }

  async wsTicket(caller: Caller): Promise<{ ticket: string; expires_in: number }> {
    const ticket = await this.#deps.tokens.ticket(caller.userId, caller.sessionId);
    return { ticket, expires_in: TICKET_TTL_S };
  }

  async logout(caller: Caller): Promise<void> {
    await this.#end({ userId: caller.userId, only: caller.sessionId });
  }

  async revoke(caller: Caller, sessionId: number): Promise<void> {
    const ended = await this.#end({ userId: caller.userId, only: sessionId });
    if (ended.length === 0) throw new ConfabError('not_found', 'There is no such session');
  }

  async #end(which: { userId: number; only: number }): Promise<number[]> {
    const ended = await this.#deps.committer.submit(endSessions, which, which.userId);
    this.#announceEnd(which.userId, ended);
    return ended;
  }

  #announceEnd(userId: number, sessionIds: number[]) {
    if (sessionIds.length > 0) {
      this.#deps.bus.publish({ kind: 'session_ended', userId, sessionIds });
    }
  }

  async changePassword(
    caller: Caller,
    body: { current_password: string; new_password: string },
    ip: string,
  ): Promise<void> {
    const user = await this.confirm(caller, body.current_password, ip);
    const { accountKeys, committer } = this.#deps;
    const { current_password: before, new_password: after } = body;
    const key = await accountKeys.rewrapped(caller.userId, before, after, ip);
    const ended = await committer.submit(
      changePassword,
      {
        userId: caller.userId,
        sessionId: caller.sessionId,
        key,
        oldHash: user.password_hash,
        newHash: await hashPassword(after, ip),
      },
      caller.userId,
    );
    this.#announceEnd(caller.userId, ended);
  }

  /**
   * Makes sure that it is the account's owner who asks. A wrong password counts as at signing in.
   * @throws ConfabError `wrong_password` or `rate_limited`
   */
  async confirm(caller: Caller, password: string, ip: string): Promise<UserRow> {
    const user = await this.#deps.users.byId(caller.userId);
    const right = await this.#isRight(password, user, user?.username ?? '', ip);
    if (!right || !user) {
      throw new ConfabError('wrong_password', 'The password is wrong.');
    }
    return user;
  }

  async setDeviceToken(
    caller: Caller,
    body: { device_token: string; platform?: string | undefined },
  ): Promise<void> {
    const token = body.device_token === '' ? null : body.device_token;
    await this.#deps.committer.submit(
      setDeviceToken,
      {
        sessionId: caller.sessionId,
        token,
        platform: token === null ? null : (body.platform ?? null),
        at: this.#deps.now(),
      },
      caller.userId,
    );
  }

  async sessions(
    caller: Caller,
    query: { limit: number; cursor?: string | undefined },
  ): Promise<CursorPage<Session>> {
    const before =
      query.cursor === undefined ? undefined : decodeCursor(query.cursor, 'number', 'number');
    const rows = await this.#deps.sessions.ofUser(caller.userId, before, query.limit + 1);
    return pageOf(
      rows,
      query.limit,
      (row) => encodeCursor(row.created_at, row.id),
      (row) => presentSession(row, caller),
    );
  }
}

function presentSession(row: SessionRow, caller: Caller): Session {
  return {
    id: row.id as Session['id'],
    device: row.device,
    ip: row.ip,
    is_current: row.id === caller.sessionId,
    created_at: iso(row.created_at),
    last_used_at: iso(row.last_used_at),
  };
}
