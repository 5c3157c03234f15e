import { CLOSE, ConfabError, type EventBody, LIMITS, RATES } from '@confab/protocol';
import type { Claims } from '../features/auth';
import type { ChatRepository } from '../features/chats';
import { type Clock, iso } from '../lib/clock';
import { frame } from '../lib/frame';
import { TokenBuckets } from '../lib/token-bucket';
import type { BusMessage } from '../realtime/bus';
import type { AllCommandHandlers, CommandHandlers } from '../realtime/commands';
import { Connection, type Defer, Outbox, type Socket } from '../realtime/connection';
import type { Hub, MemberIds } from '../realtime/hub';
import type { OnlineLeases } from '../realtime/online';
import { Dispatcher } from './dispatch';
import { type Entrance, Entrances } from './entrances';
import { readyFrame } from './ready';

export const HEARTBEAT_S = 25;
/** Unsent bytes over which a connection is closed as too slow. */
const SWEEP_MS = 250;
/** How long a slow connection may take to read its close frame. */
const FAREWELL_MS = 5000;

export interface GatewayDeps {
  clock: Clock;
  hub: Hub;
  online: OnlineLeases;
  chats: ChatRepository;
  /** Undefined when the chat is not in memory. */
  membersOf: (chatId: number) => MemberIds | undefined;
  epoch: string;
  handlers: Omit<AllCommandHandlers, 'ping' | 'token_refresh'>;
  authenticate: (token: string) => Promise<Claims>;
  onUserGone: (userId: number) => void;
  onError: (error: unknown) => void;
  maxSocketsPerUser: number;
  maxFrameBytes: number;
  limits: boolean;
  /** Puts off work to the end of the loop's turn. */
  defer?: Defer;
}

/** The WebSocket side of the server: opens, hears, watches and closes connections. */
export class Gateway {
  readonly #deps: GatewayDeps;
  readonly #dispatcher: Dispatcher;
  readonly #refusals: TokenBuckets<Connection>;
  readonly #outbox: Outbox;
  readonly #entrances: Entrances;
  #beat = 0;
  #stops: (() => void)[] = [];

  constructor(deps: GatewayDeps) {
    this.#deps = deps;
    this.#outbox = new Outbox(deps.defer);
    this.#entrances = new Entrances(deps.chats, deps.hub);
    this.#refusals = new TokenBuckets(RATES.refusedFrames, deps.clock.now);
    this.#dispatcher = new Dispatcher(
      { ...deps.handlers, ...this.#ownCommands() },
      (connection) => this.#refused(connection),
      deps.onError,
    );
  }

  start() {
    const { clock } = this.#deps;
    this.#stops = [
      clock.every(1000, () => this.#everySecond()),
      clock.every(SWEEP_MS, () => this.#closeSlow()),
    ];
  }

  #ownCommands() {
    return {
      ping: () => ({}),
      token_refresh: (connection, { access_token }) => this.#refreshToken(connection, access_token),
    } satisfies CommandHandlers;
  }

