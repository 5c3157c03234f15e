import { ConfabError } from '@confab/protocol/failure';
import type { WriteContext } from '../../storage/write';
import { type MediaRow, mediaInOrder } from './media-rows';
import { reactionsInOrder, storedMessages } from './queries';
import type { ReactionRow, StoredMessage } from './repository';
import { hasExpired } from './rules';

/** Steps that the writes of this feature are made of. */

export interface MessageActor {
  chatId: number;
  messageId: number;
  actorId: number;
  at: number;
}

export interface ChangedMessage {
  /** False when it was so already: nothing to tell anybody. */
  changed: boolean;
  row: StoredMessage;
  reactions: ReactionRow[];
  media: MediaRow[];
  /** Whose mentions became more or fewer. */
  recounted?: number[];
}

/** @throws ConfabError `not_found` unless the chat has this message */
export async function loadMessage(
  context: WriteContext,
  { chatId, messageId }: Pick<MessageActor, 'chatId' | 'messageId'>,
): Promise<StoredMessage> {
  const row = await storedMessages(context.db)
    .where('m.id', '=', messageId)
    .where('m.chat_id', '=', chatId)
    .executeTakeFirst();
  if (!row) throw new ConfabError('not_found', 'There is no such message');
  return row;
}

/** Those of some messages that a chat has, in the order of their places. */
export function loadMessages(
  context: WriteContext,
  chatId: number,
  messageIds: readonly number[],
): Promise<StoredMessage[]> {
  return storedMessages(context.db)
    .where('m.chat_id', '=', chatId)
    .where('m.id', 'in', messageIds)
    .orderBy('m.seq')
    .execute();
}

export async function changedMessage(
  context: WriteContext,
  input: Pick<MessageActor, 'chatId' | 'messageId'>,
  changed: boolean,
): Promise<ChangedMessage> {
  const row = await loadMessage(context, input);
  const { db } = context;
  return {
    changed,
    row,
    reactions: await reactionsInOrder(db).where('message_id', '=', input.messageId).execute(),
    media:
      row.has_media === 0 ? [] : await mediaInOrder(db).where('message_id', '=', row.id).execute(),
  };
}

/** One that expired counts as deleted, whether it was erased yet or not. */
export function refuseDeleted(row: StoredMessage, at: number): void {
  if (row.is_deleted === 1 || hasExpired(row.expires_at, at)) {
    throw new ConfabError('message_deleted', 'This message was deleted');
  }
}
