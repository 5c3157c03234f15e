import { z } from 'zod';
import { Timestamp } from './common';
import { SessionId } from './ids';

const BASE64URL = /^[A-Za-z0-9_-]+={0,2}$/;

export const VapidPublicKey = z
  .object({
    public_key: z
      .string()
      .describe('`applicationServerKey` for `PushManager.subscribe`: a P-256 point in base64url')
      .meta({
        examples: [
          'BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8',
        ],
      }),
  })
  .meta({ id: 'VapidPublicKey' });
export type VapidPublicKey = z.infer<typeof VapidPublicKey>;

const PushEndpoint = z
  .url()
  .max(2048)
  .describe("The push service's address for this browser: https")
  .meta({ examples: ['https://push.example.net/send/dGhpcy1icm93c2Vy'] });

/** What a browser's `PushSubscription.toJSON()` gives. */
export const WebPushSubscription = z
  .object({
    endpoint: PushEndpoint,
    keys: z.object({
      p256dh: z
        .string()
        .min(87)
        .max(88)
        .regex(BASE64URL, 'must be base64url')
        .describe("The browser's public key: an uncompressed P-256 point in base64url")
        .meta({
          examples: [
            'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
          ],
        }),
      auth: z
        .string()
        .min(22)
        .max(24)
        .regex(BASE64URL, 'must be base64url')
        .describe('The secret shared with the browser: 16 bytes in base64url')
        .meta({ examples: ['BTBZMqHH6r4Tts7J_aSIgg'] }),
    }),
  })
  .meta({ id: 'WebPushSubscription' });
export type WebPushSubscription = z.output<typeof WebPushSubscription>;

export const WebPushRemoval = z
  .object({
    endpoint: PushEndpoint.optional().describe(
      'The subscription to remove; without it the one of the session that asks',
    ),
  })
  .meta({ id: 'WebPushRemoval' });
export type WebPushRemoval = z.output<typeof WebPushRemoval>;

export const PushKind = z
  .enum(['firebase', 'web_push'])
  .describe('How the device is reached')
  .meta({ examples: ['firebase'] });
export type PushKind = z.infer<typeof PushKind>;

export const PushTest = z
  .object({
    session_id: SessionId.describe('The session that the device is signed in with'),
    kind: PushKind,
    device: z
      .string()
      .describe('The User-Agent it signed in with')
      .meta({ examples: ['Mozilla/5.0 (Android 16)'] }),
    address: z
      .string()
      .describe("The device's push token, shortened, or its push service")
      .meta({ examples: ['fcm-re…oken'] }),
    registered_at: Timestamp.nullable(),
    provider_configured: z
      .boolean()
      .describe('Whether this server can reach devices of this kind')
      .meta({ examples: [true] }),
    sent: z
      .boolean()
      .describe('Whether the provider was asked')
      .meta({ examples: [true] }),
    outcome: z
      .enum(['delivered', 'gone', 'try_again', 'refused', 'not_sent'])
      .describe(
        '`delivered`: the provider took it. `gone`: the device was removed, register it again. ' +
          '`try_again`: the provider had trouble. `refused`: something is set up wrongly. ' +
          '`not_sent`: this server cannot reach such devices',
      )
      .meta({ examples: ['delivered'] }),
    detail: z
      .string()
      .describe('In plain words')
      .meta({ examples: ['Firebase took it.'] }),
  })
  .meta({ id: 'PushTest' });
export type PushTest = z.infer<typeof PushTest>;

export const PushTests = z
  .object({
    detail: z
      .string()
      .describe('In one sentence')
      .meta({ examples: ['1 of 1 devices was reached.'] }),
    devices: z.array(PushTest).describe("The caller's devices, the last registered first"),
  })
  .meta({ id: 'PushTests' });
export type PushTests = z.infer<typeof PushTests>;

/** A line of a user's push log: what became of a notification, or why none was pushed. */
export const PushRecord = z
  .object({
    at: Timestamp,
    notification_id: z
      .int()
      .nullable()
      .describe('Null for a test')
      .meta({ examples: [31] }),
    device: z
      .string()
      .nullable()
      .describe('Which device, with its token shortened; null when none was tried')
      .meta({ examples: ['Firebase (android) fcm-re…oken'] }),
    outcome: z
      .string()
      .describe('In plain words')
      .meta({ examples: ['delivered: Firebase took it.'] }),
  })
  .meta({ id: 'PushRecord' });
export type PushRecord = z.infer<typeof PushRecord>;
