import type { Hub } from '../../realtime/hub';
import { type ChatState, isMutedAt } from '../chats';
import { isQuiet } from './quiet-hours';
import type { NotificationRepository } from './repository';
import { type Decision, decide, type Situation, silenceOf } from './rules';
import type { Silences } from './silences';

export interface PeopleDeps {
  hub: Hub;
  notifications: NotificationRepository;
  /** Everybody whom a user blocked or who blocked them; at once when it is in memory. */
  apartFrom: (userId: number) => ReadonlySet<number> | Promise<ReadonlySet<number>>;
  /** Takes note of why devices are not woken. */
  silences: Pick<Silences, 'add'>;
  now: () => number;
}

export interface Candidate {
  userId: number;
  /** Who caused what they may be notified of. */
  actorId: number;
  /** When what it is about was said; where it is missing, now. */
  saidAt?: number;
}

/** Looks up what the rules ask about people. */
export class People {
  readonly #deps: PeopleDeps;

  constructor(deps: PeopleDeps) {
    this.#deps = deps;
  }

  /** With whom each of these users does not talk. */
  async apartFrom(userIds: Iterable<number>): Promise<Map<number, ReadonlySet<number>>> {
    const distinct = [...new Set(userIds)];
    const sets = await Promise.all(distinct.map((userId) => this.#deps.apartFrom(userId)));
    return new Map(distinct.map((userId, i) => [userId, sets[i] ?? new Set()]));
  }

  isConnected(userId: number): boolean {
    return this.#deps.hub.connectionsOf(userId).length > 0;
  }

  /** Who has the chat open on any of their connections. */
  lookersAt(chatId: number): Set<number> {
    return new Set([...this.#deps.hub.lookers(chatId)].map((connection) => connection.userId));
  }

  /** What each of these members of a chat gets; whoever is no member gets nothing. */
  async decide(
    kind: Situation['kind'],
    state: ChatState,
    candidates: readonly Candidate[],
  ): Promise<Decision[]> {
    const lookers = this.lookersAt(state.id);
    const asleep = await this.#asleep(candidates);
    const apart = await this.apartFrom(candidates.map(({ actorId }) => actorId));
    const now = this.#deps.now();
    return candidates.map(({ userId, actorId, saidAt = now }) => {
      const member = state.members.get(userId);
      const situation = {
        kind,
        level: member?.level ?? 'all',
        muted: member !== undefined && isMutedAt(member, saidAt),
        looking: lookers.has(userId),
        blocked: !member || apart.get(actorId)?.has(userId) === true,
        connected: this.isConnected(userId),
        quiet: asleep.has(userId),
      };
      const why = member && silenceOf(situation);
      if (why) this.#deps.silences.add(userId, state.id, why);
      return decide(situation);
    });
  }

  /** Of those whose devices would be woken, the ones who have their quiet hours. */
  async #asleep(candidates: readonly Candidate[]): Promise<Set<number>> {
    const away = candidates.map(({ userId }) => userId).filter((id) => !this.isConnected(id));
    const settings = await this.#deps.notifications.settings(away);
    const at = this.#deps.now();
    return new Set(away.filter((id) => isQuiet(settings.get(id) ?? NEVER, at)));
  }
}

const NEVER = { quiet_from: null, quiet_to: null, time_zone: 'UTC' };
