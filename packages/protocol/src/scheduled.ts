import { z } from 'zod';
import { cursorPage, SendableContentType, Timestamp } from './common';
import { ErrorCode } from './errors';
import { ChatId, MediaId, MessageId, ScheduledId } from './ids';
import { SendMessage } from './messages';

const SendAt = z.iso
  .datetime({ offset: true })
  .describe('When to send it, ISO 8601 with a time zone: at most a year ahead')
  .meta({ examples: ['2026-12-24T18:00:00.000Z'] });

export const ScheduleMessage = SendMessage.extend({ chat_id: ChatId, send_at: SendAt }).meta({
  id: 'ScheduleMessage',
  examples: [{ chat_id: 1, content: 'Merry Christmas!', send_at: '2026-12-24T18:00:00.000Z' }],
});
export type ScheduleMessage = z.output<typeof ScheduleMessage>;

export const UpdateScheduled = z
  .object({
    content: SendMessage.shape.content.removeDefault().optional(),
    send_at: SendAt.optional(),
  })
  .describe('What is absent stays as it is')
  .meta({ id: 'UpdateScheduled' });
export type UpdateScheduled = z.output<typeof UpdateScheduled>;

export const ScheduledMessage = z
  .object({
    id: ScheduledId,
    chat_id: ChatId,
    content: z.string().meta({ examples: ['Merry Christmas!'] }),
    content_type: SendableContentType,
    reply_to_id: MessageId.nullable().meta({ examples: [null] }),
    media_ids: z.array(MediaId).meta({ examples: [[]] }),
    client_message_id: z
      .string()
      .describe('The message will carry it; made by the server if you gave none')
      .meta({ examples: ['0d6c1c6e-0f5e-4a57-9f7e-6b0d1f3c2a4b'] }),
    send_at: Timestamp,
    status: z
      .enum(['waiting', 'sending', 'failed'])
      .describe('Once it is sent, it is a message and not in this list any more'),
    failure: z
      .object({ code: ErrorCode, detail: z.string().meta({ examples: ['There is no such chat'] }) })
      .nullable()
      .describe('Why it was not sent')
      .meta({ examples: [null] }),
    created_at: Timestamp,
  })
  .meta({ id: 'ScheduledMessage' });
export type ScheduledMessage = z.infer<typeof ScheduledMessage>;

export const ScheduledPage = cursorPage(ScheduledMessage).meta({ id: 'ScheduledPage' });
