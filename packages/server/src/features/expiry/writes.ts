import { doomMediaOf } from '../../storage/doomed-files';
import { defineWrite, type WriteContext } from '../../storage/write';
import { lockedChat, saveChat } from '../chats/writes';
import type { StoredMessage } from '../messages';
import { loadMessages, makeTombstone } from '../messages/writes';

const NOTHING: Erased = { messages: [], recounted: [] };

interface Expired {
  chatId: number;
  messageIds: number[];
}

export interface Erased {
  messages: StoredMessage[];
  /** Whose mentions became fewer. */
  recounted: number[];
}

/** Turns messages into tombstones, one revision each. @returns those that were not yet */
export const expireMessages = defineWrite<Expired, Erased>(
  'messages.expire',
  async (context, { chatId, messageIds }) => {
    const chat = await lockedChat(context, chatId);
    if (!chat) return forget(context, messageIds);
    const found = await loadMessages(context, chatId, messageIds);
    const living = found.filter((row) => row.is_deleted === 0);
    if (living.length === 0) return NOTHING;
    const recounted = new Set<number>();
    for (const row of living) {
      for (const userId of await makeTombstone(context, chat, row)) recounted.add(userId);
    }
    await saveChat(context, chat);
    const ids = living.map((row) => row.id);
    return { messages: await loadMessages(context, chatId, ids), recounted: [...recounted] };
  },
);

/** The chat was deleted: nobody need be told, and all of it is being erased. */
async function forget({ db }: WriteContext, messageIds: readonly number[]) {
  await doomMediaOf({ db }, messageIds);
  await db
    .updateTable('messages')
    .set({ content: '', expires_at: null, has_media: 0 })
    .where('id', 'in', messageIds)
    .execute();
  return NOTHING;
}

export const RETENTION_MARK = 'retention_mark';

/** Everything up to this message was looked at, and erased when it was too old. */
export const saveRetentionMark = defineWrite<{ messageId: number }, null>(
  'messages.retention_mark',
  async ({ db }, { messageId }) => {
    const value = String(messageId);
    await db
      .insertInto('meta')
      .values({ key: RETENTION_MARK, value })
      .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
      .execute();
    return null;
  },
);

export const expiryWrites = [expireMessages, saveRetentionMark];
