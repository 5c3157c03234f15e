import { z } from 'zod';

/** Limits that the wire contract promises. The configurable ones are the server's defaults. */
export const LIMITS = {
  /** UTF-8 bytes of a message's content. */
  messageBytes: 16 * 1024,
  /** Bytes of one WebSocket frame. */
  frameBytes: 64 * 1024,
  groupMembers: 10_000,
  pageSize: 100,
  defaultPageSize: 50,
  /** Sync answers `recovered: false` for a chat with more changes than this. */
  syncChanges: 500,
  socketsPerUser: 20,
  /** Members that a chat's details carry; the rest are paged. */
  detailMembers: 100,
  /** Seconds after which messages may be made to disappear, 0 for never aside. */
  shortestDisappearAfterS: 5,
  longestDisappearAfterS: 365 * 24 * 3600,
  pinsPerChat: 100,
  /** Links of one group that still let somebody in. */
  invitesPerChat: 100,
  /** Messages of a user that wait for their time. */
  scheduledPerUser: 100,
} as const;

export const Timestamp = z.iso
  .datetime({ precision: 3 })
  .describe('ISO 8601, UTC, milliseconds')
  .meta({ examples: ['2026-11-20T12:00:00.000Z'] });

export const Seq = z
  .int()
  .min(0)
  .describe('Place in the chat: dense, 1, 2, 3 … by message')
  .meta({ examples: [17] });
export const Rev = z
  .int()
  .min(0)
  .describe('Revision of the chat: +1 with every durable change of it')
  .meta({ examples: [42] });

export const ContentType = z
  .enum(['text', 'image', 'video', 'audio', 'file', 'system'])
  .describe('What kind of content a message holds');
export type ContentType = z.infer<typeof ContentType>;

/** What a client may send; `system` messages come from the server alone. */
export const SendableContentType = ContentType.exclude(['system']);

export const Role = z.enum(['member', 'admin', 'owner']).describe('owner > admin > member');
export type Role = z.infer<typeof Role>;

/** A URL that is safe to load or to link: http(s), or a path on this server. */
export const WebUrl = z
  .string()
  .max(2048)
  .regex(/^(https?:\/\/|\/(?!\/))[^\s\\]*$/i, 'must be an http(s) URL or an absolute path')
  .meta({ examples: ['https://example.org/alice.png'] });

/** PostgreSQL text cannot hold NUL; no user needs it. Lone surrogates have no UTF-8 form. */
export const plainText = (max: number, min = 0) =>
  z
    .string()
    .min(min)
    .max(max)
    .refine((text) => !text.includes('\u0000'), 'must not contain NUL characters')
    .refine((text) => text.isWellFormed(), 'must be well-formed Unicode');

export const ListQuery = z.object({
  limit: z.coerce
    .number()
    .pipe(z.int().min(1).max(LIMITS.pageSize))
    .default(LIMITS.defaultPageSize)
    .describe('Items on a page'),
  cursor: z.string().min(1).max(512).optional().describe("The previous page's `next_cursor`"),
});

/** A page of any list but messages: go on with `next_cursor` until it is null. */
export function cursorPage<T extends z.ZodType>(item: T) {
  return z.object({
    items: z.array(item),
    next_cursor: z
      .string()
      .nullable()
      .describe('Opaque; null on the last page')
      .meta({ examples: ['b3BhcXVl'] }),
  });
}

export type CursorPage<T> = { items: T[]; next_cursor: string | null };

export const Empty = z.object({});
