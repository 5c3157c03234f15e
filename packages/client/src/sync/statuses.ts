import type { Message, MessageStatus, UserId } from '@confab/protocol';
import { type ChatState, mergeMarks, NOTHING, type Watermark } from './chat-state';

/** The chat with `everyone` moved up to the slowest other member. What was read once stays read. */
export function advanceEveryone(state: ChatState, self: UserId): ChatState {
  const everyone = mergeMarks(state.everyone, slowest(state, self));
  const same =
    everyone.read === state.everyone.read && everyone.delivered === state.everyone.delivered;
  return same ? state : { ...state, everyone };
}

function slowest(state: ChatState, self: UserId): Watermark {
  const others = knownOthers(state, self);
  if (others.length === 0) return NOTHING;
  const marks = others.map((id) => state.watermarks.get(id) ?? NOTHING);
  return {
    delivered: Math.min(...marks.map((mark) => mark.delivered)),
    read: Math.min(...marks.map((mark) => mark.read)),
  };
}

/** All the others, or nobody when not all of them are known. */
function knownOthers(state: ChatState, self: UserId): UserId[] {
  const { chat, members } = state;
  if (chat.peer && chat.peer.id !== self) return [chat.peer.id];
  if (members.size < chat.member_count) return [];
  return [...members.keys()].filter((id) => id !== self);
}

/** An own message's status now: what the server said with it, or what receipts said since. */
export function statusOf(message: Message, everyone: Watermark): MessageStatus {
  if (message.status === 'read' || message.id <= everyone.read) return 'read';
  if (message.status === 'delivered' || message.id <= everyone.delivered) return 'delivered';
  return message.status;
}

/** The chat's messages, own ones with their status as it is now. */
export function withStatuses(state: ChatState, self: UserId): Message[] {
  return state.messages.map((message) => withStatus(message, state, self));
}

/** A message of the chat with its status as it is now. */
export function withStatus(message: Message, { everyone }: ChatState, self: UserId): Message {
  if (message.sender_id !== self || message.content_type === 'system') return message;
  const status = statusOf(message, everyone);
  return status === message.status ? message : { ...message, status };
}
