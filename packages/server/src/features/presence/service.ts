import type { Presence } from '@confab/protocol';
import { type Clock, isoOrNull } from '../../lib/clock';
import { frame } from '../../lib/frame';
import type { Bus, BusMessage } from '../../realtime/bus';
import type { Connection } from '../../realtime/connection';
import type { Hub } from '../../realtime/hub';
import type { OnlineLeases } from '../../realtime/online';
import type { Committer } from '../../storage/committer';
import type { ChatRepository, ChatStates } from '../chats';
import { setLastSeen, type UserDirectory } from '../users';
import { BEHIND_BYTES } from './typing';

/** People who share only larger groups are told when they look at one. */
const SMALL_GROUP = 20;
/** Members whose presence the answer to join_chat holds. */
const SHOWN = 200;
const TICK_MS = 50;
/** How many changes are told per tick; the rest waits, so that a storm of them slows nobody. */
const PER_TICK = 5;

/** Tells who came and went to those whom it interests. */
export class PresenceService {
  readonly #clock: Clock;
  readonly #hub: Hub;
  readonly #online: OnlineLeases;
  readonly #chats: ChatRepository;
  readonly #states: ChatStates;
  readonly #directory: UserDirectory;
  readonly #committer: Committer;
  readonly #onError: (error: unknown) => void;
  readonly #changed = new Map<number, { online: boolean; lastSeen: number | null }>();
  #ticking = false;

  constructor(deps: {
    clock: Clock;
    hub: Hub;
    online: OnlineLeases;
    chats: ChatRepository;
    states: ChatStates;
    directory: UserDirectory;
    committer: Committer;
    bus: Bus;
    onError: (error: unknown) => void;
  }) {
    this.#clock = deps.clock;
    this.#hub = deps.hub;
    this.#online = deps.online;
    this.#chats = deps.chats;
    this.#states = deps.states;
    this.#directory = deps.directory;
    this.#committer = deps.committer;
    this.#onError = deps.onError;
    deps.online.onChange((userId, online, lastSeen) => {
      deps.bus.publish({ kind: 'presence', userId, online, lastSeen });
      if (lastSeen !== null) void this.#store([userId], lastSeen);
    });
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
    const everyone = [...this.#online.everyone()];
    for (let i = 0; i < everyone.length; i += 500) {
      await this.#store(everyone.slice(i, i + 500), this.#clock.now());
    }
  }

  follow(message: BusMessage): void {
    if (message.kind !== 'presence') return;
    const { userId, online, lastSeen } = message;
    this.#changed.delete(userId);
    this.#changed.set(userId, { online, lastSeen });
    this.#tickLater();
  }

  #tickLater() {
    if (this.#ticking) return;
    this.#ticking = true;
    this.#clock.after(TICK_MS, () => {
      this.#tellSome()
        .catch(this.#onError)
        .finally(() => {
          this.#ticking = false;
          if (this.#changed.size > 0) this.#tickLater();
        });
    });
  }

  async #tellSome(): Promise<void> {
    for (const [userId, change] of [...this.#changed].slice(0, PER_TICK)) {
      this.#changed.delete(userId);
      await this.#tell(userId, change);
    }
  }

  async #tell(userId: number, change: { online: boolean; lastSeen: number | null }) {
    if (this.#hub.connectionCount === 0) return;
    const card = await this.#directory.get(userId);
    if (!card) return;
    const text = frame('user_status', this.#presence(card.id, card.username, change));
    const told = new Set<Connection>();
    for (const otherId of await this.#chats.acquaintances(userId, SMALL_GROUP)) {
      for (const connection of this.#hub.connectionsOf(otherId)) told.add(connection);
    }
    for (const connection of await this.#lookersOn(userId)) told.add(connection);
    for (const connection of told) connection.sendIfIdle(text, BEHIND_BYTES);
  }

  async #lookersOn(userId: number): Promise<Connection[]> {
    if (!this.#hub.anybodyLooks) return [];
    const chats = await this.#chats.revisions(userId);
    return chats
      .flatMap(({ chatId }) => [...this.#hub.lookers(chatId)])
      .filter((connection) => connection.userId !== userId);
  }

  #presence(
    userId: number,
    username: string,
    change: { online: boolean; lastSeen: number | null },
  ): Presence {
    return {
      user_id: userId as Presence['user_id'],
      username,
      status: change.online ? 'online' : 'offline',
      last_seen: isoOrNull(change.lastSeen),
    };
  }

  /** The connection looks at a chat: here is who of it is there. */
  async look(connection: Connection, chatId: number): Promise<Presence[]> {
    const state = await this.#states.forMember(chatId, connection.userId);
    // The connection may have closed, and its user have left, while the chat was loaded.
    if (!connection.closing) this.#hub.lookAt(connection, chatId);
    const others = [...state.members.keys()].filter((id) => id !== connection.userId);
    const onlineFirst = [
      ...others.filter((id) => this.#online.isOnline(id)),
      ...others.filter((id) => !this.#online.isOnline(id)),
    ].slice(0, SHOWN);
    const cards = await this.#directory.many(onlineFirst);
    return onlineFirst.flatMap((id) => {
      const card = cards.get(id);
      if (!card) return [];
      const online = this.#online.isOnline(id);
      return [this.#presence(id, card.username, { online, lastSeen: card.lastSeen })];
    });
  }

  async lookAway(connection: Connection, chatId: number): Promise<void> {
    await this.#states.forMember(chatId, connection.userId);
    this.#hub.lookAway(connection, chatId);
  }
}
