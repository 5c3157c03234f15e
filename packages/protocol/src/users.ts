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
    full_name: z.string().nullable(),
    avatar_url: z.string().nullable(),
    bio: z.string().nullable(),
    is_active: z.boolean(),
    is_online: z.boolean(),
    last_seen: Timestamp.nullable(),
    public_key: z.string().nullable(),
    created_at: Timestamp,
  })
  .meta({ id: 'User' });
export type User = z.infer<typeof User>;

/** A user as they see themselves. */
export const Me = User.extend({
  email: z.string(),
  device_token: z.string().nullable().describe('The push token that was registered last'),
}).meta({ id: 'Me' });
export type Me = z.infer<typeof Me>;

/** What is shown of a user beside a chat or a message. */
export const UserSummary = z
  .object({
    id: UserId,
    username: z.string(),
    full_name: z.string().nullable(),
    avatar_url: z.string().nullable(),
    is_online: z.boolean(),
    last_seen: Timestamp.nullable(),
  })
  .meta({ id: 'UserSummary' });
export type UserSummary = z.infer<typeof UserSummary>;

export const UpdateMe = z.object({
  full_name: plainText(100).nullable().optional(),
  bio: plainText(500).nullable().optional(),
  avatar_url: WebUrl.nullable().optional(),
  email: Email.optional(),
});
export type UpdateMe = z.output<typeof UpdateMe>;

export const UserSearchQuery = ListQuery.extend({
  q: plainText(64, 1).describe('The beginning of a username or of a word of the full name'),
});
export const UserPage = cursorPage(User);
