import { ConfabError } from '@confab/protocol/failure';
import { PER_MESSAGE } from '@confab/protocol/rates';
import { defineWrite, unwrap, type WriteContext } from '../../storage/write';
import type { ChatRow } from '../chats';
import { chatAndActor, nextRev, refuseBlocked, saveChat } from '../chats/writes';
import type { Sealed } from './envelope';
import { changeMentions } from './mention-writes';
import type { WantedMentions } from './mentions';
import { sealedRefusal } from './sealed-checks';
import {
  type ChangedMessage,
  changedMessage,
  loadMessage,
  type MessageActor,
  refuseDeleted,
} from './stored-writes';
import { makeTombstone, placeOf } from './tombstone-writes';

export interface EditInput extends MessageActor {
  content: string;
  /** In an encrypted chat, in place of the content. */
  sealed?: Sealed;
  wanted: WantedMentions | null;
}

export const editMessage = defineWrite<EditInput, ChangedMessage>(
  'messages.edit',
  async (context, input) => {
    const { chat } = await chatAndActor(context, input.chatId, input.actorId);
    const row = await loadMessage(context, input);
    if (row.sender_id !== input.actorId || row.content_type === 'system') {
      throw new ConfabError('forbidden', 'Only its sender may edit a message');
    }
    refuseDeleted(row, input.at);
    const envelope = input.sealed?.text ?? null;
    if (row.content === input.content && row.envelope === envelope) {
      return changedMessage(context, input, false);
    }
    refuseBlocked(chat);
    if (input.sealed) await mustBeSealed(context, chat, input.actorId, input.sealed);
    const rev = nextRev(chat);
    await context.db
      .updateTable('messages')
      .set({ envelope, content: input.content, rev, edited_at: input.at })
      .where('id', '=', input.messageId)
      .execute();
    await saveChat(context, chat);
    const recounted = await changeMentions(context, {
      ...placeOf(row),
      at: input.at,
      wanted: input.wanted,
      had: row.mentions !== null,
    });
    return { ...(await changedMessage(context, input, true)), recounted };
  },
);

/** @throws ConfabError as a message of that epoch and device would be refused */
async function mustBeSealed(
  { db }: WriteContext,
  chat: ChatRow,
  userId: number,
  sealed: Sealed,
): Promise<void> {
  const device = await db
    .selectFrom('encryption_devices')
    .select('device_id')
    .where('user_id', '=', userId)
    .where('device_id', '=', sealed.device)
    .executeTakeFirst();
  const refusal = sealedRefusal(sealed, chat, device !== undefined);
  if (refusal) unwrap(refusal);
}

/** Leaves a tombstone: what was said is gone, its place is not. */
export const deleteMessage = defineWrite<MessageActor, ChangedMessage>(
  'messages.delete',
  async (context, input) => {
    const { chat, actor } = await chatAndActor(context, input.chatId, input.actorId);
    const row = await loadMessage(context, input);
    const mayDelete =
      row.content_type !== 'system' && (row.sender_id === input.actorId || actor.role !== 'member');
    if (!mayDelete) {
      throw new ConfabError('forbidden', 'Only its sender, an admin or the owner may delete this');
    }
    if (row.is_deleted === 1) return changedMessage(context, input, false);
    const recounted = await makeTombstone(context, chat, row);
    await saveChat(context, chat);
    return { ...(await changedMessage(context, input, true)), recounted };
  },
);

export const react = defineWrite<MessageActor & { emoji: string; add: boolean }, ChangedMessage>(
  'messages.react',
  async (context, input) => {
    const { chat } = await chatAndActor(context, input.chatId, input.actorId);
    refuseDeleted(await loadMessage(context, input), input.at);
    // As with a message, what one gave can be taken back.
    if (input.add) refuseBlocked(chat);
    const changed = input.add
      ? await addReaction(context, input)
      : await dropReaction(context, input);
    if (!changed) return changedMessage(context, input, false);
    const rev = nextRev(chat);
    await context.db
      .updateTable('messages')
      .set({ rev })
      .where('id', '=', input.messageId)
      .execute();
    await saveChat(context, chat);
    return changedMessage(context, input, true);
  },
);

type ReactInput = MessageActor & { emoji: string };

async function addReaction({ db }: WriteContext, input: ReactInput): Promise<boolean> {
  const others = await db
    .selectFrom('reactions')
    .select('emoji')
    .distinct()
    .where('message_id', '=', input.messageId)
    .where('emoji', '<>', input.emoji)
    .execute();
  if (others.length >= PER_MESSAGE.emoji) {
    throw new ConfabError(
      'conflict',
      `A message has at most ${PER_MESSAGE.emoji} different reactions`,
    );
  }
  const added = await db
    .insertInto('reactions')
    .values({
      message_id: input.messageId,
      emoji: input.emoji,
      user_id: input.actorId,
      created_at: input.at,
    })
    .onConflict((conflict) => conflict.columns(['message_id', 'emoji', 'user_id']).doNothing())
    .returning('emoji')
    .execute();
  return added.length > 0;
}

async function dropReaction({ db }: WriteContext, input: ReactInput): Promise<boolean> {
  const dropped = await db
    .deleteFrom('reactions')
    .where('message_id', '=', input.messageId)
    .where('emoji', '=', input.emoji)
    .where('user_id', '=', input.actorId)
    .returning('emoji')
    .execute();
  return dropped.length > 0;
}
