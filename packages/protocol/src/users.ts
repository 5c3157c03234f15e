import { z } from 'zod';
import { cursorPage, ListQuery, plainText, Timestamp, WebUrl } from './common';
import { UserId } from './ids';

/** Names that nobody may register, as they mean something in mentions or on the server. */
export const RESERVED_USERNAMES: ReadonlySet<string> = new Set([
  'all',
  'here',
  'everyone',
  'system',
  'admin',
  'deleted',
]);

export const Username = z
  .string()
  .regex(
    /^(?!\.)[A-Za-z0-9_.]{3,32}(?<!\.)$/,
    'must be 3 to 32 letters, digits, underscores or dots, with no dot at either end',
  )
  .transform((name) => name.toLowerCase())
  .meta({ examples: ['john_doe'] });

export const Email = z
  .email()
  .max(254)
  .meta({ examples: ['john@example.org'] });

/** A user as others see them. */
export const User = z
  .object({
    id: UserId,
    username: z.string().meta({ examples: ['john_doe'] }),
    full_name: z
      .string()
      .nullable()
      .meta({ examples: ['John Doe'] }),
    avatar_url: z
      .string()
      .nullable()
      .meta({ examples: ['https://example.org/john.png'] }),
    bio: z
      .string()
      .nullable()
      .meta({ examples: ['Climbs, cooks, codes'] }),
    is_active: z
      .boolean()
      .describe('False once the account is deactivated')
      .meta({ examples: [true] }),
    is_online: z.boolean().meta({ examples: [true] }),
    last_seen: Timestamp.nullable().describe('Null: never, or not for you to know'),
    public_key: z
      .string()
      .nullable()
      .meta({ examples: [null] }),
    created_at: Timestamp,
  })
  .meta({ id: 'User' });
export type User = z.infer<typeof User>;

export const ServerRole = z
  .enum(['user', 'admin'])
  .describe('What one may do on this server; roles in chats are apart')
  .meta({ examples: ['user'] });
export type ServerRole = z.infer<typeof ServerRole>;

/** A user as they see themselves. */
export const Me = User.extend({
  email: z.string().meta({ examples: ['john@example.org'] }),
  device_token: z
    .string()
    .nullable()
    .describe('The push token that was registered last')
    .meta({ examples: [null] }),
  server_role: ServerRole,
  used_bytes: z
    .int()
    .min(0)
    .describe('What the files that one uploaded take; thumbnails are not counted')
    .meta({ examples: [52_428_800] }),
  quota_bytes: z
    .int()
    .positive()
    .nullable()
    .describe('What they may take. Null: as much as there is')
    .meta({ examples: [1_073_741_824] }),
}).meta({ id: 'Me' });
export type Me = z.infer<typeof Me>;

/** What is shown of a user beside a chat or a message. */
export const UserSummary = z
  .object({
    id: UserId,
    username: z.string().meta({ examples: ['john_doe'] }),
    full_name: z
      .string()
      .nullable()
      .meta({ examples: ['John Doe'] }),
    avatar_url: z
      .string()
      .nullable()
      .meta({ examples: ['https://example.org/john.png'] }),
    is_online: z.boolean().meta({ examples: [true] }),
    last_seen: Timestamp.nullable().describe('Null: never, or not for you to know'),
  })
  .meta({ id: 'UserSummary' });
export type UserSummary = z.infer<typeof UserSummary>;

export const UpdateMe = z
  .object({
    full_name: plainText(100)
      .nullable()
      .optional()
      .meta({ examples: ['John Doe'] }),
    bio: plainText(500)
      .nullable()
      .optional()
      .meta({ examples: ['Climbs, cooks, codes'] }),
    avatar_url: WebUrl.nullable().optional(),
    email: Email.optional(),
  })
  .describe('What is absent stays as it is')
  .meta({ id: 'UpdateMe' });
export type UpdateMe = z.output<typeof UpdateMe>;

export const UserSearchQuery = ListQuery.extend({
  q: plainText(64, 1)
    .describe('The beginning of a username or of a word of the full name')
    .meta({ examples: ['jo'] }),
});
export const UserPage = cursorPage(User).meta({ id: 'UserPage' });
