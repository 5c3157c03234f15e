import { z } from 'zod';
import {
  ContentType,
  cursorPage,
  LIMITS,
  PageLimit,
  plainText,
  Rev,
  SendableContentType,
  Seq,
  Timestamp,
  TimeText,
} from './common';
import { Envelope } from './epochs';
import { ChatId, idText, MediaId, MessageId, UserId } from './ids';
import { Media } from './media';

/** A short quote of the message that is replied to. */
export const Quote = z
  .object({
    id: MessageId.meta({ examples: [122] }),
    sender_id: UserId.meta({ examples: [457] }),
    sender_username: z.string().meta({ examples: ['jane'] }),
    content: z
      .string()
      .describe('At most its first 200 characters; empty once it is deleted')
      .meta({ examples: ['Who is in for Saturday?'] }),
    content_type: ContentType,
    is_deleted: z.boolean(),
  })
  .meta({ id: 'Quote' });
export type Quote = z.infer<typeof Quote>;

export const Reaction = z
  .object({
    emoji: z.string().meta({ examples: ['👍'] }),
    count: z.int().meta({ examples: [1] }),
    user_ids: z
      .array(UserId)
      .describe('The first 20')
      .meta({ examples: [[457]] }),
  })
  .meta({ id: 'Reaction' });
export type Reaction = z.infer<typeof Reaction>;

/** What a system message tells, for clients that word it themselves. `content` words it in English. */
export const SystemEvent = z
  .object({
    action: z.enum([
      'member_added',
      'member_removed',
      'member_left',
      'role_changed',
      'owner_changed',
      'chat_renamed',
      'description_changed',
      'avatar_changed',
      'member_joined',
      'message_pinned',
      'disappearing_changed',
    ]),
    user_id: UserId.nullable()
      .describe('Whom it concerns, besides the sender')
      .meta({ examples: [457] }),
    value: z
      .string()
      .nullable()
      .describe(
        'The new name or role; the id of the pinned message; the seconds after which messages ' +
          'disappear, 0 for never',
      )
      .meta({ examples: [null] }),
  })
  .meta({ id: 'SystemEvent' });
export type SystemEvent = z.infer<typeof SystemEvent>;

export const MessageStatus = z
  .enum(['sent', 'delivered', 'read', 'failed'])
  .describe(
    'As its sender sees it: read once every other member read it, delivered once it reached ' +
      'every other member, else sent. Not read while one of them, or the sender, hides what they ' +
      'read. A system message is always sent. The server never says failed; a client does, locally',
  );
export type MessageStatus = z.infer<typeof MessageStatus>;

export const Message = z
  .object({
    id: MessageId,
    chat_id: ChatId,
    seq: Seq,
    rev: Rev.describe("The chat's revision at this message's last change"),
    sender_id: UserId,
    sender_username: z.string().meta({ examples: ['john_doe'] }),
    reply_to_id: MessageId.nullable().meta({ examples: [122] }),
    reply_to: Quote.nullable(),
    content: z
      .string()
      .describe('As it was sent: escape it before you show it as HTML')
      .meta({ examples: ['Hello, I am in!'] }),
    content_type: ContentType,
    status: MessageStatus,
    is_edited: z.boolean(),
    is_deleted: z.boolean(),
    is_encrypted: z.boolean(),
    envelope: Envelope.nullable()
      .optional()
      .describe('What an encrypted message consists of; its content is empty then'),
    client_message_id: z
      .string()
      .nullable()
      .describe('As its sender chose it')
      .meta({ examples: ['0d6c1c6e-0f5e-4a57-9f7e-6b0d1f3c2a4b'] }),
    system_event: SystemEvent.optional().describe('In system messages alone'),
    mentions: z.array(UserId).meta({ examples: [[457]] }),
    media: z.array(Media).meta({ examples: [[]] }),
    reactions: z.array(Reaction),
    created_at: Timestamp,
    edited_at: Timestamp.nullable().meta({ examples: [null] }),
    is_pinned: z.boolean().optional().describe('Whether it is pinned in its chat'),
    pinned_at: Timestamp.nullable()
      .optional()
      .meta({ examples: [null] }),
    expires_at: Timestamp.nullable()
      .optional()
      .describe('When it disappears; null for never, and once it is gone')
      .meta({ examples: [null] }),
  })
  .meta({ id: 'Message' });
export type Message = z.infer<typeof Message>;

