import { z } from 'zod';
import { base64UrlOf, Count, Digest, MessageUuid, parse, parseJson, ServerId } from '../formats';

const fileSecret = {
  media_id: ServerId,
  key: base64UrlOf(32),
  prefix: base64UrlOf(7),
  /** Plain bytes. */
  size: Count,
  hash: Digest,
  type: z.string().max(200),
};
const side = z.int().positive().max(65_535).optional();

/** How to fetch, open and show a file. */
export const MediaSecret = z.object({
  ...fileSecret,
  name: z.string().max(1_000),
  width: side,
  height: side,
  /** Seconds. */
  duration: z.number().nonnegative().optional(),
  /** base64url of a thumbhash. */
  thumbhash: z.string().max(100).optional(),
  waveform: z.array(z.int().min(0).max(100)).max(64).optional(),
  thumbnail: z.object({ ...fileSecret, width: side, height: side }).optional(),
});
export type MediaSecret = z.infer<typeof MediaSecret>;

/** What is encrypted of a message. */
const Body = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('message'),
    text: z.string().default(''),
    content_type: z.enum(['text', 'image', 'video', 'audio', 'file']).default('text'),
    mentions: z.array(ServerId).default([]),
    media: z.array(MediaSecret).max(20).default([]),
  }),
  z.object({
    kind: z.literal('reaction'),
    target: MessageUuid,
    target_from: ServerId,
    emoji: z.string().min(1).max(64),
    remove: z.literal(true).optional(),
  }),
  z.object({ kind: z.literal('deletion'), target: MessageUuid, target_from: ServerId }),
]);
export type Body = z.output<typeof Body>;
export type BodyInput = z.input<typeof Body>;

/** A body as its writer gives it; what is empty is left out. */
export function writeBody(body: BodyInput): string {
  return JSON.stringify(body, (_, value: unknown) =>
    Array.isArray(value) && value.length === 0 ? undefined : value,
  );
}

export const readBody = (text: string): Body =>
  parse('The message', Body, parseJson('The message', text));
