import { z } from 'zod';
import { Timestamp } from './common';
import { MediaId, MessageId, UserId } from './ids';

export const Media = z
  .object({
    id: MediaId,
    message_id: MessageId.nullable(),
    uploader_id: UserId,
    filename: z.string().describe('Name in the store'),
    original_filename: z.string(),
    file_size: z.int().describe('Bytes'),
    mime_type: z.string(),
    media_type: z.enum(['image', 'video', 'audio', 'document', 'other']),
    width: z.int().nullable().describe('Pixels'),
    height: z.int().nullable().describe('Pixels'),
    duration: z.number().nullable().describe('Seconds'),
    thumbnail_path: z.string().nullable(),
    url: z.string(),
    created_at: Timestamp,
  })
  .meta({ id: 'Media' });
export type Media = z.infer<typeof Media>;
