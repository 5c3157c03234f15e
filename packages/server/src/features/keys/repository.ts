import type { Kysely, Selectable } from 'kysely';
import type { Schema } from '../../storage/schema';
import type { ApprovalRow, DeviceRow, ListRow } from './devices/records';

export type AccountKeyRow = Selectable<Schema['account_keys']>;
export type BackupRow = Selectable<Schema['key_backups']>;

/** What is stored of users' keys. */
export class KeyRepository {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  /** The newest list, or the one of a version. */
  list(userId: number, version?: number): Promise<ListRow | undefined> {
    return this.#db
      .selectFrom('device_lists')
      .selectAll()
      .where('user_id', '=', userId)
      .$if(version !== undefined, (query) => query.where('version', '=', version as number))
      .orderBy('version', 'desc')
      .limit(1)
      .executeTakeFirst();
  }

  lists(userId: number, afterVersion: number, limit: number): Promise<ListRow[]> {
    return this.#db
      .selectFrom('device_lists')
      .selectAll()
      .where('user_id', '=', userId)
      .where('version', '>', afterVersion)
      .orderBy('version')
      .limit(limit)
      .execute();
  }

  /** With the time at which the session that registered each was last used. */
  devices(userId: number): Promise<(DeviceRow & { last_used_at: number | null })[]> {
    return this.#db
      .selectFrom('encryption_devices as d')
      .leftJoin('sessions as s', 's.id', 'd.session_id')
      .selectAll('d')
      .select('s.last_used_at')
      .where('d.user_id', '=', userId)
      .orderBy('d.created_at')
      .orderBy('d.device_id')
      .execute();
  }

  device(userId: number, deviceId: string): Promise<DeviceRow | undefined> {
    return this.#db
      .selectFrom('encryption_devices')
      .selectAll()
      .where('user_id', '=', userId)
      .where('device_id', '=', deviceId)
      .executeTakeFirst();
  }

  /** Requests that wait for an answer, the oldest first. */
  pendingApprovals(userId: number, at: number): Promise<ApprovalRow[]> {
    return this.#db
      .selectFrom('device_approvals')
      .selectAll()
      .where('user_id', '=', userId)
      .where('state', '=', 'pending')
      .where('expires_at', '>', at)
      .orderBy('created_at')
      .orderBy('device_id')
      .execute();
  }

  approval(userId: number, deviceId: string, at: number): Promise<ApprovalRow | undefined> {
    return this.#db
      .selectFrom('device_approvals')
      .selectAll()
      .where('user_id', '=', userId)
      .where('device_id', '=', deviceId)
      .where('expires_at', '>', at)
      .executeTakeFirst();
  }

  accountKey(userId: number): Promise<AccountKeyRow | undefined> {
    return this.#db
      .selectFrom('account_keys')
      .selectAll()
      .where('user_id', '=', userId)
      .executeTakeFirst();
  }

  accountKeys(userIds: readonly number[]): Promise<AccountKeyRow[]> {
    return this.#db
      .selectFrom('account_keys as k')
      .innerJoin('users as u', 'u.id', 'k.user_id')
      .selectAll('k')
      .where('k.user_id', 'in', userIds)
      .where('u.is_active', '=', 1)
      .execute();
  }

  backup(userId: number): Promise<BackupRow | undefined> {
    return this.#db
      .selectFrom('key_backups')
      .selectAll()
      .where('user_id', '=', userId)
      .executeTakeFirst();
  }

  async isActive(userId: number): Promise<boolean> {
    const row = await this.#db
      .selectFrom('users')
      .select('is_active')
      .where('id', '=', userId)
      .executeTakeFirst();
    return row?.is_active === 1;
  }

  /** Everybody who shares an encrypted or a direct chat with a user, and whether an encrypted one. */
  async confidants(userId: number): Promise<{ userId: number; isEncrypted: boolean }[]> {
    const rows = await this.#peers(userId)
      .select((eb) => ['theirs.user_id', eb.fn.max('c.is_encrypted').as('is_encrypted')])
      .where((eb) => eb.or([eb('c.chat_type', '=', 'direct'), eb('c.is_encrypted', '=', 1)]))
      .groupBy('theirs.user_id')
      .execute();
    return rows.map((row) => ({ userId: row.user_id, isEncrypted: row.is_encrypted === 1 }));
  }

  /** Whether a user is in an encrypted chat that another one is in, or was: what that one signed stays. */
  async shareEncrypted(userId: number, otherId: number): Promise<boolean> {
    const row = await this.#everPeers(userId)
      .select('c.id')
      .where('theirs.user_id', '=', otherId)
      .where('c.is_encrypted', '=', 1)
      .limit(1)
      .executeTakeFirst();
    return row !== undefined;
  }

  #peers(userId: number) {
    return this.#everPeers(userId).where('theirs.left_at', 'is', null);
  }

  /** Who is, or was, in a chat of a user's. */
  #everPeers(userId: number) {
    return this.#db
      .selectFrom('chat_members as mine')
      .innerJoin('chats as c', 'c.id', 'mine.chat_id')
      .innerJoin('chat_members as theirs', 'theirs.chat_id', 'mine.chat_id')
      .where('mine.user_id', '=', userId)
      .where('mine.left_at', 'is', null)
      .where('c.is_active', '=', 1);
  }
}
