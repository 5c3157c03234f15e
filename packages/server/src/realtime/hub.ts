import type { Connection } from './connection';

/** A connected user: their connections and the chats that these hear. */
export interface OnlineUser {
  readonly userId: number;
  /** Never changed in place, as a connection may close while it is gone through. */
  connections: readonly Connection[];
  chatIds: readonly number[];
}

export interface ChatRevision {
  chatId: number;
  rev: number;
}

export type Publish = (topic: string, frame: string) => void;

const topicOf = (chatId: number) => `c${chatId}`;

/** Members up to whom a chat needs no topic. */
const SMALL_CHAT = 32;

/** Members of a chat by id, as far as they are in memory. */
export type MemberIds = Pick<ReadonlyMap<number, unknown>, 'size' | 'keys'>;

/**
 * Who is connected to this node and what they hear. A frame for a small chat goes into the outbox of
 * each member's connections. A larger one becomes a topic of the runtime's WebSocket server with the
 * first frame for it: from then on a frame costs one call, whatever the number of members. Topics
 * take memory for each chat of each connection, which a chat that rests, and most are small, need not
 * take.
 */
export class Hub {
  readonly #users = new Map<number, OnlineUser>();
  /** Chats that have become topics. */
  readonly #topical = new Set<number>();
  /**
   * Revision of every chat that somebody heard or that changed: the one published last, else the
   * one that was read before anybody heard it.
   */
  readonly #revs = new Map<number, number>();
  readonly #lookers = new Map<number, Set<Connection>>();
  readonly #smallChat: number;
  #publish: Publish = () => {};
  #connections = 0;
  #moment = 0;

  constructor(smallChat = SMALL_CHAT) {
    this.#smallChat = smallChat;
  }

  /** The sockets' server starts after what it serves is composed; it hands its publish in here. */
  attach(publish: Publish) {
    this.#publish = publish;
  }

  /** Counts what was published to chats. */
  get moment(): number {
    return this.#moment;
  }

  get connectionCount(): number {
    return this.#connections;
  }

  user(userId: number): OnlineUser | undefined {
    return this.#users.get(userId);
  }

  *connections(): Generator<Connection> {
    for (const user of this.#users.values()) {
      for (const connection of user.connections) yield connection;
    }
  }

  connectionsOf(userId: number): readonly Connection[] {
    return this.#users.get(userId)?.connections ?? [];
  }

