import { z } from 'zod';
import { cursorPage, plainText, Timestamp } from './common';
import { SessionId } from './ids';
import { Email, Me, Username } from './users';

export const Password = z
  .string()
  .min(8)
  .max(128)
  .meta({ examples: ['correct horse'] });

export const Register = z.object({
  username: Username,
  email: Email,
  password: Password,
  full_name: plainText(100).nullable().optional(),
});
export type Register = z.output<typeof Register>;

export const Login = z.object({
  username: z.string().min(1).max(254).describe('The username, or the email address'),
  password: z.string().min(1).max(128),
});

export const Token = z
  .object({
    access_token: z.string(),
    refresh_token: z.string(),
    token_type: z.literal('bearer'),
    expires_in: z
      .int()
      .describe('Seconds until the access token expires')
      .meta({ examples: [600] }),
  })
  .meta({ id: 'Token' });
export type Token = z.infer<typeof Token>;

export const TokenWithUser = Token.extend({ user: Me }).meta({ id: 'TokenWithUser' });
export type TokenWithUser = z.infer<typeof TokenWithUser>;

export const Refresh = z.object({ refresh_token: z.string().min(1).max(512) });

export const ChangePassword = z.object({
  current_password: z.string().min(1).max(128),
  new_password: Password,
});

export const DeviceToken = z.object({
  device_token: plainText(4096).describe('Empty to unregister'),
  platform: z.enum(['android', 'ios', 'web']).optional(),
});
export type DeviceToken = z.output<typeof DeviceToken>;

export const Session = z
  .object({
    id: SessionId,
    device: z.string().describe('The User-Agent it signed in with'),
    ip: z.string(),
    is_current: z.boolean(),
    created_at: Timestamp,
    last_used_at: Timestamp,
  })
  .meta({ id: 'Session' });
export type Session = z.infer<typeof Session>;
export const SessionPage = cursorPage(Session);

export const WsTicket = z
  .object({
    ticket: z.string().describe('Opens one WebSocket, in place of the token'),
    expires_in: z
      .int()
      .describe('Seconds')
      .meta({ examples: [30] }),
  })
  .meta({ id: 'WsTicket' });
