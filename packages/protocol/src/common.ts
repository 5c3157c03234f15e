import { z } from 'zod';

/** Limits that the wire contract promises. The configurable ones are the server's defaults. */
export const LIMITS = {
  /** UTF-8 bytes of a message's content. */
  messageBytes: 16 * 1024,
  /** Bytes of one WebSocket frame. */
  frameBytes: 64 * 1024,
  /** Bytes of a REST call's JSON body, where the endpoint does not say otherwise. */
  bodyBytes: 16 * 1024,
  /** Bytes of a body that carries a message, however its text is escaped. */
  messageBodyBytes: 128 * 1024,
  /** Bytes of a body with a long list: a group of 10,000 members named by id fits well. */
  listBodyBytes: 512 * 1024,
  /** Bytes of a body that is a form. */
  formBytes: 4 * 1024,
  /** Seconds that a JSON body or a form may take to arrive. */
  bodyS: 30,
  /** Bytes that a connection may leave unread before it is closed. */
  unsentBytes: 1024 * 1024,
  /** Searches of a user that are under way. */
  searchesPerUser: 10,
  /** Wrong passwords in 15 minutes, per account and address. */
  loginFailures: 5,
  groupMembers: 10_000,
  pageSize: 100,
  defaultPageSize: 50,
  /** Chats that a sync asks for. */
  syncChats: 10_000,
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
  /** Users that one user blocks. */
  blocksPerUser: 10_000,
  /** Messages of a user that wait for their time. */
  scheduledPerUser: 100,
  /** Bytes of a file. */
  fileBytes: 100 * 1024 * 1024,
  /** Files of a message, and of an upload. */
  filesPerMessage: 20,
  /** UTF-8 bytes of a file's name; of a longer one, its end is kept. */
  filenameBytes: 255,
  /** Uploads of a user that run at the same time. */
  uploadsPerUser: 4,
  /** Hours after which a file that no message has is erased. */
  unsentFileHours: 24,
  /** Seconds for which a link to a file is good. */
  mediaLinkS: 300,
  devicesPerUser: 20,
  /** New devices of one user that wait to be let in. */
  approvalsPerUser: 5,
  /** Members of an encrypted group. */
  encryptedGroupMembers: 1_000,
  /** Devices to which one epoch is wrapped. */
  epochRecipients: 2_000,
  /** Bytes of an encrypted message's envelope. */
  envelopeBytes: 24 * 1024,
  /** UTF-8 bytes of an entry of a membership log: a new group's names all of its members. */
  logEntryBytes: 48 * 1024,
  /** Bytes of a body that carries such an entry, however it is escaped. */
  logBodyBytes: 128 * 1024,
  /** Bytes of a body that carries a device list: as many devices as there may be, with 4096-bit keys. */
  deviceListBodyBytes: 128 * 1024,
  epochBodyBytes: 2 * 1024 * 1024,
  backupBodyBytes: 4 * 1024 * 1024,
  /** UTF-8 bytes of a text that the server encrypts. */
  assistedTextBytes: 64 * 1024,
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

/** How many items a query asks for. */
export const PageLimit = z.coerce
  .number(`must be a whole number from 1 to ${LIMITS.pageSize}`)
  .pipe(z.int().min(1).max(LIMITS.pageSize))
  .default(LIMITS.defaultPageSize);

export const ListQuery = z.object({
  limit: PageLimit.describe('Items on a page'),
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

/** A `+` that nobody encoded arrives as a space. */
const withPlus = (value: unknown): unknown =>
  typeof value === 'string' ? value.trim().replace(/ (\d{2}:?\d{2})$/, '+$1') : value;

/** A moment within an address. A date is the midnight at which it begins, in UTC. */
export const TimeText = z
  .preprocess(withPlus, z.union([z.iso.datetime({ offset: true }), z.iso.date()]))
  .transform((text) => new Date(text).toISOString())
  .meta({ examples: ['2026-11-20T12:00:00.000Z'] });
