import type { Connection } from './connection';

/** A connected user: their connections and the chats that these hear. */
export interface OnlineUser {
  readonly userId: number;
  readonly connections: Set<Connection>;
  chatIds: number[];
  /** Counts joins and leaves, so that a list read meanwhile is known to be stale. */
  membershipVersion: number;
}

export type Publish = (topic: string, frame: string) => void;

const topicOf = (chatId: number) => `c${chatId}`;

/**
 * Who is connected to this node and what they hear. A chat is a topic of the runtime's WebSocket
 * server: publishing costs one call, whatever the number of members, and the frame is held once.
 */
export class Hub {
  readonly #users = new Map<number, OnlineUser>();
  /** Revision of every chat that a connected user is in, as last published or read. */
  readonly #revs = new Map<number, number>();
  readonly #lookers = new Map<number, Set<Connection>>();
  #publish: Publish;
  #connections = 0;
  #moment = 0;

  constructor(publish: Publish = () => {}) {
    this.#publish = publish;
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
    for (const user of this.#users.values()) yield* user.connections;
  }

  connectionsOf(userId: number): ReadonlySet<Connection> {
    return this.#users.get(userId)?.connections ?? NONE;
  }

  /** @returns whether it is the user's first connection here */
  add(connection: Connection): boolean {
    const known = this.#users.get(connection.userId);
    const user = known ?? {
      userId: connection.userId,
      connections: new Set(),
      chatIds: [],
      membershipVersion: 0,
    };
    user.connections.add(connection);
    this.#users.set(connection.userId, user);
    this.#connections++;
    return !known;
  }

  /** @returns whether it was the user's last connection here */
  remove(connection: Connection): boolean {
    const user = this.#users.get(connection.userId);
    if (!user?.connections.delete(connection)) return false;
    this.#connections--;
    for (const chatId of connection.looking ?? []) this.lookAway(connection, chatId);
    if (user.connections.size > 0) return false;
    this.#users.delete(connection.userId);
    return true;
  }

  /**
   * Lets a connection hear its user's chats; `ready` must follow at once. Revisions already
   * published are not set back.
   */
  listen(connection: Connection, chats: readonly { chatId: number; rev: number }[]): void {
    const user = this.#users.get(connection.userId);
    if (!user) return;
    connection.greeted = true;
    connection.heardSince = this.#moment;
    user.chatIds = chats.map((chat) => chat.chatId);
    for (const { chatId, rev } of chats) {
      this.#advance(chatId, rev);
      connection.socket.subscribe(topicOf(chatId));
    }
  }

  /** A user joined or left a chat: their open connections follow at once. */
  setMembership(userId: number, chatId: number, rev: number, joined: boolean): void {
    const user = this.#users.get(userId);
    if (!user) return;
    user.membershipVersion++;
    user.chatIds = user.chatIds.filter((id) => id !== chatId);
    if (joined) user.chatIds.push(chatId);
    if (joined) this.#advance(chatId, rev);
    for (const connection of user.connections) {
      if (!joined) this.#deafen(connection, chatId);
      else if (connection.greeted) connection.socket.subscribe(topicOf(chatId));
    }
  }

  #deafen(connection: Connection, chatId: number) {
    connection.socket.unsubscribe(topicOf(chatId));
    this.lookAway(connection, chatId);
  }

  /** Stops everything that comes by topic, for a connection that is being closed. */
  silence(connection: Connection): void {
    connection.closing = true;
    for (const chatId of this.#users.get(connection.userId)?.chatIds ?? []) {
      connection.socket.unsubscribe(topicOf(chatId));
    }
  }

  publishChat(chatId: number, rev: number, frame: string): void {
    this.#advance(chatId, rev);
    this.#moment++;
    this.#publish(topicOf(chatId), frame);
  }

  sendToUser(userId: number, frame: string): void {
    for (const connection of this.connectionsOf(userId)) {
      if (connection.greeted) connection.send(frame);
    }
  }

  /** For what may come after anything else of this turn. */
  sendSoonToUser(userId: number, frame: string): void {
    for (const connection of this.connectionsOf(userId)) {
      if (connection.greeted) connection.sendSoon(frame);
    }
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
  }

  #advance(chatId: number, rev: number) {
    const known = this.#revs.get(chatId);
    if (known === undefined || rev > known) this.#revs.set(chatId, rev);
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
