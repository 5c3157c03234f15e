import { createHash } from 'node:crypto';
import { ConfabError } from '@confab/protocol/failure';
import type { WriteContext } from '../../../storage/write';
import type { ListedDevice, ListRow, SignedList } from './records';

/** Steps that the writes of device lists are made of. */

export function currentList({ db }: WriteContext, userId: number): Promise<ListRow | undefined> {
  return db
    .selectFrom('device_lists')
    .selectAll()
    .where('user_id', '=', userId)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** @throws ConfabError `stale_list` unless a list is the one that comes after another */
export function mustFollow(list: SignedList, before: ListRow | undefined): void {
  const version = (before?.version ?? 0) + 1;
  const prev = before ? createHash('sha256').update(before.text).digest('base64url') : null;
  if (list.version !== version || list.prev !== prev) {
    const known = before ? `Version ${before.version} is the newest list` : 'There is no list yet';
    throw new ConfabError('stale_list', `${known}: read it and make its next version`);
  }
}

/** @throws ConfabError `identity_changed` */
export function mustKeepIdentity(list: SignedList, before: ListRow | undefined): void {
  if (before && before.identity_key !== list.identityKey) {
    const detail = 'The list is signed by another identity key than the one before';
    throw new ConfabError('identity_changed', detail);
  }
}

export const isSameDevice = (a: ListedDevice, b: ListedDevice): boolean =>
  a.device_id === b.device_id && a.public_key === b.public_key && a.signing_key === b.signing_key;

export function storedDevices({ db }: WriteContext, userId: number): Promise<ListedDevice[]> {
  return db
    .selectFrom('encryption_devices')
    .select(['device_id', 'public_key', 'signing_key'])
    .where('user_id', '=', userId)
    .execute();
}

export async function storeList(
  { db }: WriteContext,
  userId: number,
  list: SignedList,
  at: number,
): Promise<void> {
  await db
    .insertInto('device_lists')
    .values({
      user_id: userId,
      version: list.version,
      text: list.text,
      signature: list.signature,
      identity_key: list.identityKey,
      created_at: at,
    })
    .execute();
}

/** Devices that are no longer on the list: what was wrapped to them goes with them. */
export async function dropDevices(
  { db }: WriteContext,
  userId: number,
  deviceIds: readonly string[],
): Promise<void> {
  if (deviceIds.length === 0) return;
  for (const table of ['encryption_devices', 'epoch_slices', 'device_approvals'] as const) {
    await db
      .deleteFrom(table)
      .where('user_id', '=', userId)
      .where('device_id', 'in', deviceIds)
      .execute();
  }
}
