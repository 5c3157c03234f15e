import type {
  Chat,
  ChatInfo,
  ChatMember,
  EventBody,
  Message,
  ServerFrame,
  UserId,
} from '@confab/protocol';
import {
  type Change,
  type ChatState,
  mergeMarks,
  type Watermark,
  withChat,
  withMembers,
  withoutMember,
  withReadSeq,
  withWatermark,
} from './chat-state';
import { append, replace } from './window';

/** A frame that tells of a durable change of one chat that is already known. */
export type DurableFrame = Extract<
  ServerFrame,
  {
    type:
      | 'new_message'
      | 'message_updated'
      | 'message_deleted'
      | 'chat_updated'
      | 'member_added'
      | 'member_updated'
      | 'member_removed';
  }
>;

export interface Context {
  readonly self: UserId;
  /** How many messages of a chat to hold at least. */
  readonly keep: number;
}

export interface Reduced {
  readonly state: ChatState;
  readonly changes: readonly Change[];
}

/** Which chat a durable frame is about, and the revision that it brings the chat to. */
export function revisionOf(frame: DurableFrame): { chat_id: ChatInfo['id']; rev: number } {
  switch (frame.type) {
    case 'new_message':
    case 'message_updated':
    case 'message_deleted':
      return frame.message;
    case 'chat_updated':
      return { chat_id: frame.chat.id, rev: frame.chat.rev };
    case 'member_added':
    case 'member_updated':
    case 'member_removed':
      return frame;
  }
}

/** Applies the change that follows the revision held. Null when it cannot follow: a gap. */
export function reduceChat(state: ChatState, frame: DurableFrame, by: Context): Reduced | null {
  const { chat_id, rev } = revisionOf(frame);
  const at = withChat(state, { rev });
  switch (frame.type) {
    case 'new_message':
      if (frame.message.seq > state.chat.last_seq + 1) return null;
      // A sync may bring messages that are newer than the revision it brings the chat to.
      if (frame.message.seq <= state.chat.last_seq) {
        return { state: changedMessage(at, frame.message), changes: [] };
      }
      return added(at, frame.message, by, true);
    case 'message_updated':
    case 'message_deleted':
      return { state: changedMessage(at, frame.message), changes: [messageChange(frame.message)] };
    case 'chat_updated':
      return changedInfo(at, frame.chat);
    case 'member_added':
      return memberAdded(at, frame.member);
    case 'member_updated': {
      const next = withMember(at, frame.member, by);
      return { state: next, changes: [{ type: frame.type, chat_id, member: frame.member }] };
    }
    case 'member_removed':
      return memberRemoved(at, frame.user_id);
  }
}

/** Takes a message in that follows the last one. Its sender has read everything up to it. */
export function added(state: ChatState, message: Message, by: Context, live: boolean): Reduced {
  const own = message.sender_id === by.self;
  const mentioned = mentionsUser(message, by.self);
  const grown = withChat(
    { ...state, messages: append(state.messages, message, by.keep) },
    {
      last_seq: message.seq,
      last_message: message,
      mention_count: state.chat.mention_count + (mentioned ? 1 : 0),
    },
  );
  const read = withWatermark(grown, message.sender_id, { delivered: message.id, read: message.id });
  return {
    state: own ? withReadSeq(read, message.seq) : read,
    changes: [{ type: 'message', chat_id: message.chat_id, message, live }],
  };
}

/** Takes in a new version of a message that is already counted. */
export function changedMessage(state: ChatState, message: Message): ChatState {
  const messages = replace(state.messages, message);
  const last = state.chat.last_message;
  const isLast = last?.seq === message.seq && message.rev >= last.rev;
  const chat = isLast ? { ...state.chat, last_message: message } : state.chat;
  return messages
    ? { ...state, chat, messages }
    : { ...state, chat, outsideRev: Math.max(state.outsideRev, message.rev) };
}

export function messageChange(message: Message): Change {
  const type = message.is_deleted ? 'message_deleted' : 'message_updated';
  return { type, chat_id: message.chat_id, message };
}

function changedInfo(state: ChatState, info: ChatInfo): Reduced {
  // Messages alone move last_seq: a number from here could hide one that is still to come.
  const next = withChat(state, { ...info, last_seq: state.chat.last_seq });
  return { state: next, changes: [updatedChange(next)] };
}

function memberAdded(state: ChatState, member: ChatMember): Reduced {
  const member_count = state.chat.member_count + 1;
  return {
    state: withMembers(withChat(state, { member_count }), [member]),
    changes: [{ type: 'member_added', chat_id: member.chat_id, member }],
  };
}

