import type { Presence } from '@confab/protocol';
import { type Clock, isoOrNull } from '../../lib/clock';
import { frame } from '../../lib/frame';
import type { Bus, BusMessage, ChatChange, ShownTo } from '../../realtime/bus';
import type { Connection } from '../../realtime/connection';
import type { Hub } from '../../realtime/hub';
import type { OnlineLeases } from '../../realtime/online';
import type { Committer } from '../../storage/committer';
import type { ChatRepository, ChatState, ChatStates } from '../chats';
import type { Visibility } from '../privacy';
import { setLastSeen, type UserCard, type UserDirectory } from '../users';
import { Circle } from './circle';
import { PacedQueue } from './paced-queue';
import { BEHIND_BYTES } from './typing';

/** Members whose presence the answer to join_chat holds. */
const SHOWN = 200;

interface State {
  online: boolean;
  lastSeen: number | null;
}

const HIDDEN: State = { online: false, lastSeen: null };

/** Tells who came and went to those whom it interests and who may see it. */
export class PresenceService {
  readonly #clock: Clock;
  readonly #hub: Hub;
  readonly #online: OnlineLeases;
  readonly #states: ChatStates;
  readonly #directory: UserDirectory;
  readonly #visibility: Visibility;
  readonly #circle: Circle;
  readonly #committer: Committer;
  readonly #onSeen: (state: ChatState, userId: number) => Promise<void>;
  readonly #onError: (error: unknown) => void;
  readonly #queue: PacedQueue;
  /** Who made requests since this was stored last, without being connected. */
  readonly #active = new Set<number>();

  constructor(deps: {
    clock: Clock;
    hub: Hub;
    online: OnlineLeases;
    chats: ChatRepository;
    states: ChatStates;
    directory: UserDirectory;
    visibility: Visibility;
    committer: Committer;
    bus: Bus;
    /** A member looks at a chat. */
    onSeen: (state: ChatState, userId: number) => Promise<void>;
    onError: (error: unknown) => void;
  }) {
    this.#clock = deps.clock;
    this.#hub = deps.hub;
    this.#online = deps.online;
    this.#states = deps.states;
    this.#directory = deps.directory;
    this.#visibility = deps.visibility;
    this.#circle = new Circle(deps.hub, deps.chats, deps.states);
    this.#committer = deps.committer;
    this.#onSeen = deps.onSeen;
    this.#onError = deps.onError;
    this.#queue = new PacedQueue(deps.clock, deps.onError);
    deps.online.onChange((userId, online, lastSeen) => {
      this.#active.delete(userId);
      deps.bus.publish({ kind: 'presence', userId, online, lastSeen });
      if (lastSeen !== null) void this.#store([userId], lastSeen);
    });
  }

  /**
   * Somebody makes a request. That does not make them online, but they were seen: to the minute, as
   * `storeActive` tells.
   */
  active(userId: number): void {
    if (!this.#online.isOnline(userId)) this.#active.add(userId);
  }

  /** Whoever made requests since the last time was seen just now. */
  async storeActive(): Promise<void> {
    const seen = [...this.#active].filter((userId) => !this.#online.isOnline(userId));
    this.#active.clear();
    await this.#storeMany(seen);
  }

  #store(userIds: number[], at: number): Promise<void> {
    for (const userId of userIds) this.#directory.seen(userId, at);
    return this.#committer
      .submit(setLastSeen, { userIds, at }, 0)
      .then(() => {})
      .catch(this.#onError);
  }

  /** The server stops: everybody who is online was seen just now. */
  async storeAll(): Promise<void> {
    await this.storeActive();
    await this.#storeMany([...this.#online.everyone()]);
  }

  async #storeMany(userIds: readonly number[]): Promise<void> {
    const at = this.#clock.now();
    for (let i = 0; i < userIds.length; i += 500) {
      await this.#store(userIds.slice(i, i + 500), at);
    }
  }

  follow(message: BusMessage): void {
    if (message.kind === 'presence') this.#changed(message.userId, message);
    if (message.kind === 'chat') this.#memberTold(message.change);
    if (message.kind === 'profile' && message.active === false) {
      this.#online.drop(message.userId, this.#clock.now());
    }
    if (message.kind === 'privacy' && message.before.lastSeen !== message.after.lastSeen) {
      const { userId, before } = message;
      this.#queue.add(`privacy ${userId}`, () => this.#turn(userId, before));
    }
    if (message.kind === 'block' && message.turned) {
      const { userId, otherId, blocked } = message;
      const pair = [userId, otherId].sort((a, b) => a - b);
      this.#queue.add(`block ${pair}`, () => this.#part(userId, otherId, !blocked));
    }
  }

  #changed(userId: number, state: State) {
    this.#queue.put(`presence ${userId}`, () => this.#tell(userId, state));
  }

  /** The frame that tells all of a member shows nobody's presence: it follows for those who may. */
  #memberTold(change: ChatChange) {
    if (change.kind !== 'member_added' && change.kind !== 'member_updated') return;
    const { userId } = change.member;
    if (this.#online.isOnline(userId)) this.#changed(userId, { online: true, lastSeen: null });
  }

