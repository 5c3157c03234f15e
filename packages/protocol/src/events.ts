import { z } from 'zod';
import { Chat, ChatInfo, ChatMember } from './chats';
import { Presence, RequestId } from './commands';
import { Rev, Timestamp } from './common';
import { DeviceId } from './encodings';
import { ApprovalState } from './encryption';
import { ErrorCode, FieldError } from './errors';
import { ChatId, MessageId, NotificationId, ScheduledId, SessionId, UserId } from './ids';
import { Message } from './messages';
import { RevMap } from './rev-map';
import { ScheduledMessage } from './scheduled';

const Typing = z.object({
  chat_id: ChatId,
  user_id: UserId,
  username: z.string().meta({ examples: ['john_doe'] }),
});

const Told = z.object({
  title: z.string().meta({ examples: ['jane in Hiking'] }),
  body: z.string().meta({ examples: ['Who is in for Saturday?'] }),
  chat_id: ChatId,
  message_id: MessageId.nullable().describe('Null: it is about no message'),
  notification_id: NotificationId.describe('The same one again: it stands for more messages now'),
});

/** Server → client frames, by `type`. */
export const EVENTS = {
  ready: z.object({
    user_id: UserId,
    session_id: SessionId,
    epoch: z
      .string()
      .describe("Id of the database's history: when it changes, start afresh")
      .meta({ examples: ['5f0c2a9e'] }),
    heartbeat_s: z
      .number()
      .describe('Seconds between heartbeats')
      .meta({ examples: [25] }),
    chats: RevMap,
  }),
  new_message: z.object({ message: Message }),
  message_updated: z.object({ message: Message }),
  message_deleted: z.object({ message: Message }),
  message_status: z.object({
    chat_id: ChatId,
    user_id: UserId.nullable().describe('Null: the aggregate over all members of a large group'),
    delivered_message_id: MessageId.nullable().describe('Across a block no more than was read'),
    read_message_id: MessageId.nullable().describe('Null: nothing yet, or not for you to know'),
  }),
  typing_start: Typing,
  typing_stop: Typing,
  user_status: Presence,
  chat_created: z.object({ chat: Chat }),
  chat_updated: z.object({ chat: ChatInfo }),
  chat_removed: z.object({ chat_id: ChatId }),
  member_added: z.object({ chat_id: ChatId, rev: Rev, member: ChatMember }),
  member_updated: z.object({ chat_id: ChatId, rev: Rev, member: ChatMember }),
  member_removed: z.object({ chat_id: ChatId, rev: Rev, user_id: UserId }),
  unread: z.object({
    chat_id: ChatId,
    unread_count: z.int().meta({ examples: [2] }),
    mention_count: z.int().meta({ examples: [1] }),
  }),
  scheduled_message: z.object({
    scheduled_id: ScheduledId,
    scheduled: ScheduledMessage.nullable().describe('Null: it was sent or cancelled'),
  }),
  mention_notification: Told.extend({
    title: z.string().meta({ examples: ['Mentioned by john_doe'] }),
    body: z.string().meta({ examples: ['You were mentioned in a message'] }),
    message_id: MessageId,
    notification_id: NotificationId,
  }),
  notification: Told,
  'encryption.key_changed': z.object({
    user_id: UserId,
    version: z
      .int()
      .describe('Of the account key; 0 without one')
      .meta({ examples: [1] }),
    list_version: z
      .int()
      .describe('Of the device list; 0 without one')
      .meta({ examples: [2] }),
  }),
  'encryption.epoch': z.object({
    chat_id: ChatId,
    epoch: z
      .int()
      .describe('Its number')
      .meta({ examples: [4] }),
  }),
  'encryption.approval': z.object({
    device_id: DeviceId,
    name: z.string().meta({ examples: ['Laptop'] }),
    state: ApprovalState,
  }),
  heartbeat: z.object({
    rev_sum: z
      .int()
      .describe('Sum of the rev of all your chats: if yours differs, sync')
      .meta({ examples: [1337] }),
    at: Timestamp,
  }),
  ack: z.looseObject({ request_id: RequestId }),
  error: z.object({
    request_id: RequestId.optional().describe('Of the command that was refused'),
    code: ErrorCode,
    detail: z
      .string()
      .describe('What went wrong, for people')
      .meta({ examples: ['No such chat'] }),
    temporary: z.boolean().describe('Whether the same frame may succeed later'),
    retry_after_s: z.number().optional().describe('Seconds to wait before another try'),
    errors: z.array(FieldError).optional(),
  }),
} as const;

export type EventType = keyof typeof EVENTS;
export type EventBody<T extends EventType> = z.infer<(typeof EVENTS)[T]>;
/** A whole frame, discriminated by `type`. */
export type ServerFrame = { [T in EventType]: { type: T } & EventBody<T> }[EventType];

export const EVENT_SUMMARIES: Record<EventType, string> = {
  ready: 'The first frame of every connection.',
  new_message: 'A message is committed. It comes to its sender too.',
  message_updated: 'A message was edited, or its reactions or media changed.',
  message_deleted: 'A message was deleted; what is left of it is a tombstone.',
  message_status: 'How far a member (or everybody, in a large group) received and read.',
  typing_start: 'Somebody began to type.',
  typing_stop: 'Somebody stopped typing, or has not repeated it for 6 seconds.',
  user_status: 'Somebody came online or went offline.',
  chat_created: 'You are in a new chat.',
  chat_updated: 'Name, description, avatar or the like of a chat changed.',
  chat_removed: 'You are no longer in this chat, or it is gone.',
  member_added:
    'Somebody joined a chat of yours. Whether they are online follows as user_status, if you may see it.',
  member_updated:
    "A member's role or nickname changed. Whether they are online follows as user_status. With " +
    'a notification_level it is for your own connections alone: your mute or level changed, which ' +
    'makes no revision; rev is where the chat stands. That the end of a mute passes is not told.',
  member_removed: 'Somebody left or was removed.',
  scheduled_message: 'A scheduled message of yours was made, changed, sent, refused or cancelled.',
  unread: 'Your own unread messages or mentions in a chat became fewer or other ones.',
  mention_notification: 'Somebody mentioned you in a chat that you are not looking at.',
  notification:
    'There are new messages in a chat that you are not looking at, or you were added to one.',
  'encryption.key_changed':
    'The account key, the devices or the identity of you or of somebody you share a direct or ' +
    'encrypted chat with changed: read their keys anew and judge by the signed list.',
  'encryption.epoch': 'An encrypted chat has a new epoch: fetch your slice of it.',
  'encryption.approval': 'A new device of yours asks to be let in, or was let in or refused.',
  heartbeat: 'A sign of life, and the check that you missed nothing.',
  ack: 'Your command with this request_id was done; more fields depend on the command.',
  error: 'A command was refused (request_id), or the connection has a fault.',
};

/** The subprotocol that says: this client confirms deliveries itself. */
export const SUBPROTOCOL = 'confab.v1';
/** Prefix of the subprotocol entry that carries the token. */
export const BEARER_SUBPROTOCOL = 'bearer.';
