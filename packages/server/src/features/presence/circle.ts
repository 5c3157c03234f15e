import type { Connection } from '../../realtime/connection';
import type { Hub } from '../../realtime/hub';
import type { ChatRepository, ChatStates } from '../chats';

/** People who share only larger groups are told when they look at one. */
const SMALL_GROUP = 20;

/** Whom it interests whether somebody is there. */
export class Circle {
  readonly #hub: Hub;
  readonly #chats: ChatRepository;
  readonly #states: ChatStates;

  constructor(hub: Hub, chats: ChatRepository, states: ChatStates) {
    this.#hub = hub;
    this.#chats = chats;
    this.#states = states;
  }

  /** Connections of others that are told of a user. */
  async around(userId: number): Promise<Set<Connection>> {
    const told = new Set<Connection>();
    for (const otherId of await this.#acquaintances(userId)) {
      for (const connection of this.#hub.connectionsOf(otherId)) told.add(connection);
    }
    for (const connection of await this.#lookersOn(userId)) told.add(connection);
    return told;
  }

  #acquaintances(userId: number): Promise<number[]> {
    return this.#chats.acquaintances(userId, SMALL_GROUP);
  }

  async #lookersOn(userId: number): Promise<Connection[]> {
    if (!this.#hub.anybodyLooks) return [];
    const chats = await this.#chats.revisions(userId);
    return chats
      .flatMap(({ chatId }) => [...this.#hub.lookers(chatId)])
      .filter((connection) => connection.userId !== userId);
  }

  /**
   * Whom a user's own connections are told of.
   * @param perChat of a chat that they look at, at most so many members
   */
  async watchedBy(userId: number, perChat: number): Promise<Set<number>> {
    const watched = new Set(await this.#acquaintances(userId));
    for (const connection of this.#hub.connectionsOf(userId)) {
      for (const chatId of connection.looking ?? []) {
        const state = await this.#states.load(chatId);
        for (const memberId of [...(state?.members.keys() ?? [])].slice(0, perChat)) {
          if (memberId !== userId) watched.add(memberId);
        }
      }
    }
    return watched;
  }
}
