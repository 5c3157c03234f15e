import type { WriteContext } from '../../storage/write';
import { lockMedia, mustBeFree } from '../messages/writes';

/** Files that a scheduled message will have are kept until it is sent, however long that is. */
export async function holdMedia(
  context: WriteContext,
  scheduledId: number,
  input: { userId: number; mediaIds: readonly number[]; at: number },
): Promise<void> {
  if (input.mediaIds.length === 0) return;
  mustBeFree(await lockMedia(context, input.mediaIds), input.mediaIds, input);
  await context.db
    .updateTable('media')
    .set({ held_by: scheduledId, expires_at: null })
    .where('id', 'in', input.mediaIds)
    .execute();
}

/** Files of scheduled messages that will not be sent wait for another message. */
export async function releaseMedia(
  { db }: Pick<WriteContext, 'db'>,
  scheduledIds: readonly number[],
  expiresAt: number,
): Promise<void> {
  await db
    .updateTable('media')
    .set({ held_by: null, expires_at: expiresAt })
    .where('held_by', 'in', scheduledIds)
    .where('message_id', 'is', null)
    .execute();
}
