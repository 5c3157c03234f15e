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

/** A held chat as it is at a moment: without a last message or a mute whose end has come. */
export function shownChat(held: Chat, now: number): Chat {
  const chat = isMuteOver(held, now) ? { ...held, ...UNMUTED } : held;
  const last_message = chat.last_message && shownMessage(chat.last_message, now);
  return last_message === chat.last_message ? chat : { ...chat, last_message };
}

export const UNMUTED = { is_muted: false, muted_until: null };

/** When a chat is muted no more, in milliseconds since 1970; undefined when nothing is to end. */
export const muteEnd = ({ muted_until }: Pick<Chat, 'muted_until'>): number | undefined =>
  // What a version before saved knows no ends.
  muted_until ? Date.parse(muted_until) : undefined;

export function isMuteOver(chat: Pick<Chat, 'muted_until'>, now: number): boolean {
  const end = muteEnd(chat);
  return end !== undefined && end <= now;
}
