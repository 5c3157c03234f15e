import { z } from 'zod';
import { Password } from './auth';
import { ContentType, cursorPage, ListQuery, plainText, Timestamp } from './common';
import { ChatId, SessionId, UserId } from './ids';
import { Report, ReportState } from './reports';
import { ServerRole } from './users';

/** Who somebody is, for administrators: the real name, whatever others are shown. */
export const UserReference = z
  .object({
    id: UserId,
    username: z
      .string()
      .nullable()
      .describe('Null once the account is erased')
      .meta({ examples: ['john_doe'] }),
  })
  .meta({ id: 'UserReference' });
export type UserReference = z.infer<typeof UserReference>;

export const AccountState = z
  .enum(['active', 'deactivated', 'erased'])
  .describe('A deactivated account can come back, an erased one cannot')
  .meta({ examples: ['active'] });
export type AccountState = z.infer<typeof AccountState>;

export const AdminUser = z
  .object({
    id: UserId,
    username: z
      .string()
      .nullable()
      .describe('Null once the account is erased')
      .meta({ examples: ['john_doe'] }),
    email: z
      .string()
      .nullable()
      .meta({ examples: ['john@example.org'] }),
    full_name: z
      .string()
      .nullable()
      .meta({ examples: ['John Doe'] }),
    state: AccountState,
    server_role: ServerRole,
    is_online: z.boolean(),
    last_seen: Timestamp.nullable(),
    created_at: Timestamp,
  })
  .meta({ id: 'AdminUser' });
export type AdminUser = z.infer<typeof AdminUser>;

export const AdminUserDetails = AdminUser.extend({
  session_count: z
    .int()
    .describe('Devices that are signed in')
    .meta({ examples: [2] }),
  chat_count: z
    .int()
    .describe('Chats that they are in')
    .meta({ examples: [7] }),
}).meta({ id: 'AdminUserDetails' });
export type AdminUserDetails = z.infer<typeof AdminUserDetails>;

export const AdminUserQuery = ListQuery.extend({
  q: plainText(254, 1)
    .optional()
    .describe('The beginning of a username, of a word of the full name, or of the e-mail address')
    .meta({ examples: ['jo'] }),
  state: AccountState.optional(),
  server_role: ServerRole.optional(),
});
export type AdminUserQuery = z.output<typeof AdminUserQuery>;
export const AdminUserPage = cursorPage(AdminUser).meta({ id: 'AdminUserPage' });

export const SetServerRole = z.object({ server_role: ServerRole }).meta({ id: 'SetServerRole' });

export const ResetPassword = z
  .object({
    new_password: Password.optional().describe('One is made up when absent'),
    password: Password.optional()
      .describe('Another name of new_password, which goes before it')
      .meta({ deprecated: true }),
  })
  .meta({ id: 'ResetPassword', examples: [{ new_password: 'battery staple' }] });
export type ResetPassword = z.output<typeof ResetPassword>;
export const NewPassword = z
  .object({
    password: z
      .string()
      .nullable()
      .describe('The one that was made up, shown this once; null when you gave one')
      .meta({ examples: ['k7dm-x2pw-9fhc-4tqz'] }),
  })
  .meta({ id: 'NewPassword' });
export type NewPassword = z.infer<typeof NewPassword>;

export const AdminSession = z
  .object({
    id: SessionId,
    device: z
      .string()
      .describe('The User-Agent it signed in with')
      .meta({ examples: ['Mozilla/5.0 (X11; Linux x86_64)'] }),
    ip: z.string().meta({ examples: ['192.0.2.7'] }),
    created_at: Timestamp,
    last_used_at: Timestamp,
  })
  .meta({ id: 'AdminSession' });
export type AdminSession = z.infer<typeof AdminSession>;
export const AdminSessionPage = cursorPage(AdminSession).meta({ id: 'AdminSessionPage' });

export const ReportedMessage = z
  .object({
    chat_id: ChatId,
    content: z
      .string()
      .nullable()
      .describe('As it was when it was reported; null in an encrypted chat')
      .meta({ examples: ['Buy my coins'] }),
    content_type: ContentType,
    created_at: Timestamp,
  })
  .meta({ id: 'ReportedMessage' });

export const AdminReport = Report.extend({
  reporter: UserReference,
  about: UserReference.describe('The user who is reported, or who sent the message'),
  message: ReportedMessage.nullable(),
  note: z
    .string()
    .nullable()
    .describe('What the administrator wrote who resolved it')
    .meta({ examples: [null] }),
  resolved_by: UserReference.nullable()
    .describe('Null also when it was done on the command line')
    .meta({ examples: [null] }),
}).meta({ id: 'AdminReport' });
export type AdminReport = z.infer<typeof AdminReport>;

export const AdminReportQuery = ListQuery.extend({ state: ReportState.default('open') });
export type AdminReportQuery = z.output<typeof AdminReportQuery>;
export const AdminReportPage = cursorPage(AdminReport).meta({ id: 'AdminReportPage' });

export const ResolveReport = z
  .object({
    note: plainText(1000)
      .nullable()
      .optional()
      .meta({ examples: ['Spoke with them'] }),
  })
  .meta({ id: 'ResolveReport' });

export const Retention = z
  .object({
    days: z
      .int()
      .min(1)
      .max(36_500)
      .nullable()
      .describe('Messages older than this are erased; null keeps them for ever')
      .meta({ examples: [365] }),
  })
  .meta({ id: 'Retention' });
export type Retention = z.infer<typeof Retention>;

export const AuditEntry = z
  .object({
    id: z.int().meta({ examples: [17] }),
    at: Timestamp,
    actor: UserReference.nullable().describe('Null: somebody on the command line of the server'),
    address: z
      .string()
      .describe('Where it came from: an address, or `command line`')
      .meta({ examples: ['192.0.2.7'] }),
    action: z.string().meta({ examples: ['user.deactivate'] }),
    target: UserReference.nullable(),
    details: z
      .record(z.string(), z.unknown())
      .describe('What else there is to say, by the kind of action')
      .meta({ examples: [{}] }),
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntry = z.infer<typeof AuditEntry>;
export const AuditPage = cursorPage(AuditEntry).meta({ id: 'AuditPage' });
