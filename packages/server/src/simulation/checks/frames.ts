import type { Message, ServerFrame, SyncAnswer } from '@confab/protocol';
import type { ModelMessage } from '../model/state';

let lastText = '';
let lastFrame: ServerFrame | undefined;

/** A frame; one that goes to many is parsed once. */
export function parseFrame(text: string): ServerFrame {
  if (text !== lastText || !lastFrame) {
    lastText = text;
    lastFrame = JSON.parse(text) as ServerFrame;
  }
  return lastFrame;
}

/** The chat that an event is about; undefined for what is about none, or tells of its end. */
export function chatOf(frame: ServerFrame): number | undefined {
  switch (frame.type) {
    case 'new_message':
    case 'message_updated':
    case 'message_deleted':
      return frame.message.chat_id;
    case 'chat_created':
    case 'chat_updated':
      return frame.chat.id;
    case 'message_status':
    case 'typing_start':
    case 'typing_stop':
    case 'member_added':
    case 'member_updated':
    case 'member_removed':
    case 'unread':
      return frame.chat_id;
    default:
      return undefined;
  }
}

export function messageOf(frame: ServerFrame): Message | undefined {
  const isMessage =
    frame.type === 'new_message' ||
    frame.type === 'message_updated' ||
    frame.type === 'message_deleted';
  return isMessage ? frame.message : undefined;
}

/** The revision of a durable event. */
export function revOf(frame: ServerFrame): number | undefined {
  switch (frame.type) {
    case 'new_message':
    case 'message_updated':
    case 'message_deleted':
      return frame.message.rev;
    case 'chat_updated':
      return frame.chat.rev;
    case 'member_updated':
      // With it, it tells the member alone of their own settings.
      return frame.member.notification_level === undefined ? frame.rev : undefined;
    case 'member_added':
    case 'member_removed':
      return frame.rev;
    default:
      return undefined;
  }
}

export function syncAnswerOf(frame: ServerFrame): SyncAnswer | undefined {
  const isSync = frame.type === 'ack' && 'chats' in frame && 'removed' in frame;
  return isSync ? (frame as unknown as SyncAnswer) : undefined;
}

/** What of a message its revision fixes, as text to compare. */
export function fixedByRevision(message: Message): string {
  return JSON.stringify([
    message.id,
    message.chat_id,
    message.seq,
    message.rev,
    message.sender_id,
    message.content,
    message.content_type,
    message.reply_to_id,
    message.client_message_id,
    message.system_event,
    message.is_edited,
    message.is_deleted,
    message.pinned_at ? Date.parse(message.pinned_at) : null,
    message.expires_at ? Date.parse(message.expires_at) : null,
    message.reactions.flatMap((r) => r.user_ids.map((id) => `${r.emoji} ${id}`)).sort(),
    Date.parse(message.created_at),
  ]);
}

export function modelFixed(message: ModelMessage): string {
  return JSON.stringify([
    message.id,
    message.chatId,
    message.seq,
    message.rev,
    message.senderId,
    message.content,
    message.contentType,
    message.replyToId,
    message.clientMessageId,
    message.event,
    message.isEdited,
    message.isDeleted,
    message.pinnedAt,
    message.expiresAt,
    message.reactions,
    message.at,
  ]);
}
