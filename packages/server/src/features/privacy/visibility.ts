import type { BusMessage, ShownTo } from '../../realtime/bus';
import type { Blocks } from './blocks';
import type { PrivacyRepository } from './repository';
import { isShared } from './rules';
import type { PrivacySettings } from './settings';
import { UserSets } from './user-sets';

/** Users and contacts held at most. */
const KEPT = 500_000;

/** Whether somebody sees something of another user. */
export type Sees = (otherId: number) => boolean;

/** Nobody's presence is seen: for what goes to many at once. */
export const SEES_NOBODY: Sees = () => false;

type Shown = keyof ShownTo;

/**
 * The one place that knows who sees whose presence and read marks. Both are seen by both of two
 * users or by neither, so what a user sees of others is also who of them sees that user.
 */
export class Visibility {
  readonly #settings: PrivacySettings;
  readonly #blocks: Blocks;
  readonly #repository: Pick<PrivacyRepository, 'neverRead' | 'neverDelivered'>;
  readonly #contacts: UserSets;

  constructor(deps: {
    settings: PrivacySettings;
    blocks: Blocks;
    repository: Pick<PrivacyRepository, 'contactsOf' | 'neverRead' | 'neverDelivered'>;
  }) {
    this.#settings = deps.settings;
    this.#blocks = deps.blocks;
    this.#repository = deps.repository;
    this.#contacts = new UserSets((userId) => deps.repository.contactsOf(userId), KEPT);
  }

  /**
   * Between a user and these others: who sees whether the other one is online, and when they were.
   * @param own the user's setting, where it is not the one of now
   */
  async presence(userId: number, others: Iterable<number>, own?: ShownTo): Promise<Sees> {
    const shares = await this.shares('lastSeen', userId, others, own);
    const apart = await this.#blocks.of(userId);
    return (otherId) => !apart.has(otherId) && shares(otherId);
  }

  /**
   * Between a user and others: who sees that something has reached a device of the other one.
   * Across a block that is told by their reading it alone, as it tells that somebody is there.
   */
  async deliveries(userId: number): Promise<Sees> {
    const apart = await this.#blocks.of(userId);
    return (otherId) => !apart.has(otherId);
  }

  /** Between a user and these others: who sees how far the other one has read. */
  reads(userId: number, others: Iterable<number>): Promise<Sees> {
    return this.shares('readReceipts', userId, others);
  }

  /**
   * What the settings of a user and of these others say, whatever blocks there are.
   * @param own the user's setting, where it is not the one of now
   */
  async shares(
    what: Shown,
    userId: number,
    others: Iterable<number>,
    own?: ShownTo,
  ): Promise<Sees> {
    const needed = this.#areContactsNeeded(what, userId, others, own);
    const contacts = needed ? await this.#contacts.of(userId) : undefined;
    return (otherId) =>
      otherId === userId ||
      isShared(
        (own ?? this.#settings.of(userId))[what],
        this.#settings.of(otherId)[what],
        () => contacts?.has(otherId) === true,
      );
  }

  #areContactsNeeded(what: Shown, userId: number, others: Iterable<number>, own?: ShownTo) {
    const mine = (own ?? this.#settings.of(userId))[what];
    if (mine !== 'everyone') return mine === 'contacts';
    if (this.#settings.areAllOpen) return false;
    for (const otherId of others) {
      if (this.#settings.of(otherId)[what] === 'contacts') return true;
    }
    return false;
  }

  /**
   * Whether messages of a chat may be called read, which tells of all its members at once.
   * @param joining a member whom the chat does not know yet
   */
  letsBeRead(
    { type, members }: { type: 'direct' | 'group'; members: ReadonlyMap<number, unknown> },
    joining?: number,
  ): boolean {
    const isNew = joining !== undefined && !members.has(joining);
    if (members.size + (isNew ? 1 : 0) < 2) return true;
    const letsNewOne = !isNew || this.#settings.letBeRead(type, new Map([[joining, true]]));
    return letsNewOne && this.#settings.letBeRead(type, members);
  }

  /** Must have run before anybody asks `letsBeDelivered` of these senders. */
  loadBlocks(senderIds: Iterable<number>): Promise<void> {
    return this.#blocks.load(senderIds);
  }

  /**
   * Whether somebody's messages to a chat may be called delivered before they are read. That tells
   * that everybody was there; so not when there is a block between the sender and one of them.
   */
  letsBeDelivered(members: ReadonlyMap<number, unknown>, senderId: number): boolean {
    const apart = this.#blocks.peek(senderId);
    if (!apart) return false;
    if (apart.size > members.size) return ![...members.keys()].some((id) => apart.has(id));
    return ![...apart].some((id) => members.has(id));
  }

  /** Those of these chats whose newest message may not be called delivered before it is read. */
  async neverDelivered(chatIds: readonly number[]): Promise<ReadonlySet<number>> {
    if (chatIds.length === 0) return new Set();
    return new Set(await this.#repository.neverDelivered(chatIds));
  }

  /** Those of these chats whose messages may not be called read. */
  async neverRead(chatIds: readonly number[]): Promise<ReadonlySet<number>> {
    if (this.#settings.areAllOpen || chatIds.length === 0) return new Set();
    return new Set(await this.#repository.neverRead(chatIds));
  }

  /** Must hear the bus before anybody who answers by it. */
  follow(message: BusMessage): void {
    this.#settings.follow(message);
    this.#blocks.follow(message);
    // A new direct chat makes contacts.
    if (message.kind === 'membership') this.#contacts.forget(message.userId);
  }
}
