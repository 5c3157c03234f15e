import { defineWrite, type WriteContext } from '../../storage/write';
import { succeeded } from '../chats/writes';

export interface NameSearch {
  chatId: number;
  userId: number;
  username: string;
  /** Places up to here are done. */
  afterSeq: number;
  /** How many places are looked at. */
  limit: number;
}

interface SystemRow {
  id: number;
  content: string;
  sender_id: number;
  system_event: string | null;
}

/**
 * Takes the name of an erased account out of a stretch of a chat's system messages, which have it
 * in their text. It is no new revision: nobody is to fetch it again.
 * @returns where to go on, or null at the chat's end
 */
export const forgetName = defineWrite<NameSearch, number | null>(
  'messages.forget_name',
  async (context, search) => {
    const end = await lastSeqOf(context, search.chatId);
    for (const row of await systemMessages(context, search)) {
      const content = withoutName(row, search);
      if (content === row.content) continue;
      await context.db.updateTable('messages').set({ content }).where('id', '=', row.id).execute();
    }
    const done = search.afterSeq + search.limit;
    return done < end ? done : null;
  },
);

async function lastSeqOf({ db }: WriteContext, chatId: number): Promise<number> {
  const row = await db
    .selectFrom('chats')
    .select('last_seq')
    .where('id', '=', chatId)
    .executeTakeFirst();
  return row?.last_seq ?? 0;
}

function systemMessages({ db }: WriteContext, search: NameSearch): Promise<SystemRow[]> {
  return db
    .selectFrom('messages')
    .select(['id', 'content', 'sender_id', 'system_event'])
    .where('chat_id', '=', search.chatId)
    .where('seq', '>', search.afterSeq)
    .where('seq', '<=', search.afterSeq + search.limit)
    .where('content_type', '=', 'system')
    .execute();
}

const NOBODY = 'deleted user';

/** “ann added ben”: the sender's name comes first, that of whom it concerns third. */
export function withoutName(row: SystemRow, who: { userId: number; username: string }): string {
  const { username, userId } = who;
  let { content } = row;
  if (row.sender_id === userId && content.startsWith(`${username} `)) {
    content = NOBODY + content.slice(username.length);
  }
  const event = JSON.parse(row.system_event ?? '{}') as { user_id?: number | null };
  if (event.user_id !== userId) return content;
  if (content === succeeded(username)) return succeeded(NOBODY);
  const words = content.split(' ');
  const at = words[2] === username ? 2 : words.lastIndexOf(username);
  return at < 0 ? content : words.with(at, NOBODY).join(' ');
}
