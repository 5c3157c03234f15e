import type { Role, SystemEvent } from '@confab/protocol';
import { ConfabError } from '@confab/protocol/failure';
import type { WriteContext } from '../../storage/write';
import { type ChatChanges, withUsers } from './changes';
import type { ChatRow, MemberRow } from './records';
import { tell } from './telling';
import { memberValues, nextRev, outdateEpoch, saveChat } from './write-steps';

export interface Joining {
  /** Who lets them in: an admin, or themselves by an invitation. */
  actorId: number;
  userId: number;
  role: Role;
  at: number;
  maxMembers: number;
}

/**
 * Makes a user who is none yet a member of a group, and tells of it.
 * @throws ConfabError `group_full`
 */
export async function admit(
  context: WriteContext,
  chat: ChatRow,
  input: Joining,
  words: string,
  event: SystemEvent,
): Promise<ChatChanges> {
  if (chat.member_count >= input.maxMembers) {
    throw new ConfabError('group_full', `A group has at most ${input.maxMembers} members`);
  }
  chat.member_count += 1;
  outdateEpoch(chat);
  const joined = await join(context, chat, input);
  const message = await tell(context, chat, input, words, event);
  const added = await startAtEnd(context, chat, joined.id);
  await saveChat(context, chat);
  return withUsers(context, { chat, added, updated: [], messages: [message], users: [] });
}

/** Whoever was a member before gets the old row back, so that a pair has one row for ever. */
function join({ db }: WriteContext, chat: ChatRow, input: Joining): Promise<MemberRow> {
  const rev = nextRev(chat);
  const { userId, role, at } = input;
  const values = memberValues({ userId, role, at, chatId: chat.id, rev, lastSeq: chat.last_seq });
  return db
    .insertInto('chat_members')
    .values(values)
    .onConflict((conflict) =>
      conflict.columns(['chat_id', 'user_id']).doUpdateSet((eb) => ({
        ...values,
        left_at: null,
        nickname: null,
        notification_level: 'all' as const,
        settings_version: eb('chat_members.settings_version', '+', 1),
      })),
    )
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** The message that tells of the joining is not unread for the one who joined. */
function startAtEnd({ db }: WriteContext, chat: ChatRow, memberId: number): Promise<MemberRow> {
  return db
    .updateTable('chat_members')
    .set({ last_read_seq: chat.last_seq, last_delivered_seq: chat.last_seq })
    .where('id', '=', memberId)
    .returningAll()
    .executeTakeFirstOrThrow();
}
