import { defineWrite, type WriteContext } from '../../storage/write';
import { lockedChat, saveChat } from '../chats/writes';
import type { StoredMessage } from '../messages';
import { loadMessage, makeTombstone } from '../messages/writes';

interface Expired {
  chatId: number;
  messageIds: number[];
}

/** Turns messages into tombstones, one revision each. @returns those that were not yet */
export const expireMessages = defineWrite<Expired, StoredMessage[]>(
  'messages.expire',
  async (context, { chatId, messageIds }) => {
    const chat = await lockedChat(context, chatId);
    if (!chat) return forget(context, messageIds);
    const ids = await livingAmong(context, messageIds);
    const erased: StoredMessage[] = [];
    for (const messageId of ids) {
      await makeTombstone(context, chat, messageId);
      erased.push(await loadMessage(context, { chatId, messageId }));
    }
    await saveChat(context, chat);
    return erased;
  },
);

/** In the order of their places, as clients get them in the order of their revisions. */
async function livingAmong({ db }: WriteContext, messageIds: readonly number[]) {
  const rows = await db
    .selectFrom('messages')
    .select('id')
    .where('id', 'in', messageIds)
    .where('is_deleted', '=', 0)
    .orderBy('seq')
    .execute();
  return rows.map((row) => row.id);
}

/** The chat was deleted: nobody need be told, and all of it is being erased. */
async function forget({ db }: WriteContext, messageIds: readonly number[]) {
  await db
    .updateTable('messages')
    .set({ content: '', expires_at: null })
    .where('id', 'in', messageIds)
    .execute();
  return [];
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
