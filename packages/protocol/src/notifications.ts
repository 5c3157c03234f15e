import { z } from 'zod';
import { cursorPage, ListQuery, Timestamp } from './common';
import { ChatId, MentionId, MessageId, NotificationId, UserId } from './ids';

export const NotificationType = z
  .enum(['message', 'mention', 'group_invite'])
  .describe('What it tells of')
  .meta({ id: 'NotificationType' });
export type NotificationType = z.infer<typeof NotificationType>;

export const Notification = z
  .object({
    id: NotificationId,
    user_id: UserId,
    notification_type: NotificationType,
    title: z.string().meta({ examples: ['Mentioned by john_doe'] }),
    body: z.string().meta({ examples: ['You were mentioned in a message'] }),
    data: z
      .object({
        chat_id: ChatId,
        message_id: MessageId.nullable().describe('The newest message that it tells of'),
        sender_id: UserId.describe('Who wrote, mentioned or invited'),
        sender_username: z.string().meta({ examples: ['john_doe'] }),
        count: z
          .int()
          .describe('How many messages it stands for')
          .meta({ examples: [1] }),
      })
      .describe('What a program needs to show or open it'),
    is_read: z.boolean(),
    created_at: Timestamp,
  })
  .meta({ id: 'Notification' });
export type Notification = z.infer<typeof Notification>;

export const Mention = z
  .object({
    id: MentionId,
    message_id: MessageId,
    chat_id: ChatId,
    user_id: UserId.describe('Who is mentioned'),
    is_read: z.boolean(),
    created_at: Timestamp,
  })
  .meta({ id: 'Mention' });
export type Mention = z.infer<typeof Mention>;

export const NotificationPage = cursorPage(Notification).meta({ id: 'NotificationPage' });
export const MentionPage = cursorPage(Mention).meta({ id: 'MentionPage' });

export const NotificationQuery = ListQuery.extend({
  unread_only: z
    .enum(['true', 'false', '1', '0'])
    .default('false')
    .transform((text) => text === 'true' || text === '1')
    .describe('Leave out what was read'),
});

export const NotificationCount = z
  .object({
    unread: z
      .int()
      .describe('Unread notifications, of the newest 512')
      .meta({ examples: [3] }),
    mentions: z
      .int()
      .describe('Unread mentions, in all chats')
      .meta({ examples: [1] }),
  })
  .meta({ id: 'NotificationCount' });
export type NotificationCount = z.infer<typeof NotificationCount>;

const TimeOfDay = z
  .string()
  .regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$/, 'must be a time of day like 22:00')
  .nullable();

const TimeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, 'must be a time zone of the IANA database')
  .meta({ examples: ['Europe/Berlin'] });

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    // Offsets such as +02:00 pass too, but know no summer time.
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}

const fields = {
  quiet_from: TimeOfDay.describe(
    'From then on nothing is pushed to devices; null: no quiet hours',
  ).meta({ examples: ['22:00'] }),
  quiet_to: TimeOfDay.describe(
    'Until then; earlier than quiet_from is the next day, and the same time is refused',
  ).meta({
    examples: ['07:00'],
  }),
};
const whose = (zone: typeof TimeZone) => zone.describe('Whose clock that is');

export const NotificationSettings = z
  .object({ ...fields, time_zone: whose(TimeZone) })
  .meta({ id: 'NotificationSettings' });
export type NotificationSettings = z.infer<typeof NotificationSettings>;

export const SetNotificationSettings = z
  .object({
    quiet_from: fields.quiet_from.optional(),
    quiet_to: fields.quiet_to.optional(),
    time_zone: whose(TimeZone).optional(),
  })
  .refine(
    ({ quiet_from, quiet_to }) =>
      quiet_from === undefined ||
      quiet_to === undefined ||
      (quiet_from === null) === (quiet_to === null),
    'quiet_from and quiet_to are given together, or both are null',
  )
  .describe('What is absent stays as it is. Both times, or none, must be set in the end')
  .meta({ id: 'SetNotificationSettings' });
export type SetNotificationSettings = z.output<typeof SetNotificationSettings>;
