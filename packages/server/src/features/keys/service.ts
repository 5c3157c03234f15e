import {
  type Backup,
  ConfabError,
  type CursorPage,
  type PublicKeys,
  type PutBackup,
  type StoredList,
} from '@confab/protocol';
import { decodeCursor, encodeCursor, pageOf } from '../../lib/cursor';
import type { Committer } from '../../storage/committer';
import { putBackup } from './devices/backup-write';
import { presentKeys, presentList } from './present';
import type { KeyRepository } from './repository';

export interface KeyDeps {
  keys: KeyRepository;
  committer: Committer;
  now: () => number;
  /** Counts a backup that is stored or fetched: they may be large. @throws ConfabError `rate_limited` */
  limitBackup: (userId: number) => void;
  /** Counts a look at somebody's keys. @throws ConfabError `rate_limited` */
  limitRead: (userId: number) => void;
  /** Everybody whom a user blocked or who blocked them. */
  apartFrom: (userId: number) => ReadonlySet<number> | Promise<ReadonlySet<number>>;
}

type AfterPage = { limit: number; cursor?: string | undefined; after?: number | undefined };

/** Where a page of numbered things begins. */
export const startOf = (query: AfterPage, first: number): number =>
  query.cursor === undefined ? (query.after ?? first) : decodeCursor(query.cursor, 'number')[0];

/** Everybody's public keys, and each one's own backup. */
export class KeyService {
  readonly #deps: KeyDeps;

  constructor(deps: KeyDeps) {
    this.#deps = deps;
  }

  /** @throws ConfabError `not_found`, alike for who is unknown, has no keys or is kept apart */
  async keysOf(viewerId: number, userId: number, version?: number): Promise<PublicKeys> {
    await this.#mustSee(viewerId, userId);
    const { keys } = this.#deps;
    const list = await keys.list(userId, version);
    const key = await keys.accountKey(userId);
    const isThere = version === undefined ? (key?.public_key ?? list) : list;
    if (!isThere) throw noKeys();
    return presentKeys(userId, key, list);
  }

  async lists(viewerId: number, userId: number, query: AfterPage): Promise<CursorPage<StoredList>> {
    await this.#mustSee(viewerId, userId);
    const { keys } = this.#deps;
    if (!(await keys.list(userId))) throw noKeys();
    const rows = await keys.lists(userId, startOf(query, 0), query.limit + 1);
    return pageOf(rows, query.limit, (row) => encodeCursor(row.version), presentList);
  }

  async #mustSee(viewerId: number, userId: number): Promise<void> {
    const { keys, limitRead, apartFrom } = this.#deps;
    limitRead(viewerId);
    if (viewerId === userId) return;
    const isApart = (await apartFrom(viewerId)).has(userId);
    if (!isApart && (await keys.isActive(userId))) return;
    // There everybody needs the keys of everybody, also to read what was written before.
    if (!(await keys.shareEncrypted(viewerId, userId))) throw noKeys();
  }

  async backup(userId: number): Promise<Backup> {
    this.#deps.limitBackup(userId);
    const row = await this.#deps.keys.backup(userId);
    return row
      ? { version: row.version, backup: { head: row.head, c: row.c } }
      : { version: 0, backup: null };
  }

  async putBackup(userId: number, { version, backup }: PutBackup): Promise<{ version: number }> {
    const { limitBackup, committer, now } = this.#deps;
    limitBackup(userId);
    const input = { userId, version, ...backup, at: now() };
    return { version: await committer.submit(putBackup, input, userId) };
  }
}

export const noKeys = () => new ConfabError('not_found', 'There are no keys of such a user');
