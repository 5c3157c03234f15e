import type { Message } from '@confab/protocol';
import { frame } from '../../lib/frame';
import type { Bus } from '../../realtime/bus';
import type { ChatState } from '../chats';
import { presentMessages } from './present';
import { noSuchMessage } from './receipts';
import type { ChangedMessage } from './stored-writes';

/** Tells a chat's members that a message is another one now. */
export function tellMessage(
  bus: Bus,
  event: 'message_updated' | 'message_deleted',
  message: Message,
): void {
  bus.publish({
    kind: 'chat',
    chatId: message.chat_id,
    rev: message.rev,
    frame: frame(event, { message }),
    change: { kind: 'content' },
  });
}

/** Shows a message as a write left it, and tells the others, if the write changed it. */
export function tellChange(
  bus: Bus,
  event: 'message_updated' | 'message_deleted',
  { changed, row, reactions }: ChangedMessage,
  state: ChatState,
  now: number,
): Message {
  const [message] = presentMessages([row], state, reactions, now);
  if (!message) throw noSuchMessage();
  if (changed) tellMessage(bus, event, message);
  return message;
}
