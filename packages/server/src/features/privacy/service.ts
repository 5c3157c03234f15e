import {
  ConfabError,
  type CursorPage,
  type Privacy,
  type UpdatePrivacy,
  type User,
} from '@confab/protocol';
import { decodeCursor, encodeCursor, pageOf } from '../../lib/cursor';
import type { Bus, ShownTo } from '../../realtime/bus';
import type { Committer } from '../../storage/committer';
import type { Write } from '../../storage/write';
import type { PrivacyRepository } from './repository';
import { type BlockChange, type BlockInput, blockUser, setPrivacy, unblockUser } from './writes';

export interface PrivacyDeps {
  repository: PrivacyRepository;
  committer: Committer;
  bus: Bus;
  now: () => number;
  /** Users that one may block. */
  maxBlocks: number;
  /** Counts a change that a user makes. @throws ConfabError `rate_limited` */
  limit: (userId: number) => void;
  /** Users as the viewer sees them, in this order. */
  present: (viewerId: number, userIds: readonly number[]) => Promise<User[]>;
}

/** Blocks, and who sees what of whom. */
export class PrivacyService {
  readonly #deps: PrivacyDeps;

  constructor(deps: PrivacyDeps) {
    this.#deps = deps;
  }

  async block(userId: number, otherId: number): Promise<void> {
    if (userId === otherId) {
      throw new ConfabError('invalid', 'Nobody can block themselves', {
        errors: [{ path: 'user_id', message: 'must be another user' }],
      });
    }
    const { maxBlocks } = this.#deps;
    await this.#setBlock(blockUser, { ...this.#between(userId, otherId), maxBlocks }, true);
  }

  unblock(userId: number, otherId: number): Promise<void> {
    return this.#setBlock(unblockUser, this.#between(userId, otherId), false);
  }

  #between(userId: number, otherId: number): BlockInput {
    return { userId, otherId, at: this.#deps.now() };
  }

  async #setBlock<I extends BlockInput>(
    write: Write<I, BlockChange>,
    input: I,
    blocked: boolean,
  ): Promise<void> {
    const { committer, bus, limit } = this.#deps;
    const { userId, otherId } = input;
    limit(userId);
    // One key for both of them: what they do to each other is told in the order of the commits.
    const key = Math.min(userId, otherId);
    await committer.submit(write, input, key, ({ changed, turned }) => {
      if (changed) bus.publish({ kind: 'block', userId, otherId, blocked, turned });
    });
  }

  async blocked(
    userId: number,
    query: { limit: number; cursor?: string | undefined },
  ): Promise<CursorPage<User>> {
    const after =
      query.cursor === undefined ? undefined : decodeCursor(query.cursor, 'number', 'number');
    const rows = await this.#deps.repository.blockedBy(userId, after, query.limit + 1);
    const page = pageOf(
      rows,
      query.limit,
      (row) => encodeCursor(row.created_at, row.blocked_id),
      (row) => row.blocked_id,
    );
    return { ...page, items: await this.#deps.present(userId, page.items) };
  }

  async settings(userId: number): Promise<Privacy> {
    return presentSettings(await this.#deps.repository.settingsOf(userId));
  }

  async setSettings(userId: number, body: UpdatePrivacy): Promise<Privacy> {
    const { committer, bus, limit } = this.#deps;
    limit(userId);
    const change: Partial<ShownTo> = {};
    if (body.last_seen !== undefined) change.lastSeen = body.last_seen;
    if (body.read_receipts !== undefined) change.readReceipts = body.read_receipts;
    return committer.submit(setPrivacy, { userId, change }, userId, ({ before, after }) => {
      bus.publish({ kind: 'privacy', userId, before, after });
      return presentSettings(after);
    });
  }
}

const presentSettings = ({ lastSeen, readReceipts }: ShownTo): Privacy => ({
  last_seen: lastSeen,
  read_receipts: readReceipts,
});