  async #tell(userId: number, state: State) {
    if (this.#hub.connectionCount === 0) return;
    const card = await this.#directory.get(userId);
    if (!card) return;
    const around = await this.#circle.around(userId);
    const sees = await this.#visibility.presence(userId, usersOf(around));
    const text = statusFrame(card, state);
    for (const connection of around) {
      if (sees(connection.userId)) connection.sendIfIdle(text, BEHIND_BYTES);
    }
  }

  /** A user shows themselves to others than before: these are told, and so is the user of them. */
  async #turn(userId: number, before: ShownTo): Promise<void> {
    if (this.#hub.connectionCount === 0) return;
    const around = await this.#circle.around(userId);
    const watched = await this.#watchedBy(userId);
    const cards = await this.#directory.many([userId, ...watched]);
    const others = new Set([...watched, ...usersOf(around)]);
    const saw = await this.#visibility.presence(userId, others, before);
    const sees = await this.#visibility.presence(userId, others);
    const turned = (otherId: number) => saw(otherId) !== sees(otherId);
    const viewers = [...around].filter((connection) => turned(connection.userId));
    this.#show(cards.get(userId), viewers, sees);
    const own = this.#hub.connectionsOf(userId);
    for (const otherId of watched.filter(turned)) {
      this.#show(cards.get(otherId), own, () => sees(otherId));
    }
  }

  /** Whom a user's connections are told of; those who are online first, as they show. */
  async #watchedBy(userId: number): Promise<number[]> {
    if (this.#hub.connectionsOf(userId).length === 0) return [];
    const watched = [...(await this.#circle.watchedBy(userId, SHOWN))];
    const isOnline = (id: number) => this.#online.isOnline(id);
    return [...watched.filter(isOnline), ...watched.filter((id) => !isOnline(id))];
  }

  /** A block came or went between two users: each is told of the other one. */
  async #part(userId: number, otherId: number, wasApart: boolean): Promise<void> {
    await this.#tellAnew(userId, otherId, wasApart);
    await this.#tellAnew(otherId, userId, wasApart);
  }

  async #tellAnew(subjectId: number, viewerId: number, wasApart: boolean): Promise<void> {
    if (this.#hub.connectionsOf(viewerId).length === 0) return;
    const card = await this.#directory.get(subjectId);
    const around = await this.#circle.around(subjectId);
    const shares = await this.#visibility.shares('lastSeen', subjectId, [viewerId]);
    const sees = await this.#visibility.presence(subjectId, [viewerId]);
    // What the settings hide was not seen before either.
    const isTurned = shares(viewerId) && sees(viewerId) === wasApart;
    const viewers = [...around].filter((connection) => connection.userId === viewerId);
    if (isTurned) this.#show(card, viewers, sees);
  }

  /** Tells connections how a user is, or that they are offline where that may not be seen. */
  #show(
    card: UserCard | undefined,
    connections: Iterable<Connection>,
    sees: (viewerId: number) => boolean,
  ) {
    if (!card) return;
    const open = statusFrame(card, this.#stateOf(card));
    const hidden = statusFrame(card, HIDDEN);
    for (const connection of connections) {
      connection.sendIfIdle(sees(connection.userId) ? open : hidden, BEHIND_BYTES);
    }
  }

  /** The connection looks at a chat: here is who of it is there. */
  async look(connection: Connection, chatId: number): Promise<Presence[]> {
    const state = await this.#states.forMember(chatId, connection.userId);
    // The connection may have closed, and its user have left, while the chat was loaded.
    if (!connection.closing) this.#hub.lookAt(connection, chatId);
    await this.#onSeen(state, connection.userId).catch(this.#onError);
    const others = [...state.members.keys()].filter((id) => id !== connection.userId);
    const sees = await this.#visibility.presence(connection.userId, others);
    // Not even the order tells of those who are not seen.
    const isThere = (id: number) => sees(id) && this.#online.isOnline(id);
    const onlineFirst = [...others.filter(isThere), ...others.filter((id) => !isThere(id))].slice(
      0,
      SHOWN,
    );
    const cards = await this.#directory.many(onlineFirst);
    return onlineFirst.flatMap((id) => {
      const card = cards.get(id);
      if (!card) return [];
      return [statusOf(card, sees(id) ? this.#stateOf(card) : HIDDEN)];
    });
  }

  #stateOf(card: UserCard): State {
    return { online: this.#online.isOnline(card.id), lastSeen: card.lastSeen };
  }

  async lookAway(connection: Connection, chatId: number): Promise<void> {
    await this.#states.forMember(chatId, connection.userId);
    this.#hub.lookAway(connection, chatId);
  }
}

const usersOf = (connections: Iterable<Connection>): Set<number> =>
  new Set([...connections].map((connection) => connection.userId));

const statusFrame = (card: UserCard, state: State) => frame('user_status', statusOf(card, state));

/** Of an account that is not active no trace is shown. */
function statusOf(card: UserCard, told: State): Presence {
  const state = card.isActive ? told : HIDDEN;
  return {
    user_id: card.id as Presence['user_id'],
    username: card.username,
    status: state.online ? 'online' : 'offline',
    last_seen: isoOrNull(state.lastSeen),
  };
}
