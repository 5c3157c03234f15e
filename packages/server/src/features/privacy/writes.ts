import type { Audience } from '@confab/protocol';
import { ConfabError } from '@confab/protocol/failure';
import type { ShownTo } from '../../realtime/bus';
import { mustBeActive } from '../../storage/active-account';
import { eraseOwn } from '../../storage/erase-own';
import { defineWrite, type WriteContext } from '../../storage/write';
import { isOpen, OPEN } from './rules';

/**
 * Holds users' rows until the commit, so that what is decided about two users is decided by one
 * transaction at a time. On SQLite there is but one anyway.
 */
export async function lockUsers(
  { db, dialect }: WriteContext,
  userIds: readonly number[],
): Promise<void> {
  if (dialect === 'sqlite') return;
  await db
    .selectFrom('users')
    .select('id')
    .where('id', 'in', userIds)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute();
}

/** Whether either of two users blocks the other one. */
export async function isBlockBetween(
  { db }: WriteContext,
  userId: number,
  otherId: number,
): Promise<boolean> {
  const row = await db
    .selectFrom('blocks')
    .select('blocker_id')
    .where((eb) =>
      eb.or([
        eb.and([eb('blocker_id', '=', userId), eb('blocked_id', '=', otherId)]),
        eb.and([eb('blocker_id', '=', otherId), eb('blocked_id', '=', userId)]),
      ]),
    )
    .executeTakeFirst();
  return row !== undefined;
}

export interface BlockInput {
  userId: number;
  otherId: number;
  at: number;
}

export interface BlockChange {
  /** False when it was so already. */
  changed: boolean;
  /** Whether it changed what is between the two: not while the other one blocks too. */
  turned: boolean;
}

const UNCHANGED: BlockChange = { changed: false, turned: false };

export const blockUser = defineWrite<BlockInput & { maxBlocks: number }, BlockChange>(
  'privacy.block',
  async (context, { userId, otherId, at, maxBlocks }) => {
    await lockUsers(context, [userId, otherId]);
    await mustBeActive(context, userId);
    await mustExist(context, otherId);
    const wasApart = await isBlockBetween(context, userId, otherId);
    const added = await context.db
      .insertInto('blocks')
      .values({ blocker_id: userId, blocked_id: otherId, created_at: at })
      .onConflict((conflict) => conflict.columns(['blocker_id', 'blocked_id']).doNothing())
      .returning('blocker_id')
      .executeTakeFirst();
    if (!added) return UNCHANGED;
    await refuseTooMany(context, userId, maxBlocks);
    await markDirectChats(context, userId, otherId, true);
    return { changed: true, turned: !wasApart };
  },
);

export const unblockUser = defineWrite<BlockInput, BlockChange>(
  'privacy.unblock',
  async (context, { userId, otherId }) => {
    await lockUsers(context, [userId, otherId]);
    const dropped = await context.db
      .deleteFrom('blocks')
      .where('blocker_id', '=', userId)
      .where('blocked_id', '=', otherId)
      .returning('blocker_id')
      .executeTakeFirst();
    if (!dropped) return UNCHANGED;
    const isApart = await isBlockBetween(context, userId, otherId);
    await markDirectChats(context, userId, otherId, isApart);
    return { changed: true, turned: !isApart };
  },
);

async function refuseTooMany({ db }: WriteContext, userId: number, maxBlocks: number) {
  const beyond = await db
    .selectFrom('blocks')
    .select('blocked_id')
    .where('blocker_id', '=', userId)
    .limit(1)
    .offset(maxBlocks)
    .executeTakeFirst();
  if (!beyond) return;
  throw new ConfabError(
    'conflict',
    `You have blocked ${maxBlocks} users. Unblock somebody before you block another one.`,
  );
}

async function mustExist({ db }: WriteContext, userId: number): Promise<void> {
  const row = await db.selectFrom('users').select('id').where('id', '=', userId).executeTakeFirst();
  if (!row) throw new ConfabError('not_found', 'There is no such user');
}

/**
 * The chats' rows are what sending looks at and locks. No revision is made of it, as nobody is told.
 */
async function markDirectChats(
  { db }: WriteContext,
  userId: number,
  otherId: number,
  isBlocked: boolean,
): Promise<void> {
  await db
    .updateTable('chats')
    .set({ is_blocked: isBlocked ? 1 : 0 })
    .where('direct_key', 'in', [
      directKey(userId, otherId, false),
      directKey(userId, otherId, true),
    ])
    .execute();
}

/** What the direct chat of two users is found by; beside it they may have an encrypted one. */
export function directKey(userId: number, otherId: number, isEncrypted: boolean): string {
  const pair = `${Math.min(userId, otherId)}:${Math.max(userId, otherId)}`;
  return isEncrypted ? `${pair}:encrypted` : pair;
}

export interface PrivacyChange {
  userId: number;
  change: { lastSeen?: Audience; readReceipts?: Audience };
}

export const setPrivacy = defineWrite<PrivacyChange, { before: ShownTo; after: ShownTo }>(
  'privacy.set',
  async (context, { userId, change }) => {
    await lockUsers(context, [userId]);
    await mustBeActive(context, userId);
    const before = await settingsOf(context, userId);
    const after = { ...before, ...change };
    await store(context, userId, after);
    return { before, after };
  },
);

async function settingsOf({ db }: WriteContext, userId: number): Promise<ShownTo> {
  const row = await db
    .selectFrom('privacy_settings')
    .select(['last_seen as lastSeen', 'read_receipts as readReceipts'])
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return row ?? OPEN;
}

async function store({ db }: WriteContext, userId: number, shownTo: ShownTo): Promise<void> {
  if (isOpen(shownTo)) {
    await db.deleteFrom('privacy_settings').where('user_id', '=', userId).execute();
    return;
  }
  const columns = { last_seen: shownTo.lastSeen, read_receipts: shownTo.readReceipts };
  await db
    .insertInto('privacy_settings')
    .values({ user_id: userId, ...columns })
    .onConflict((conflict) => conflict.column('user_id').doUpdateSet(columns))
    .execute();
}

/** What is kept here of somebody whose account is erased. */
export const erasePrivacy = eraseOwn('privacy.erase_own', [
  'blocks.blocker_id',
  'blocks.blocked_id',
  'privacy_settings.user_id',
]);

export const privacyWrites = [blockUser, unblockUser, setPrivacy, erasePrivacy];
