import { ConfabError } from '@confab/protocol/failure';
import { doomAvatar } from '../../storage/doomed-files';
import { defineWrite, type Write, type WriteContext } from '../../storage/write';
import { keepAnAdmin } from '../admin/writes';
import { endSessions } from '../auth/writes';
import { retireUsername } from '../users/writes';

/** A part of an erasure. It may be asked for again after a crash, and so must not mind. */
export interface EraseInput {
  userId: number;
  at: number;
}

/**
 * Erases some of what a feature holds of a user: at most a few hundred rows, so that nobody waits
 * for it. @returns whether there may be more
 */
export type EraseStep = Write<EraseInput, boolean>;

/**
 * The erasure itself, from which nothing comes back: nobody can sign in, and no name is shown any
 * more. What lies elsewhere is erased in steps after it.
 * @returns the sessions that ended
 */
export const beginErasure = defineWrite<
  { userId: number; passwordHash: string; at: number },
  number[]
>('accounts.begin_erasure', async (context, { userId, passwordHash, at }) => {
  const account = await context.db
    .selectFrom('users')
    .select(['id', 'username', 'is_active', 'server_role'])
    .where('id', '=', userId)
    .where('password_hash', '=', passwordHash)
    .where('erased_at', 'is', null)
    .executeTakeFirst();
  if (!account) throw new ConfabError('conflict', 'The account was changed in the meantime.');
  await keepAnAdmin(context, account);
  await retireUsername(context, account.username);
  await context.db
    .insertInto('erasures')
    .values({ user_id: userId, username: account.username, requested_at: at })
    .execute();
  await blankProfile(context, userId, at);
  await doomAvatar(context, 'user', userId);
  return endSessions.run(context, { userId });
});

/** The placeholders cannot be registered, as no username and no address looks like them. */
async function blankProfile({ db }: WriteContext, userId: number, at: number): Promise<void> {
  await db
    .updateTable('users')
    .set({
      username: `deleted:${userId}`,
      email: `deleted:${userId}`,
      password_hash: '',
      full_name: null,
      search_name: null,
      avatar_url: null,
      bio: null,
      public_key: null,
      last_seen: null,
      is_active: 0,
      server_role: 'user',
      erased_at: at,
    })
    .where('id', '=', userId)
    .execute();
}

export const finishErasure = defineWrite<{ userId: number }, null>(
  'accounts.finish_erasure',
  async ({ db }, { userId }) => {
    await db.deleteFrom('erasures').where('user_id', '=', userId).execute();
    return null;
  },
);

export const accountWrites = [beginErasure, finishErasure];
