import { z } from 'zod';

/**
 * Ids are positive integers below 2^53, so that they survive JSON in every language, and are
 * never reused. Each kind has a brand of its own: a chat's id cannot be passed for a message's.
 */
const id = z.int().min(1);

export const UserId = id
  .brand<'UserId'>()
  .describe('Id of a user')
  .meta({ examples: [456] });
export const ChatId = id
  .brand<'ChatId'>()
  .describe('Id of a chat')
  .meta({ examples: [1] });
export const MessageId = id
  .brand<'MessageId'>()
  .describe('Id of a message')
  .meta({ examples: [123] });
export const MemberId = id
  .brand<'MemberId'>()
  .describe('Id of a membership')
  .meta({ examples: [9] });
export const MediaId = id
  .brand<'MediaId'>()
  .describe('Id of a media file')
  .meta({ examples: [77] });
export const NotificationId = id
  .brand<'NotificationId'>()
  .describe('Id of a notification')
  .meta({ examples: [501] });
export const MentionId = id
  .brand<'MentionId'>()
  .describe('Id of a mention')
  .meta({ examples: [31] });
export const SessionId = id
  .brand<'SessionId'>()
  .describe('Id of a signed-in device')
  .meta({ examples: [12] });

export const ScheduledId = id
  .brand<'ScheduledId'>()
  .describe('Id of a scheduled message')
  .meta({ examples: [5] });

export const ReportId = id
  .brand<'ReportId'>()
  .describe('Id of a report')
  .meta({ examples: [5] });

export type UserId = z.infer<typeof UserId>;
export type ChatId = z.infer<typeof ChatId>;
export type MessageId = z.infer<typeof MessageId>;
export type MemberId = z.infer<typeof MemberId>;
export type MediaId = z.infer<typeof MediaId>;
export type NotificationId = z.infer<typeof NotificationId>;
export type MentionId = z.infer<typeof MentionId>;
export type SessionId = z.infer<typeof SessionId>;
export type ScheduledId = z.infer<typeof ScheduledId>;
export type ReportId = z.infer<typeof ReportId>;

/** Makes an id's schema read the decimal text of a path or a query. `01`, `1e3` and `+1` are no ids. */
export function idText<T extends z.ZodType>(schema: T) {
  return z
    .string()
    .regex(/^[1-9][0-9]{0,15}$/, 'must be a whole number of at least 1')
    .transform(Number)
    .pipe(schema as unknown as z.ZodType<z.output<T>, number>);
}
