import type { Chat, Message } from '@confab/protocol';

/**
 * A held message as it may be shown: of one that has disappeared nothing but its place, even while
 * no server can be reached that tells of it.
 */
export function shownMessage(message: Message, now: number): Message {
  if (!message.expires_at || Date.parse(message.expires_at) > now) return message;
  return {
    ...message,
    content: '',
    is_deleted: true,
    is_edited: false,
    edited_at: null,
    is_pinned: false,
    pinned_at: null,
    expires_at: null,
    media: [],
    reactions: [],
  };
}

export function shownChat(chat: Chat, now: number): Chat {
  const last_message = chat.last_message && shownMessage(chat.last_message, now);
  return last_message === chat.last_message ? chat : { ...chat, last_message };
}
