import { ConfabError } from '@confab/protocol/failure';
import { defineWrite, type WriteContext } from '../../../storage/write';
import { lockUsers } from '../../privacy/writes';
import { mustExist } from '../../users/writes';
import type { AccountKeyRow } from '../repository';

/** A key that the server keeps, wrapped. */
export interface WrappedPair {
  publicKey: string;
  keyId: string;
  salt: string;
  sealed: string;
}

function keyOf({ db }: WriteContext, userId: number): Promise<AccountKeyRow | undefined> {
  return db.selectFrom('account_keys').selectAll().where('user_id', '=', userId).executeTakeFirst();
}

/** Stores a key as the user's next one; it is what others are shown, too. */
async function store(
  { db }: WriteContext,
  row: Omit<AccountKeyRow, 'version'>,
  before: AccountKeyRow | undefined,
): Promise<AccountKeyRow> {
  const values = { ...row, version: (before?.version ?? 0) + 1 };
  await db
    .insertInto('account_keys')
    .values(values)
    .onConflict((conflict) => conflict.column('user_id').doUpdateSet(values))
    .execute();
  await db
    .updateTable('users')
    .set({ public_key: row.public_key })
    .where('id', '=', row.user_id)
    .execute();
  return values;
}

/** Gives a user a key who has none, or replaces the one of a version. */
export const makeAccountKey = defineWrite<
  { userId: number; pair: WrappedPair; replaces: number | null; at: number },
  { row: AccountKeyRow; created: boolean }
>('keys.make_account_key', async (context, { userId, pair, replaces, at }) => {
  await lockUsers(context, [userId]);
  // Nothing is kept any more of an account that was erased, not even what was on its way.
  await mustExist(context, userId);
  const before = await keyOf(context, userId);
  const isThere = before !== undefined && before.public_key !== null;
  if (replaces !== null && before?.version !== replaces) {
    throw new ConfabError('stale_key', 'The key was replaced in the meantime');
  }
  if (isThere && replaces === null) return { row: before, created: false };
  const row = {
    user_id: userId,
    public_key: pair.publicKey,
    key_id: pair.keyId,
    custody: 'server_wrapped' as const,
    salt: pair.salt,
    sealed: pair.sealed,
    created_at: at,
  };
  return { row: await store(context, row, before), created: true };
});

/** Puts a key whose private half its owner has in place of the one of a version. */
export const putPublicKey = defineWrite<
  { userId: number; publicKey: string; keyId: string; version: number; at: number },
  { changed: boolean }
>('keys.put_public_key', async (context, { userId, publicKey, keyId, version, at }) => {
  await lockUsers(context, [userId]);
  const before = await keyOf(context, userId);
  if ((before?.version ?? 0) !== version) {
    const detail = `Version ${before?.version ?? 0} is the newest key: read it first`;
    throw new ConfabError('stale_key', detail);
  }
  if (before?.public_key === publicKey && before.custody === 'client') return { changed: false };
  const row = {
    user_id: userId,
    public_key: publicKey,
    key_id: keyId,
    custody: 'client' as const,
    salt: null,
    sealed: null,
    created_at: at,
  };
  await store(context, row, before);
  return { changed: true };
});

/** A key that was sealed with the old password, sealed with the new one. */
export interface Rewrapped {
  version: number;
  salt: string;
  sealed: string;
}

/**
 * Seals a user's key with a new password, in the transaction that sets it.
 * @throws ConfabError `conflict` if it is not the key any more that was sealed again
 */
export async function rewrapKey(
  context: WriteContext,
  userId: number,
  rewrapped: Rewrapped | null,
): Promise<void> {
  const row = await keyOf(context, userId);
  const wanted = row?.custody === 'server_wrapped' ? row.version : null;
  if (wanted !== (rewrapped?.version ?? null)) {
    throw new ConfabError('conflict', 'The account key was replaced in the meantime. Try again.');
  }
  if (!rewrapped) return;
  const { salt, sealed } = rewrapped;
  await context.db
    .updateTable('account_keys')
    .set({ salt, sealed })
    .where('user_id', '=', userId)
    .execute();
}

/** Nobody can open a key any more whose password is unknown. The next sign-in makes another one. */
export async function destroyKey({ db }: WriteContext, userId: number): Promise<void> {
  const gone = await db
    .updateTable('account_keys')
    .set({ public_key: null, key_id: null, custody: null, salt: null, sealed: null })
    .where('user_id', '=', userId)
    .where('custody', '=', 'server_wrapped')
    .returning('user_id')
    .executeTakeFirst();
  if (!gone) return;
  await db.updateTable('users').set({ public_key: null }).where('id', '=', userId).execute();
}