/** Its size is limited in UTF-8 bytes, by the service: more answers 413, not 422. */
const Content = plainText(Number.MAX_SAFE_INTEGER)
  .describe(`Text of at most ${LIMITS.messageBytes} bytes of UTF-8`)
  .meta({ examples: ['Hello, I am in!'] });

/** The body that sends a message, the same over REST and WebSocket. */
export const SendMessage = z
  .object({
    content: Content.default(''),
    message_type: SendableContentType.optional()
      .describe('What kind of content it is; if absent, what the first file is, or text')
      .meta({ examples: ['text'] }),
    content_type: SendableContentType.optional().describe('Another name of message_type'),
    reply_to_id: MessageId.nullish()
      .describe('The message that it answers, of the same chat')
      .meta({ examples: [122] }),
    client_message_id: z
      .uuid()
      .transform((uuid) => uuid.toLowerCase())
      .nullish()
      .describe(
        'A UUID of your choice. The same one from the same user makes one message, for ever',
      )
      .meta({ examples: ['0d6c1c6e-0f5e-4a57-9f7e-6b0d1f3c2a4b'] }),
    media_ids: z
      .array(MediaId)
      .max(LIMITS.filesPerMessage)
      .refine((ids) => new Set(ids).size === ids.length, 'must name each file once')
      .nullish()
      .describe('Files of your own, uploaded before, that no message has yet')
      .meta({ examples: [[]] }),
    envelope: Envelope.nullish().describe(
      'The message, encrypted by its sender: needed in encrypted chats, refused elsewhere. ' +
        'It comes with the client_message_id that it was made for, and with no content',
    ),
  })
  .meta({ id: 'SendMessage', examples: [{ content: 'Hello, I am in!', message_type: 'text' }] });
export type SendMessage = z.output<typeof SendMessage>;

export const EditMessage = z
  .object({
    content: Content.default(''),
    envelope: Envelope.nullish().describe(
      'In an encrypted chat, in place of content: its header names the message that it edits',
    ),
  })
  .meta({ id: 'EditMessage', examples: [{ content: 'Hello, I am in!' }] });
export type EditMessage = z.output<typeof EditMessage>;

const pageSide = idText(MessageId).optional();
export const MessagePageQuery = z
  .object({
    limit: PageLimit,
    before: pageSide.describe('Only messages older than this one'),
    after: pageSide.describe('Only messages newer than this one'),
    around: pageSide.describe('This message and those next to it'),
    at: TimeText.optional().describe(
      'The first message that was sent at this time (ISO 8601) or later, and those next to it; the ' +
        'newest if there is none',
    ),
  })
  .refine(
    ({ before, after, around, at }) => [before, after, around, at].filter(Boolean).length <= 1,
    'before, after, around and at exclude each other',
  );
export type MessagePageQuery = z.output<typeof MessagePageQuery>;

export const MessagePage = z
  .object({
    items: z.array(Message).describe('Ascending by seq'),
    has_more: z
      .boolean()
      .describe('More in the direction asked for (either one, for around)')
      .meta({ examples: [true] }),
    next_before: MessageId.nullable()
      .describe('Pass as before for the older page')
      .meta({ examples: [123] }),
    next_after: MessageId.nullable()
      .describe('Pass as after for the newer page')
      .meta({ examples: [null] }),
  })
  .meta({ id: 'MessagePage' });
export type MessagePage = z.infer<typeof MessagePage>;

export const PinPage = cursorPage(Message).meta({ id: 'PinPage' });

const ReceiptMark = z.object({
  user_id: UserId,
  at: Timestamp.nullable().describe(
    'When their watermark passed it, as far as known. Null of a delivery by somebody whose last_seen ' +
      'is not for you to know',
  ),
});
export const Receipts = z
  .object({ delivered: z.array(ReceiptMark), read: z.array(ReceiptMark) })
  .meta({ id: 'Receipts' });
export type Receipts = z.infer<typeof Receipts>;

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
const PICTOGRAPH = /\p{Extended_Pictographic}|\p{Regional_Indicator}{2}|[0-9#*]\uFE0F?\u20E3/u;

/** UTF-16 code units; the longest families and flags have about 30. */
const MAX_EMOJI_LENGTH = 64;

/** One emoji: a single grapheme with a pictograph, a flag or a keycap in it. */
export const Emoji = z
  .string()
  .max(MAX_EMOJI_LENGTH)
  .refine(
    (text) =>
      text.length <= MAX_EMOJI_LENGTH &&
      PICTOGRAPH.test(text) &&
      [...segmenter.segment(text)].length === 1,
    'must be one emoji',
  )
  .meta({ examples: ['👍'] });
