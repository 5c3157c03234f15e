import { z } from 'zod';
import { ChatMember } from './chats';
import { Rev, Seq, Timestamp } from './common';
import { ChatId, MessageId } from './ids';
import { EditMessage, Emoji, SendMessage } from './messages';
import { SyncAnswer, SyncRequest } from './sync';

/** Client → server frames. A frame's schema is looked up by its `type`; no union is ever tried. */
export const COMMANDS = {
  send_message: SendMessage.extend({ chat_id: ChatId }),
  edit_message: EditMessage.extend({ message_id: MessageId }),
  delete_message: z.object({ message_id: MessageId }),
  message_read: z.object({ chat_id: ChatId, message_id: MessageId }),
  message_delivered: z.object({ chat_id: ChatId, message_id: MessageId }),
  typing_start: z.object({ chat_id: ChatId }),
  typing_stop: z.object({ chat_id: ChatId }),
  join_chat: z.object({ chat_id: ChatId }),
  leave_chat: z.object({ chat_id: ChatId }),
  reaction_add: z.object({ message_id: MessageId, emoji: Emoji }),
  reaction_remove: z.object({ message_id: MessageId, emoji: Emoji }),
  sync: SyncRequest,
  ping: z.object({}),
  token_refresh: z.object({
    access_token: z
      .string()
      .min(1)
      .max(4096)
      .meta({ examples: ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0NTYifQ.c2lnbmF0dXJl'] }),
  }),
} as const;

export type CommandType = keyof typeof COMMANDS;
/** A command as the server reads it: validated, defaults filled in. */
export type Command<T extends CommandType> = z.output<(typeof COMMANDS)[T]>;
/** A command as a client writes it. */
export type CommandInput<T extends CommandType> = z.input<(typeof COMMANDS)[T]>;

export const COMMAND_SUMMARIES: Record<CommandType, string> = {
  send_message: 'Send a message. Acknowledged once it is on disk.',
  edit_message: 'Change the text of a message of your own.',
  delete_message: 'Delete a message: your own, or any as admin or owner.',
  message_read: 'Everything up to this message is read.',
  message_delivered: 'Everything up to this message has arrived (confab.v1 connections).',
  typing_start: 'You are typing. Repeat at least every 6 seconds while it is so.',
  typing_stop: 'You stopped typing.',
  join_chat:
    "You are looking at this chat: its members' presence comes in the ack, then live. An invitation to it is read.",
  leave_chat: 'You no longer look at this chat.',
  reaction_add: 'React to a message with one emoji.',
  reaction_remove: 'Take a reaction back.',
  sync: 'Ask for what changed since the revisions you hold.',
  ping: 'Ask for a sign of life.',
  token_refresh: 'Put a newer access token in place of the one you connected with.',
};

export const RequestId = z
  .string()
  .max(64)
  .describe('Yours; the answer carries it back')
  .meta({ examples: ['r1'] });

export const Presence = z
  .object({
    user_id: ChatMember.shape.user_id,
    username: z.string().meta({ examples: ['john_doe'] }),
    status: z.enum(['online', 'offline']),
    last_seen: Timestamp.nullable(),
  })
  .meta({ id: 'Presence' });
export type Presence = z.infer<typeof Presence>;

/** What the ack of each command carries besides `type` and `request_id`. */
export const ACKS = {
  send_message: z.object({
    message_id: MessageId,
    seq: Seq,
    rev: Rev,
    created_at: Timestamp,
    duplicate: z.boolean().describe('True: this client_message_id was sent before'),
  }),
  edit_message: z.object({ rev: Rev }),
  delete_message: z.object({ rev: Rev }),
  message_read: z.object({}),
  message_delivered: z.object({}),
  typing_start: z.object({}),
  typing_stop: z.object({}),
  join_chat: z.object({ presence: z.array(Presence).describe('Of at most 200 members') }),
  leave_chat: z.object({}),
  reaction_add: z.object({ rev: Rev }),
  reaction_remove: z.object({ rev: Rev }),
  sync: SyncAnswer,
  ping: z.object({}),
  token_refresh: z.object({
    expires_in: z
      .int()
      .describe('Seconds')
      .meta({ examples: [600] }),
  }),
} as const satisfies Record<CommandType, z.ZodObject>;

export type Ack<T extends CommandType> = z.infer<(typeof ACKS)[T]>;
