import { z } from 'zod';
import { plainText, Timestamp } from './common';
import { MessageId, ReportId, UserId } from './ids';

export const CreateReport = z
  .object({
    message_id: MessageId.nullish()
      .describe('The message to report, of a chat of yours')
      .meta({ examples: [123] }),
    user_id: UserId.nullish()
      .describe('Or the user to report')
      .meta({ examples: [null] }),
    reason: plainText(1000, 1)
      .refine((reason) => reason.trim() !== '', 'must not be blank')
      .meta({ examples: ['This is spam'] }),
  })
  .refine(
    ({ message_id, user_id }) => (message_id == null) !== (user_id == null),
    'give message_id or user_id, and not both',
  )
  .meta({ id: 'CreateReport', examples: [{ message_id: 123, reason: 'This is spam' }] });
export type CreateReport = z.output<typeof CreateReport>;

export const ReportState = z
  .enum(['open', 'resolved'])
  .describe('Open until an administrator has looked at it')
  .meta({ examples: ['open'] });
export type ReportState = z.infer<typeof ReportState>;

export const Report = z
  .object({
    id: ReportId,
    message_id: MessageId.nullable().meta({ examples: [123] }),
    user_id: UserId.nullable().meta({ examples: [null] }),
    reason: z.string().meta({ examples: ['This is spam'] }),
    state: ReportState,
    created_at: Timestamp,
    resolved_at: Timestamp.nullable().meta({ examples: [null] }),
  })
  .meta({ id: 'Report' });
export type Report = z.infer<typeof Report>;
