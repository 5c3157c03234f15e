import { z } from 'zod';
import { cursorPage, plainText, Timestamp } from './common';
import { PublicKeyPem } from './encodings';
import { SessionId } from './ids';
import { Email, Me, Username } from './users';

export const Password = z
  .string()
  .min(8)
  .max(128)
  .meta({ examples: ['correct horse'] });

export const Register = z
  .object({
    username: Username,
    email: Email,
    password: Password,
    full_name: plainText(100)
      .nullable()
      .optional()
      .meta({ examples: ['John Doe'] }),
    public_key: PublicKeyPem.nullish().describe(
      'An RSA key of your own, in place of the account key that the server would make',
    ),
  })
  .meta({ id: 'Register' });
export type Register = z.output<typeof Register>;

export const Login = z
  .object({
    username: plainText(254, 1)
      .describe('The username, or the email address')
      .meta({ examples: ['john_doe'] }),
    password: z
      .string()
      .min(1)
      .max(128)
      .meta({ examples: ['correct horse'] }),
  })
  .meta({ id: 'Login' });

export const Token = z
  .object({
    access_token: z
      .string()
      .describe('A JWT, for `Authorization: Bearer` and the WebSocket')
      .meta({ examples: ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0NTYifQ.c2lnbmF0dXJl'] }),
    refresh_token: z
      .string()
      .describe('Good for one renewal')
      .meta({ examples: ['cmVmcmVzaC1tZS1vbmNl'] }),
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

export const Refresh = z
  .object({
    refresh_token: z
      .string()
      .min(1)
      .max(512)
      .meta({ examples: ['cmVmcmVzaC1tZS1vbmNl'] }),
  })
  .meta({ id: 'Refresh' });

export const ChangePassword = z
  .object({
    current_password: z
      .string()
      .min(1)
      .max(128)
      .meta({ examples: ['correct horse'] }),
    new_password: Password.meta({ examples: ['battery staple'] }),
  })
  .meta({ id: 'ChangePassword' });

export const DeviceToken = z
  .object({
    device_token: plainText(4096)
      .describe('Empty to unregister')
      .meta({ examples: ['fcm-registration-token'] }),
    platform: z
      .enum(['android', 'ios', 'web'])
      .optional()
      .meta({ examples: ['android'] }),
  })
  .meta({ id: 'DeviceToken' });
export type DeviceToken = z.output<typeof DeviceToken>;

export const Session = z
  .object({
    id: SessionId,
    device: z
      .string()
      .describe('The User-Agent it signed in with')
      .meta({ examples: ['Mozilla/5.0 (X11; Linux x86_64)'] }),
    ip: z.string().meta({ examples: ['192.0.2.7'] }),
    is_current: z
      .boolean()
      .describe('The one that asks')
      .meta({ examples: [true] }),
    created_at: Timestamp,
    last_used_at: Timestamp,
  })
  .meta({ id: 'Session' });
export type Session = z.infer<typeof Session>;
export const SessionPage = cursorPage(Session).meta({ id: 'SessionPage' });

export const WsTicket = z
  .object({
    ticket: z
      .string()
      .describe('Opens one WebSocket, in place of the token')
      .meta({ examples: ['dGlja2V0LWZvci1vbmUtc29ja2V0'] }),
    expires_in: z
      .int()
      .describe('Seconds')
      .meta({ examples: [30] }),
  })
  .meta({ id: 'WsTicket' });
