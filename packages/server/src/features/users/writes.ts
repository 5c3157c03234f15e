import { createHash } from 'node:crypto';
import { ConfabError } from '@confab/protocol/failure';
import { fold } from '../../lib/fold';
import { namesOf } from '../../lib/search-names';
import { doomAvatar } from '../../storage/doomed-files';
import { defineWrite, type WriteContext } from '../../storage/write';

export { asShown } from './shown';

export interface NewUser {
  username: string;
  email: string;
  passwordHash: string;
  fullName: string | null;
  at: number;
}

export const createUser = defineWrite<NewUser, number>('users.create', async ({ db }, user) => {
  const clash = await db
    .selectFrom('users')
    .select(['username', 'email'])
    .where((eb) => eb.or([eb('username', '=', user.username), eb('email', '=', user.email)]))
    .executeTakeFirst();
  if (clash?.username === user.username || (await isRetired({ db }, user.username))) {
    throw new ConfabError('username_taken', 'This username is taken. Choose another one.');
  }
  if (clash) throw new ConfabError('email_taken', 'There is an account with this email address.');
  const row = await db
    .insertInto('users')
    .values({
      username: user.username,
      email: user.email,
      password_hash: user.passwordHash,
      full_name: user.fullName,
      search_name: searchName(user.fullName),
      is_active: 1,
      created_at: user.at,
    })
    .returning(['id', 'username', 'search_name'])
    .executeTakeFirstOrThrow();
  await storeNames({ db }, row);
  return row.id;
});

const hashOf = (username: string) => createHash('sha256').update(username).digest('hex');

/**
 * The name of an erased account stays taken, so that an old “@name” never means somebody else. Its
 * hash is enough to know it again.
 */
export async function retireUsername({ db }: Pick<WriteContext, 'db'>, username: string) {
  await db
    .insertInto('retired_usernames')
    .values({ hash: hashOf(username) })
    .onConflict((conflict) => conflict.column('hash').doNothing())
    .execute();
}

async function isRetired({ db }: Pick<WriteContext, 'db'>, username: string): Promise<boolean> {
  const row = await db
    .selectFrom('retired_usernames')
    .select('hash')
    .where('hash', '=', hashOf(username))
    .executeTakeFirst();
  return row !== undefined;
}

/** @throws ConfabError `not_found` for nobody's id, and for who was erased */
export async function mustExist({ db }: Pick<WriteContext, 'db'>, userId: number): Promise<void> {
  const row = await db
    .selectFrom('users')
    .select('id')
    .where('id', '=', userId)
    .where('erased_at', 'is', null)
    .executeTakeFirst();
  if (!row) throw new ConfabError('not_found', 'There is no such user');
}

export interface ProfileChange {
  userId: number;
  fields: {
    full_name?: string | null;
    bio?: string | null;
    avatar_url?: string | null;
    email?: string;
  };
}

export const updateProfile = defineWrite<ProfileChange, null>(
  'users.update',
  async ({ db }, { userId, fields }) => {
    if (fields.email !== undefined) await refuseTakenEmail({ db }, userId, fields.email);
    const folded = 'full_name' in fields ? { search_name: searchName(fields.full_name) } : {};
    const change = { ...fields, ...folded };
    if (fields.avatar_url !== undefined) await leavePicture({ db }, userId, fields.avatar_url);
    const row = await db
      .updateTable('users')
      .set(change)
      .where('id', '=', userId)
      .where('erased_at', 'is', null)
      .returning(['id', 'username', 'search_name'])
      .executeTakeFirst();
    if (row && 'full_name' in fields) await storeNames({ db }, row);
    return null;
  },
);

/** A profile that is sent back as it was keeps its picture. */
async function leavePicture(
  { db }: Pick<WriteContext, 'db'>,
  userId: number,
  url: string | null,
): Promise<void> {
  const user = await db
    .selectFrom('users')
    .select('avatar_url')
    .where('id', '=', userId)
    .executeTakeFirst();
  if (user?.avatar_url !== url) await doomAvatar({ db }, 'user', userId);
}

/** After a trigger forgot the old ones. */
async function storeNames(
  { db }: Pick<WriteContext, 'db'>,
  user: { id: number; username: string; search_name: string | null },
): Promise<void> {
  const names = namesOf(user.username, user.search_name);
  await db
    .insertInto('user_names')
    .values(names.map((name) => ({ name, user_id: user.id })))
    .execute();
}

const searchName = (name: string | null | undefined): string | null => (name ? fold(name) : null);

async function refuseTakenEmail({ db }: Pick<WriteContext, 'db'>, userId: number, email: string) {
  const holder = await db
    .selectFrom('users')
    .select('id')
    .where('email', '=', email)
    .where('id', '<>', userId)
    .executeTakeFirst();
  if (holder) throw new ConfabError('email_taken', 'Another account has this email address.');
}

export const setLastSeen = defineWrite<{ userIds: number[]; at: number }, null>(
  'users.last_seen',
  async ({ db }, { userIds, at }) => {
    if (userIds.length === 0) return null;
    await db
      .updateTable('users')
      .set({ last_seen: at })
      .where('id', 'in', userIds)
      .where('erased_at', 'is', null)
      .execute();
    return null;
  },
);

export const userWrites = [createUser, updateProfile, setLastSeen];
