import { doomMediaOf } from '../../storage/doomed-files';
import type { WriteContext } from '../../storage/write';
import type { ChatRow } from '../chats';
import { nextRev } from '../chats/writes';
import { withdrawMentions } from './mention-writes';
import type { StoredMessage } from './repository';

/**
 * What erasing a message means: its place, sender and time stay, at the chat's next revision; what
 * was said is gone. Deletion, expiry and retention all end here, so whatever else is kept of a
 * message (an index, notifications) has to be erased here too, in the same
 * transaction. `saveChat` is the caller's to call.
 * @returns whose mentions became fewer
 */
export async function makeTombstone(
  context: WriteContext,
  chat: ChatRow,
  row: StoredMessage,
): Promise<number[]> {
  const { db } = context;
  await db
    .updateTable('messages')
    .set({
      content: '',
      envelope: null,
      is_deleted: 1,
      rev: nextRev(chat),
      edited_at: null,
      expires_at: null,
      pinned_at: null,
      has_media: 0,
    })
    .where('id', '=', row.id)
    .execute();
  await db.deleteFrom('reactions').where('message_id', '=', row.id).execute();
  if (row.has_media === 1) await doomMediaOf(context, [row.id]);
  return row.mentions === null ? [] : withdrawMentions(context, placeOf(row));
}

export const placeOf = ({ id, chat_id, seq, sender_id }: StoredMessage) => ({
  id,
  chatId: chat_id,
  seq,
  senderId: sender_id,
});
