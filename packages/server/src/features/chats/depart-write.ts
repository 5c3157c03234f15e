import { ConfabError } from '@confab/protocol/failure';
import { defineWrite, type WriteContext } from '../../storage/write';
import { removeMember, takeFromAll } from './change-writes';
import { type ChatChanges, withUsers } from './changes';
import type { ChatRow } from './records';
import { chatAndActor, nextRev, saveChat } from './write-steps';

/** What became of a chat that somebody leaves because their account is erased. */
export type Departure =
  /** They were gone already, or it was closed: a repeated step. */
  | { kind: 'none' }
  /** A group goes on without them, or is deleted when nobody is left. */
  | { kind: 'left'; changes: ChatChanges }
  /** Their notes to themselves are gone. */
  | { kind: 'deleted'; rev: number; memberIds: number[] }
  /** The other side of a direct chat can read it, and write no more. */
  | { kind: 'closed'; changes: ChatChanges };

export const departFromChat = defineWrite<
  { chatId: number; userId: number; at: number },
  Departure
>('chats.depart', async (context, { chatId, userId, at }) => {
  const input = { chatId, actorId: userId, userId, at };
  const chat = await chatOf(context, chatId, userId);
  if (!chat) return { kind: 'none' };
  if (chat.chat_type === 'group') {
    return { kind: 'left', changes: await removeMember.run(context, input) };
  }
  if (chat.direct_key === null) return { kind: 'none' };
  if (chat.member_count === 1) {
    return { kind: 'deleted', ...(await takeFromAll(context, chat, at)) };
  }
  return { kind: 'closed', changes: await close(context, chat) };
});

async function chatOf(
  context: WriteContext,
  chatId: number,
  userId: number,
): Promise<ChatRow | undefined> {
  try {
    return (await chatAndActor(context, chatId, userId)).chat;
  } catch (error) {
    if (error instanceof ConfabError) return undefined;
    throw error;
  }
}

/** A direct chat without its key is closed: see `isClosed`. */
async function close(context: WriteContext, chat: ChatRow): Promise<ChatChanges> {
  chat.direct_key = null;
  const infoRev = nextRev(chat);
  chat.info_rev = infoRev;
  await saveChat(context, chat);
  return withUsers(context, { chat, infoRev, updated: [], messages: [], users: [] });
}

/** The names that somebody had in chats, those that they left before included. */
export const forgetNicknames = defineWrite<{ userId: number }, null>(
  'chats.forget_nicknames',
  async ({ db }, { userId }) => {
    await db
      .updateTable('chat_members')
      .set({ nickname: null })
      .where('user_id', '=', userId)
      .where('nickname', 'is not', null)
      .execute();
    return null;
  },
);