/** A member's new role or name; one's own also show in the chat. */
export function withMember(
  state: ChatState,
  member: ChatMember,
  by: Pick<Context, 'self'>,
): ChatState {
  if (member.user_id !== by.self) return withMembers(state, [member]);
  const { role, nickname } = member;
  const settings = newerSettings(state.chat, ownSettings(member));
  return withChat(withMembers(state, [{ ...member, ...settings }]), {
    my_role: role,
    nickname,
    ...settings,
  });
}

export type OwnSettings = Pick<
  Chat,
  'is_muted' | 'muted_until' | 'notification_level' | 'settings_version'
>;

/** What the user wants to hear of a chat. A frame that all members get does not say it. */
export function ownSettings(member: ChatMember): OwnSettings | undefined {
  const { is_muted, muted_until = null, notification_level, settings_version } = member;
  if (notification_level === undefined || settings_version === undefined) return undefined;
  return { is_muted, muted_until, notification_level, settings_version };
}

/** Answers may overtake each other: the settings that are newer, of those held and those told. */
export function newerSettings(held: OwnSettings, told: OwnSettings = held): OwnSettings {
  const newer = told.settings_version < held.settings_version ? held : told;
  const { is_muted, muted_until, notification_level, settings_version } = newer;
  return { is_muted, muted_until, notification_level, settings_version };
}

/** The chat, and in it the user as a member, with new settings. */
export function withOwnSettings(state: ChatState, self: UserId, told: OwnSettings): ChatState {
  const settings = newerSettings(state.chat, told);
  const held = state.members.get(self);
  const members = held ? [{ ...held, ...settings }] : [];
  return withChat(withMembers(state, members), settings);
}

/** Whether a frame tells the user's own devices of their settings, which have no revision. */
export const isOwnSettings = (frame: { type: string }): frame is OwnSettingsFrame =>
  frame.type === 'member_updated' &&
  (frame as OwnSettingsFrame).member.notification_level !== undefined;

type OwnSettingsFrame = Extract<DurableFrame, { type: 'member_updated' }>;

/** Takes in the settings alone: what else the frame shows of the member has its own frames. */
export function reduceSettings(state: ChatState, { member }: OwnSettingsFrame): Reduced {
  const settings = ownSettings(member);
  const next = settings ? withOwnSettings(state, member.user_id, settings) : state;
  return { state: next, changes: [updatedChange(next)] };
}

function memberRemoved(state: ChatState, userId: UserId): Reduced {
  const member_count = state.chat.member_count - 1;
  const chat_id = state.chat.id;
  return {
    state: withoutMember(withChat(state, { member_count }), userId),
    changes: [{ type: 'member_removed', chat_id, user_id: userId }],
  };
}

/** Receipts carry no revision: they only ever move forward. */
export function reduceStatus(state: ChatState, frame: EventBody<'message_status'>): Reduced {
  const mark: Watermark = {
    delivered: frame.delivered_message_id ?? 0,
    read: frame.read_message_id ?? 0,
  };
  const { chat_id, user_id, delivered_message_id, read_message_id } = frame;
  const next =
    user_id === null
      ? { ...state, everyone: mergeMarks(state.everyone, mark) }
      : withWatermark(state, user_id, mark);
  const type = 'message_status' as const;
  return {
    state: next,
    changes: [{ type, chat_id, user_id, delivered_message_id, read_message_id }],
  };
}

/**
 * What another device of the same user read. `lastSeq` is the newest message of the chat that the
 * connection has told of, as the count was made then.
 */
export function reduceUnread(
  state: ChatState,
  frame: EventBody<'unread'>,
  lastSeq: number,
  self: UserId,
): Reduced {
  const read = withReadSeq(state, lastSeq - frame.unread_count);
  const later = state.messages.filter((message) => message.seq > lastSeq);
  const mentions = later.filter((message) => mentionsUser(message, self)).length;
  const isRead = read.chat.unread_count === 0;
  const next = withChat(read, { mention_count: isRead ? 0 : frame.mention_count + mentions });
  return { state: next, changes: [unreadChange(next)] };
}

const mentionsUser = (message: Message, userId: UserId): boolean =>
  message.sender_id !== userId && message.mentions.includes(userId);

export const updatedChange = ({ chat }: ChatState): Change => ({
  type: 'chat_updated',
  chat_id: chat.id,
  chat,
});

export function unreadChange({ chat }: ChatState): Change {
  const { id, unread_count, mention_count } = chat;
  return { type: 'unread', chat_id: id, unread_count, mention_count };
}