  async #refreshToken(connection: Connection, token: string) {
    const claims = await this.#deps.authenticate(token);
    if (claims.userId !== connection.userId || claims.sessionId !== connection.sessionId) {
      throw new ConfabError('invalid_token', 'This token belongs to another session');
    }
    connection.tokenExpiresAt = claims.expiresAt;
    const left = claims.expiresAt - this.#deps.clock.now();
    return { expires_in: Math.max(0, Math.floor(left / 1000)) };
  }

  /**
   * Lets a connection come in. It opens, or is dismissed.
   * @throws ConfabError `too_many_connections`
   */
  admit(claims: Claims, confirms: boolean): Entrance {
    const { hub, limits, maxSocketsPerUser } = this.#deps;
    const count = hub.connectionsOf(claims.userId).length + this.#entrances.countOf(claims.userId);
    if (limits && count >= maxSocketsPerUser) {
      throw new ConfabError('too_many_connections', 'This user has too many open connections', {
        retryAfterS: 5,
      });
    }
    return this.#entrances.add(claims, confirms);
  }

  /** @throws ConfabError `session_revoked` */
  prepare(entrance: Entrance): Promise<void> {
    return this.#entrances.prepare(entrance);
  }

  dismiss(entrance: Entrance): void {
    this.#entrances.remove(entrance);
  }

  /** Registers an upgraded socket, lets it hear its chats, and greets it. */
  open(socket: Socket, entrance: Entrance): Connection {
    const { hub, online } = this.#deps;
    const { claims, confirms, chatIds } = entrance;
    const { userId, sessionId, expiresAt } = claims;
    const identity = { userId, sessionId, confirms, tokenExpiresAt: expiresAt };
    const connection = new Connection(socket, identity, this.#outbox);
    this.#entrances.remove(entrance);
    entrance.connection = connection;
    hub.add(connection, chatIds);
    connection.send(this.#ready(connection, chatIds));
    online.connected(userId);
    return connection;
  }

  #ready({ userId, sessionId }: Connection, chatIds: readonly number[]): string {
    const { hub, epoch } = this.#deps;
    const about = {
      user_id: userId as EventBody<'ready'>['user_id'],
      session_id: sessionId as EventBody<'ready'>['session_id'],
      epoch,
      heartbeat_s: HEARTBEAT_S,
    };
    return readyFrame(about, chatIds, (chatId) => hub.rev(chatId) ?? 0);
  }

  receive(connection: Connection, data: string | Uint8Array): void {
    if (connection.closing) return;
    const fault = this.#fault(data);
    if (fault) this.close(connection, fault);
    else void this.#dispatcher.handle(connection, data as string);
  }

  /** Why a frame ends its connection; undefined when it may be handled. */
  #fault(data: string | Uint8Array) {
    if (typeof data !== 'string') return CLOSE.badFrame;
    const limit = this.#deps.maxFrameBytes;
    if (data.length > limit || Buffer.byteLength(data) > limit) return CLOSE.frameTooLarge;
    return undefined;
  }

  #refused(connection: Connection) {
    if (this.#refusals.take(connection) > 0) this.close(connection, CLOSE.flooding);
  }

  /** The socket is closed, by whichever side. */
  closed(connection: Connection): void {
    connection.closing = true;
    if (!this.#deps.hub.remove(connection)) return;
    this.#deps.online.disconnected(connection.userId, this.#deps.clock.now());
    this.#deps.onUserGone(connection.userId);
  }

  close(connection: Connection, { code, reason }: { code: number; reason: string }): void {
    if (connection.closing) return;
    connection.flush();
    this.#deps.hub.silence(connection);
    connection.socket.close(code, reason);
  }

  follow(message: BusMessage): void {
    const { hub } = this.#deps;
    this.#entrances.follow(message);
    switch (message.kind) {
      case 'chat':
        this.#publish(message);
        break;
      case 'membership':
        hub.setMembership(message.userId, message.chatId, message.rev, message.joined);
        break;
      case 'user':
      case 'member_settings':
        hub.sendToUser(message.userId, message.frame);
        break;
      case 'session_ended':
        this.#closeSessions(message.userId, new Set(message.sessionIds));
        break;
      case 'watermarks':
      case 'typing':
      case 'presence':
      case 'profile':
      case 'block':
      case 'privacy':
        break;
    }
  }

  #publish({ chatId, rev, frame, change }: BusMessage & { kind: 'chat' }) {
    const { hub, membersOf } = this.#deps;
    hub.publishChat(chatId, rev, frame, membersOf(chatId));
    if (change.kind === 'deleted') hub.forget(chatId);
  }

  #closeSessions(userId: number, sessionIds: ReadonlySet<number>) {
    for (const connection of [...this.#deps.hub.connectionsOf(userId)]) {
      if (!sessionIds.has(connection.sessionId)) continue;
      // Whoever was locked out gets nothing more, not even what was under way.
      connection.discard();
      this.close(connection, CLOSE.unauthorized);
    }
  }

  /** Heartbeats, a part of the connections each second, and tokens that ran out. */
  #everySecond() {
    const { hub, clock } = this.#deps;
    const now = clock.now();
    this.#beat = (this.#beat + 1) % HEARTBEAT_S;
    for (const connection of hub.connections()) {
      if (connection.tokenExpiresAt <= now) this.close(connection, CLOSE.unauthorized);
      else if (connection.sessionId % HEARTBEAT_S === this.#beat) this.#heartbeat(connection, now);
    }
  }

  #heartbeat(connection: Connection, now: number) {
    const rev_sum = this.#deps.hub.revSum(connection.userId);
    connection.send(frame('heartbeat', { rev_sum, at: iso(now) }));
  }

  /** Whoever does not read fast enough is cut off, so that nobody else waits; sync heals it. */
  #closeSlow() {
    for (const connection of this.#deps.hub.connections()) {
      if (connection.socket.bufferedBytes() <= LIMITS.unsentBytes) continue;
      this.close(connection, CLOSE.tooSlow);
      this.#deps.clock.after(FAREWELL_MS, () => connection.socket.terminate());
    }
  }

  /** Tells everybody that the server restarts. */
  drain(): void {
    for (const stop of this.#stops) stop();
    for (const connection of [...this.#deps.hub.connections()]) {
      this.close(connection, CLOSE.restarting);
    }
  }
}
