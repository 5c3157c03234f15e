import { ConfabError } from '@confab/protocol/failure';
import { defineWrite, type WriteContext } from '../../storage/write';
import type { SystemMessage } from '../chats';
import {
  about,
  chatAndActor,
  mustManage,
  nextRev,
  refuseBlocked,
  saveChat,
  tell,
} from '../chats/writes';
import type { StoredMessage } from './repository';
import {
  type ChangedMessage,
  changedMessage,
  loadMessage,
  type MessageActor,
  refuseDeleted,
} from './stored-writes';

export interface PinnedMessage extends ChangedMessage {
  /** Tells the chat of a new pin. */
  notice?: SystemMessage;
}

type PinInput = MessageActor & { pinned: boolean; maxPins: number };

/** In a direct chat either one pins; in a group an admin or the owner. */
export const pinMessage = defineWrite<PinInput, PinnedMessage>(
  'messages.pin',
  async (context, input) => {
    const { chat, actor } = await chatAndActor(context, input.chatId, input.actorId);
    const row = await loadMessage(context, input);
    if (chat.chat_type === 'group') mustManage(actor.role);
    if (input.pinned) {
      refuseUnpinnable(row, input.at);
      refuseBlocked(chat);
    }
    if ((row.pinned_at !== null) === input.pinned) return changedMessage(context, input, false);
    const pinnedAt = input.pinned ? await nextPinTime(context, input) : null;
    const rev = nextRev(chat);
    await context.db
      .updateTable('messages')
      .set({ pinned_at: pinnedAt, rev })
      .where('id', '=', input.messageId)
      .execute();
    const event = about('message_pinned', null, String(input.messageId));
    const notice = input.pinned && (await tell(context, chat, input, 'pinned a message', event));
    await saveChat(context, chat);
    return { ...(await changedMessage(context, input, true)), ...(notice && { notice }) };
  },
);

function refuseUnpinnable(row: StoredMessage, at: number) {
  refuseDeleted(row, at);
  if (row.content_type === 'system') {
    throw new ConfabError('forbidden', 'What the server tells cannot be pinned');
  }
}

/** Now, but later than every other pin: their times are their order. */
async function nextPinTime({ db }: WriteContext, input: PinInput): Promise<number> {
  const { pins, newest } = await db
    .selectFrom('messages')
    .select((eb) => [eb.fn.countAll().as('pins'), eb.fn.max('pinned_at').as('newest')])
    .where('chat_id', '=', input.chatId)
    .where('pinned_at', 'is not', null)
    .executeTakeFirstOrThrow();
  if (Number(pins) >= input.maxPins) {
    throw new ConfabError('conflict', `A chat has at most ${input.maxPins} pinned messages`);
  }
  return Math.max(input.at, Number(newest ?? 0) + 1);
}
