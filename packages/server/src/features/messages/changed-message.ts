import type { Message } from '@confab/protocol';
import { frame } from '../../lib/frame';
import type { Bus } from '../../realtime/bus';
import type { ChatState } from '../chats';
import { presentMessages, type View } from './present';
import { noSuchMessage } from './receipts';
import type { ChangedMessage } from './stored-writes';

/**
 * Tells a chat's members that a message is another one now.
 * @param mentions whether somebody's mentions changed with it
 */
export function tellMessage(
  bus: Bus,
  event: 'message_updated' | 'message_deleted',
  message: Message,
  mentions = false,
): void {
  bus.publish({
    kind: 'chat',
    chatId: message.chat_id,
    rev: message.rev,
    frame: frame(event, { message }),
    change: { kind: 'content', mentions },
  });
}

/** Shows a message as a write left it, and tells the others, if the write changed it. */
export function tellChange(
  bus: Bus,
  event: 'message_updated' | 'message_deleted',
  { changed, row, reactions, media, recounted = [] }: ChangedMessage,
  state: ChatState,
  view: View,
): Message {
  const [message] = presentMessages([row], state, { reactions, media }, view);
  if (!message) throw noSuchMessage();
  if (changed) tellMessage(bus, event, message, recounted.length > 0);
  return message;
}
