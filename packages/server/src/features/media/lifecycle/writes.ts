import { doomMedia } from '../../../storage/doomed-files';
import { defineWrite } from '../../../storage/write';

const FILE = ['file_key', 'thumbnail_key', 'uploader_id', 'file_size'] as const;
/** Rows in one commit. */
const STEP = 500;

/** Erases uploaded files that no message took. @returns how many */
export const sweepUnsent = defineWrite<{ now: number; limit: number }, number>(
  'media.sweep_unsent',
  async (context, { now, limit }) => {
    const due = context.db
      .selectFrom('media')
      .select('id')
      .where('expires_at', '<=', now)
      .where('message_id', 'is', null)
      .limit(limit);
    const rows = await context.db
      .deleteFrom('media')
      .where('id', 'in', due)
      .where('message_id', 'is', null)
      .returning(FILE)
      .execute();
    await doomMedia(context, rows);
    return rows.length;
  },
);

/** Files that wait for a scheduled message which is no more, as after an account's erasure. */
export const releaseUnheld = defineWrite<{ expiresAt: number }, null>(
  'media.release_unheld',
  async ({ db }, { expiresAt }) => {
    await db
      .updateTable('media')
      .set({ held_by: null, expires_at: expiresAt })
      .where('held_by', 'is not', null)
      .where('message_id', 'is', null)
      .where((eb) =>
        eb.not(
          eb.exists(
            eb
              .selectFrom('scheduled_messages as s')
              .select('s.id')
              .whereRef('s.id', '=', 'media.held_by'),
          ),
        ),
      )
      .execute();
    return null;
  },
);

/** At the start: whoever was storing these files is no more. */
export const releaseDoomed = defineWrite<null, null>('media.release_doomed', async ({ db }) => {
  await db.updateTable('doomed_files').set({ not_before: 0 }).where('not_before', '>', 0).execute();
  return null;
});

/** They are gone from the store. */
export const forgetDoomed = defineWrite<{ keys: string[] }, null>(
  'media.forget_doomed',
  async ({ db }, { keys }) => {
    await db.deleteFrom('doomed_files').where('key', 'in', keys).execute();
    return null;
  },
);

/** The store did not let go of them; another time. */
export const postponeDoomed = defineWrite<{ keys: string[]; notBefore: number }, null>(
  'media.postpone_doomed',
  async ({ db }, { keys, notBefore }) => {
    await db
      .updateTable('doomed_files')
      .set({ not_before: notBefore })
      .where('key', 'in', keys)
      .execute();
    return null;
  },
);

/** What somebody whose account is erased uploaded and did not send. */
export const eraseUnsent = defineWrite<{ userId: number; at: number }, boolean>(
  'media.erase_unsent',
  async (context, { userId }) => {
    const own = context.db
      .selectFrom('media')
      .select('id')
      .where('uploader_id', '=', userId)
      .where('message_id', 'is', null)
      .limit(STEP);
    const rows = await context.db
      .deleteFrom('media')
      .where('id', 'in', own)
      .returning(FILE)
      .execute();
    await doomMedia(context, rows);
    if (rows.length === STEP) return true;
    await context.db.deleteFrom('media_usage').where('user_id', '=', userId).execute();
    return false;
  },
);

export const lifecycleWrites = [
  sweepUnsent,
  releaseUnheld,
  releaseDoomed,
  forgetDoomed,
  postponeDoomed,
  eraseUnsent,
];
