import { changeUsage, doomFiles } from '../../../storage/doomed-files';
import { defineWrite } from '../../../storage/write';
import { COMMAND_LINE } from '../../audit/operator';
import { record } from '../../audit/writes';
import { knownKeys } from './queries';
import type { Repaired } from './report';

/** Files that nothing in the database knows are to be removed. @returns how many they are */
export const doomOrphans = defineWrite<{ keys: string[] }, number>(
  'media.doom_orphans',
  async (context, { keys }) => {
    const known = await knownKeys(context.db, keys);
    const unknown = keys.filter((key) => !known.has(key));
    await doomFiles(context, unknown);
    return unknown.length;
  },
);

/** Makes a thumbnail anew whose file is gone. @returns whether it is still the file's */
export const remakeThumbnail = defineWrite<{ mediaId: number; thumbnailKey: string }, boolean>(
  'media.remake_thumbnail',
  async ({ db }, { mediaId, thumbnailKey }) => {
    const row = await db
      .updateTable('media')
      .set({ thumbnail_key: null, state: 'processing', attempts: 0 })
      .where('id', '=', mediaId)
      .where('thumbnail_key', '=', thumbnailKey)
      .returning('id')
      .executeTakeFirst();
    return row !== undefined;
  },
);

/** Notes what a user's files take. @returns whether that was noted wrongly */
export const recountUsage = defineWrite<{ userId: number }, boolean>(
  'media.recount_usage',
  async (context, { userId }) => {
    // Whoever stores or erases a file of theirs waits until this is done.
    const noted = await changeUsage(context, userId, 0);
    const { bytes } = await context.db
      .selectFrom('media')
      .select((eb) => eb.fn.coalesce(eb.fn.sum<number>('file_size'), eb.lit(0)).as('bytes'))
      .where('uploader_id', '=', userId)
      .executeTakeFirstOrThrow();
    if (noted === Number(bytes)) return false;
    await changeUsage(context, userId, Number(bytes) - noted);
    return true;
  },
);

export const noteRepair = defineWrite<Repaired & { at: number }, null>(
  'media.note_repair',
  async (context, { at, ...details }) => {
    const by = { operator: COMMAND_LINE, at };
    await record(context, by, { action: 'storage.repair', targetId: null, details });
    return null;
  },
);

export const verificationWrites = [doomOrphans, remakeThumbnail, recountUsage, noteRepair];
