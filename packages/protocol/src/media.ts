import { z } from 'zod';
import { Timestamp } from './common';
import { idText, MediaId, MessageId, UserId } from './ids';

export const MediaType = z
  .enum(['image', 'video', 'audio', 'document', 'other'])
  .describe('What the file is, by its content');
export type MediaType = z.infer<typeof MediaType>;

const Tag = z.string().max(200).optional();
export const MediaTags = z
  .object({
    title: Tag.meta({ examples: ['Blue in Green'] }),
    artist: Tag.meta({ examples: ['Miles Davis'] }),
    album: Tag.meta({ examples: ['Kind of Blue'] }),
  })
  .meta({ id: 'MediaTags' });
export type MediaTags = z.infer<typeof MediaTags>;

const pixels = (examples: number[]) =>
  z
    .int()
    .nullable()
    .describe('Pixels, as it is displayed; null until it is known')
    .meta({ examples });

export const Media = z
  .object({
    id: MediaId,
    message_id: MessageId.nullable().describe('Null until it is sent'),
    uploader_id: UserId,
    filename: z
      .string()
      .describe('A safe name to save it under, made from its id')
      .meta({ examples: ['77.jpg'] }),
    original_filename: z
      .string()
      .describe('As its sender named it: no path, never trusted')
      .meta({ examples: ['summit.jpg'] }),
    file_size: z
      .int()
      .describe('Bytes')
      .meta({ examples: [482113] }),
    mime_type: z
      .string()
      .describe('By its content')
      .meta({ examples: ['image/jpeg'] }),
    media_type: MediaType,
    width: pixels([1600]),
    height: pixels([1200]),
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
    thumbnail_width: pixels([480]),
    thumbnail_height: pixels([360]),
    thumbhash: z
      .string()
      .nullable()
      .describe('A blurred preview of about 25 bytes, Base64 (see thumbhash by Evan Wallace)')
      .meta({ examples: ['1QcSHQRnh493V4dIh4eXh1h4kJUI'] }),
    waveform: z
      .array(z.int().min(0).max(100))
      .nullable()
      .describe('Of audio: 64 loudnesses from 0 to 100')
      .meta({ examples: [null] }),
    rotation: z
      .int()
      .nullable()
      .describe(
        'Of video: degrees clockwise that players turn it by; width and height are after it',
      )
      .meta({ examples: [null] }),
    codec: z
      .string()
      .nullable()
      .describe('Of video and audio, such as avc, vp9, opus, mp3')
      .meta({ examples: [null] }),
    tags: MediaTags.nullable()
      .describe('What an audio file says of itself')
      .meta({ examples: [null] }),
    is_animated: z
      .boolean()
      .describe('An image with more than one frame')
      .meta({ examples: [false] }),
    is_voice: z
      .boolean()
      .describe('Its sender says: a voice message')
      .meta({ examples: [false] }),
    is_processed: z
      .boolean()
      .describe('False while size, thumbnail and the like are still being found out')
      .meta({ examples: [true] }),
    url: z.string().meta({ examples: ['/api/media/77'] }),
    created_at: Timestamp,
  })
  .meta({ id: 'Media' });
export type Media = z.infer<typeof Media>;

export const UploadAnswer = z
  .object({ items: z.array(Media).describe('In the order of the files') })
  .meta({ id: 'UploadAnswer' });
export type UploadAnswer = z.infer<typeof UploadAnswer>;

const Yes = z
  .enum(['1', 'true', '0', 'false'])
  .transform((text) => text === '1' || text === 'true')
  .optional();

export const MediaQuery = z.object({
  download: Yes.describe('To be saved under its name, not shown').meta({ examples: ['1'] }),
});
export type MediaQuery = z.output<typeof MediaQuery>;

export const LinkQuery = MediaQuery.extend({
  variant: z
    .enum(['original', 'thumbnail'])
    .default('original')
    .describe('The file itself, or its thumbnail'),
});
export type LinkQuery = z.output<typeof LinkQuery>;

export const MediaLink = z
  .object({
    url: z
      .string()
      .describe('A path on this server; needs no Authorization')
      .meta({ examples: ['/media/77?t=AAAB'] }),
    expires_at: Timestamp,
  })
  .meta({ id: 'MediaLink' });
export type MediaLink = z.infer<typeof MediaLink>;

export const SignedQuery = LinkQuery.extend({
  t: z.string().min(1).max(512).describe('What the link was signed with'),
});
export type SignedQuery = z.output<typeof SignedQuery>;

export const MediaPath = z.object({ media_id: idText(MediaId) });
export const AvatarPath = z.object({
  name: z
    .string()
    .regex(/^[a-z0-9]{16,64}(-96)?\.webp$/, 'must be the name of an avatar')
    .meta({ examples: ['4s7dy2v6k3m5p8q9r0t1w2x3z4.webp'] }),
});
