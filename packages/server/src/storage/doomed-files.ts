import { ConfabError } from '@confab/protocol/failure';
import { sql } from 'kysely';
import type { WriteContext } from './write';

/** Steps of writes that take files away. The files themselves go after the commit. */

type Db = Pick<WriteContext, 'db'>;

/** @param notBefore until then the file may still be kept (see `keepFiles`) */
export async function doomFiles({ db }: Db, keys: readonly string[], notBefore = 0): Promise<void> {
  if (keys.length === 0) return;
  await db
    .insertInto('doomed_files')
    .values(keys.map((key) => ({ key, not_before: notBefore })))
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ not_before: notBefore }))
    .execute();
}

/** A store may be slow; nobody erases a file that is this close to its end. */
const MARGIN_MS = 60_000;

/**
 * A file that was doomed when it was stored, in case of a crash, has a row of its own from now on.
 * @throws ConfabError `overloaded` when storing it took so long that it may be erased by now
 */
export async function keepFiles({ db }: Db, keys: readonly string[], at: number): Promise<void> {
  if (keys.length === 0) return;
  const kept = await db
    .deleteFrom('doomed_files')
    .where('key', 'in', keys)
    .where('not_before', '>', at + MARGIN_MS)
    .returning('key')
    .execute();
  if (kept.length < keys.length) {
    throw new ConfabError('overloaded', 'Storing the file took too long. Try again.');
  }
}

interface FileRow {
  file_key: string;
  thumbnail_key: string | null;
  uploader_id: number;
  file_size: number;
}

/** Files of rows that were just deleted. */
export async function doomMedia(context: Db, rows: readonly FileRow[]): Promise<void> {
  const keys = rows.flatMap((row) => [row.file_key, row.thumbnail_key ?? []].flat());
  await doomFiles(context, keys);
  for (const [userId, own] of Map.groupBy(rows, (row) => row.uploader_id)) {
    const freed = own.reduce((sum, row) => sum + row.file_size, 0);
    await changeUsage(context, userId, -freed);
  }
}

/** @returns what the user's files take now */
export async function changeUsage({ db }: Db, userId: number, bytes: number): Promise<number> {
  const row = await db
    .insertInto('media_usage')
    .values({ user_id: userId, bytes: Math.max(0, bytes) })
    .onConflict((conflict) =>
      conflict.column('user_id').doUpdateSet({ bytes: sql`media_usage.bytes + ${bytes}` }),
    )
    .returning('bytes')
    .executeTakeFirstOrThrow();
  return row.bytes;
}

/** Takes the files from messages that are being erased. */
export async function doomMediaOf(context: Db, messageIds: readonly number[]): Promise<void> {
  if (messageIds.length === 0) return;
  const rows = await context.db
    .deleteFrom('media')
    .where('message_id', 'in', messageIds)
    .returning(['file_key', 'thumbnail_key', 'uploader_id', 'file_size'])
    .execute();
  await doomMedia(context, rows);
}

/** The picture of a user or a group is another one now, or none. */
export async function doomAvatar(
  context: Db,
  owner: 'user' | 'chat',
  ownerId: number,
): Promise<void> {
  const rows = await context.db
    .deleteFrom('avatars')
    .where('owner', '=', owner)
    .where('owner_id', '=', ownerId)
    .returning(['large_key', 'small_key'])
    .execute();
  await doomFiles(
    context,
    rows.flatMap((row) => [row.large_key, row.small_key]),
  );
}
