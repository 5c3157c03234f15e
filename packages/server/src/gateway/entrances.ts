import { ConfabError } from '@confab/protocol';
import type { Claims } from '../features/auth';
import type { ChatRepository } from '../features/chats';
import type { BusMessage } from '../realtime/bus';
import type { Connection } from '../realtime/connection';
import type { Hub } from '../realtime/hub';

type ChatLists = Pick<ChatRepository, 'idsOfUser' | 'revisionsOf'>;

/** A connection that was admitted, with the chats that it will hear when it opens. */
export interface Entrance {
  readonly claims: Claims;
  /** It negotiated `confab.v1` and confirms deliveries itself. */
  readonly confirms: boolean;
  chatIds: readonly number[];
  /** The chats were not read yet, or have changed since. */
  outdated: boolean;
  /** Its session ended before it opened. */
  revoked: boolean;
  connection: Connection | undefined;
}

/**
 * Connections on their way in. Their chats are read before they open, so that a connection hears
 * them from its first moment, and the answer to its handshake and `ready` leave in one write.
 */
export class Entrances {
  readonly #chats: ChatLists;
  readonly #hub: Hub;
  readonly #byUser = new Map<number, Set<Entrance>>();

  constructor(chats: ChatLists, hub: Hub) {
    this.#chats = chats;
    this.#hub = hub;
  }

  countOf(userId: number): number {
    return this.#byUser.get(userId)?.size ?? 0;
  }

  add(claims: Claims, confirms: boolean): Entrance {
    const entrance: Entrance = {
      claims,
      confirms,
      chatIds: [],
      outdated: true,
      revoked: false,
      connection: undefined,
    };
    const others = this.#byUser.get(claims.userId) ?? new Set();
    this.#byUser.set(claims.userId, others.add(entrance));
    return entrance;
  }

  /** It opened, or will not. */
  remove(entrance: Entrance): void {
    const { userId } = entrance.claims;
    const others = this.#byUser.get(userId);
    others?.delete(entrance);
    if (others?.size === 0) this.#byUser.delete(userId);
  }

  /**
   * Reads the chats, and the revisions that the hub does not know. While it does the user may join
   * or leave one: who opens the connection looks at `outdated` in the same turn.
   * @throws ConfabError `session_revoked`
   */
  async prepare(entrance: Entrance): Promise<void> {
    entrance.outdated = false;
    entrance.chatIds = await this.#chats.idsOfUser(entrance.claims.userId);
    const unknown = entrance.chatIds.filter((chatId) => this.#hub.rev(chatId) === undefined);
    if (unknown.length > 0) this.#hub.learn(await this.#chats.revisionsOf(unknown));
    if (entrance.revoked) throw new ConfabError('session_revoked', 'This session has ended.');
  }

  follow(message: BusMessage): void {
    if (message.kind !== 'membership' && message.kind !== 'session_ended') return;
    for (const entrance of this.#byUser.get(message.userId) ?? []) {
      if (message.kind === 'membership') entrance.outdated = true;
      else if (message.sessionIds.includes(entrance.claims.sessionId)) entrance.revoked = true;
    }
  }
}
