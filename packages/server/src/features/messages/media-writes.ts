import { ConfabError } from '@confab/protocol/failure';
import { defineWrite, type WriteContext } from '../../storage/write';
import { type MediaRow, mediaInOrder } from './media-rows';
import type { MessageRow } from './repository';
import { type SendInput, type Sent, sendMessage } from './send-write';

/** Files of a message at most. */
export const MAX_MEDIA = 20;

export interface SendWithMediaInput extends Omit<SendInput, 'contentType'> {
  /** Null: what the first file is. */
  contentType: SendInput['contentType'] | null;
  mediaIds: number[];
}

export interface SentWithMedia extends Sent {
  contentType: SendInput['contentType'];
  media: MediaRow[];
}

/**
 * A message with files of its sender's. It stands beside the hot path, so that messages without any
 * cost what they did. A repeated one is answered before its files are looked at: they belong to the
 * first one.
 */
export const sendWithMedia = defineWrite<SendWithMediaInput, SentWithMedia>(
  'messages.send_with_media',
  async (context, { mediaIds, ...input }) => {
    const rows = await lockMedia(context, mediaIds);
    const contentType = input.contentType ?? contentTypeOf(rows, mediaIds);
    const sent = await sendMessage.run(context, { ...input, contentType });
    if (sent.duplicate) return { ...sent, contentType, media: [] };
    const owner = { userId: input.senderId, at: input.at };
    mustBeFree(rows, mediaIds, owner);
    const place = { chatId: sent.chatId, messageId: sent.id, from: 0 };
    return { ...sent, contentType, media: await attachMedia(context, place, rows, mediaIds) };
  },
);

function contentTypeOf(rows: readonly MediaRow[], ids: readonly number[]) {
  return kindOf(rows.find((row) => row.id === ids[0])?.media_type);
}

/** What kind of message a file makes. */
export function kindOf(type: MediaRow['media_type'] | undefined): MessageRow['content_type'] {
  return type === 'image' || type === 'video' || type === 'audio' ? type : 'file';
}

/** Nobody else takes them until the commit. */
export function lockMedia({ db, dialect }: WriteContext, ids: readonly number[]) {
  return mediaInOrder(db)
    .clearOrderBy()
    .where('id', 'in', ids)
    .orderBy('id')
    .$if(dialect === 'postgres', (query) => query.forUpdate())
    .execute();
}

/** @throws ConfabError unless each is a file of the user's that no message has */
export function mustBeFree(
  rows: readonly MediaRow[],
  ids: readonly number[],
  { userId, at }: { userId: number; at: number },
): void {
  for (const id of ids) {
    const row = rows.find((each) => each.id === id);
    const isThere = row?.uploader_id === userId && (row.expires_at ?? at + 1) > at;
    if (!isThere) throw new ConfabError('not_found', 'There is no such file');
    if (row.message_id !== null) {
      throw new ConfabError('media_in_use', 'This file belongs to a message already');
    }
  }
}

/** Gives files to a message. @param rows those files, locked and free */
export async function attachMedia(
  { db }: WriteContext,
  { chatId, messageId, from }: { chatId: number; messageId: number; from: number },
  rows: readonly MediaRow[],
  ids: readonly number[],
): Promise<MediaRow[]> {
  const attached: MediaRow[] = [];
  for (const [i, id] of ids.entries()) {
    const row = rows.find((each) => each.id === id) as MediaRow;
    const place = {
      chat_id: chatId,
      message_id: messageId,
      position: from + i,
      held_by: null,
      expires_at: null,
    };
    await db.updateTable('media').set(place).where('id', '=', id).execute();
    attached.push({ ...row, ...place });
  }
  await db.updateTable('messages').set({ has_media: 1 }).where('id', '=', messageId).execute();
  return attached;
}