  /**
   * Takes a connection in, which hears its user's chats from now on; their revisions are known, and
   * `ready` must tell them at once.
   */
  add(connection: Connection, chatIds: readonly number[]): void {
    const { userId } = connection;
    const others = this.connectionsOf(userId);
    this.#users.set(userId, { userId, connections: [...others, connection], chatIds });
    this.#connections++;
    connection.heardSince = this.#moment;
    for (const chatId of chatIds) {
      if (this.#topical.has(chatId)) connection.socket.subscribe(topicOf(chatId));
    }
  }

  /** Revisions as they were read. Those already known are newer or as new. */
  learn(chats: readonly ChatRevision[]): void {
    for (const { chatId, rev } of chats) {
      if (!this.#revs.has(chatId)) this.#revs.set(chatId, rev);
    }
  }

  /** @returns whether it was the user's last connection here */
  remove(connection: Connection): boolean {
    const user = this.#users.get(connection.userId);
    if (!user?.connections.includes(connection)) return false;
    user.connections = user.connections.filter((other) => other !== connection);
    this.#connections--;
    for (const chatId of connection.looking ?? []) this.lookAway(connection, chatId);
    if (user.connections.length > 0) return false;
    this.#users.delete(connection.userId);
    return true;
  }

  /** A user joined or left a chat: their open connections follow at once. */
  setMembership(userId: number, chatId: number, rev: number, joined: boolean): void {
    const user = this.#users.get(userId);
    if (!user) return;
    const others = user.chatIds.filter((id) => id !== chatId);
    user.chatIds = joined ? [...others, chatId] : others;
    if (joined) this.learn([{ chatId, rev }]);
    for (const connection of user.connections) {
      if (!joined) this.#deafen(connection, chatId);
      else if (this.#topical.has(chatId)) connection.socket.subscribe(topicOf(chatId));
    }
  }

  #deafen(connection: Connection, chatId: number) {
    // What waits was for a member; after this it would be for a stranger.
    connection.flush();
    this.#leaveTopic(connection, chatId);
    this.lookAway(connection, chatId);
  }

  /** Stops everything that comes by topic, for a connection that is being closed. */
  silence(connection: Connection): void {
    connection.closing = true;
    for (const chatId of this.#users.get(connection.userId)?.chatIds ?? []) {
      this.#leaveTopic(connection, chatId);
    }
  }

  #leaveTopic(connection: Connection, chatId: number) {
    if (this.#topical.has(chatId)) connection.socket.unsubscribe(topicOf(chatId));
  }

  /**
   * Nobody hears a change that they were greeted with, as it was committed before they came.
   * @param memberIds who may hear it; undefined when that is not in memory
   */
  publishChat(chatId: number, rev: number, frame: string, memberIds: MemberIds | undefined): void {
    if (rev <= (this.#revs.get(chatId) ?? 0)) return;
    this.#revs.set(chatId, rev);
    this.#moment++;
    if (this.#isTopical(chatId, memberIds)) this.#publish(topicOf(chatId), frame);
    else for (const user of this.#listeners(chatId, memberIds)) sendSoonTo(user, frame);
  }

  #isTopical(chatId: number, memberIds: MemberIds | undefined): boolean {
    if (this.#topical.has(chatId)) return true;
    if (memberIds && memberIds.size <= this.#smallChat) return false;
    this.#topical.add(chatId);
    for (const user of this.#listeners(chatId, memberIds)) {
      for (const connection of user.connections) connection.socket.subscribe(topicOf(chatId));
    }
    return true;
  }

  *#listeners(chatId: number, memberIds: MemberIds | undefined): Generator<OnlineUser> {
    for (const userId of (memberIds ?? this.#users).keys()) {
      const user = this.#users.get(userId);
      if (user?.chatIds.includes(chatId)) yield user;
    }
  }

  sendToUser(userId: number, frame: string): void {
    for (const connection of this.connectionsOf(userId)) connection.send(frame);
  }

  /** For what may come after anything else of this turn. */
  sendSoonToUser(userId: number, frame: string): void {
    const user = this.#users.get(userId);
    if (user) sendSoonTo(user, frame);
  }

  rev(chatId: number): number | undefined {
    return this.#revs.get(chatId);
  }

  /** The sum that a client compares with its own to learn whether it missed something. */
  revSum(userId: number): number {
    let sum = 0;
    for (const chatId of this.#users.get(userId)?.chatIds ?? []) sum += this.#revs.get(chatId) ?? 0;
    return sum;
  }

  forget(chatId: number): void {
    this.#revs.delete(chatId);
    this.#lookers.delete(chatId);
    this.#topical.delete(chatId);
  }

  lookAt(connection: Connection, chatId: number): void {
    connection.looking ??= new Set();
    connection.looking.add(chatId);
    const lookers = this.#lookers.get(chatId) ?? new Set();
    this.#lookers.set(chatId, lookers.add(connection));
  }

  lookAway(connection: Connection, chatId: number): void {
    connection.looking?.delete(chatId);
    const lookers = this.#lookers.get(chatId);
    lookers?.delete(connection);
    if (lookers?.size === 0) this.#lookers.delete(chatId);
  }

  get anybodyLooks(): boolean {
    return this.#lookers.size > 0;
  }

  lookers(chatId: number): ReadonlySet<Connection> {
    return this.#lookers.get(chatId) ?? NONE;
  }
}

const NONE: ReadonlySet<Connection> = new Set();

function sendSoonTo(user: OnlineUser, frame: string) {
  for (const connection of user.connections) connection.sendSoon(frame);
}
