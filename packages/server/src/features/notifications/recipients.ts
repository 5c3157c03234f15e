/** A message as the follower needs it. */
export interface FollowedMessage {
  id: number;
  seq: number;
  sender_id: number;
  content_type: string;
  is_deleted: number;
  /** JSON; null: nobody is mentioned. */
  mentions: string | null;
  created_at: number;
}

export interface Reader {
  userId: number;
  readSeq: number;
}

/** What one member is to be notified of: the newest message, for all those that are news to them. */
export interface News {
  userId: number;
  message: FollowedMessage;
  /** The place of the first of them. */
  firstSeq: number;
  messages: number;
}

/** Messages that people are told of: what somebody said and did not take back. */
export const tellable = (messages: readonly FollowedMessage[]) =>
  messages.filter((message) => message.content_type !== 'system' && message.is_deleted === 0);

/**
 * What of some messages is news to a member: neither their own nor read, of nobody with whom they
 * do not talk, and not mentioning them, as of that they are told by itself.
 */
export function newsFor(
  reader: Reader,
  messages: readonly FollowedMessage[],
  isMentioned: (messageId: number) => boolean,
  isBlocked: (senderId: number) => boolean,
): News | undefined {
  let newest: FollowedMessage | undefined;
  let firstSeq = 0;
  let count = 0;
  for (const message of messages) {
    if (message.sender_id === reader.userId || message.seq <= reader.readSeq) continue;
    if (message.mentions !== null && isMentioned(message.id)) continue;
    if (isBlocked(message.sender_id)) continue;
    newest = message;
    firstSeq ||= message.seq;
    count++;
  }
  return newest && { userId: reader.userId, message: newest, firstSeq, messages: count };
}
