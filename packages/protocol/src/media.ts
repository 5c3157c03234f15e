import { z } from 'zod';
import { Timestamp } from './common';
import { MediaId, MessageId, UserId } from './ids';

export const Media = z
  .object({
    id: MediaId,
    message_id: MessageId.nullable().describe('Null until it is sent'),
    uploader_id: UserId,
    filename: z
      .string()
      .describe('Name in the store')
      .meta({ examples: ['77.jpg'] }),
    original_filename: z
      .string()
      .describe('As its sender named it: no path, never trusted')
      .meta({ examples: ['summit.jpg'] }),
    file_size: z
      .int()
      .describe('Bytes')
      .meta({ examples: [482113] }),
    mime_type: z.string().meta({ examples: ['image/jpeg'] }),
    media_type: z.enum(['image', 'video', 'audio', 'document', 'other']),
    width: z
      .int()
      .nullable()
      .describe('Pixels')
      .meta({ examples: [1600] }),
    height: z
      .int()
      .nullable()
      .describe('Pixels')
      .meta({ examples: [1200] }),
    duration: z
      .number()
      .nullable()
      .describe('Seconds, of video and audio')
      .meta({ examples: [null] }),
    thumbnail_path: z
      .string()
      .nullable()
      .describe("The thumbnail's URL path; null until there is one")
      .meta({ examples: ['/api/media/77/thumbnail'] }),
    url: z.string().meta({ examples: ['/api/media/77'] }),
    created_at: Timestamp,
  })
  .meta({ id: 'Media' });
export type Media = z.infer<typeof Media>;
