import { z } from 'zod';

const strings = z.record(z.string(), z.string());
const Duration = z.string().regex(/^\d+(\.\d{1,9})?s$/);
const RESERVED_DATA = /^(from|message_type|google.*|gcm.*)$/;

/** A message as FCM HTTP v1 takes it; what it does not know it refuses. */
export const FcmMessage = z.strictObject({
  token: z.string().min(1),
  notification: z.strictObject({ title: z.string(), body: z.string() }).optional(),
  data: z.record(
    z.string().refine((key) => !RESERVED_DATA.test(key)),
    z.string(),
  ),
  android: z.strictObject({
    collapse_key: z.string(),
    priority: z.enum(['NORMAL', 'HIGH']),
    ttl: Duration,
    notification: z
      .strictObject({
        tag: z.string(),
        channel_id: z.string(),
        notification_count: z.int().min(0),
      })
      .optional(),
  }),
  apns: z.strictObject({
    headers: strings.refine((headers) => (headers['apns-collapse-id'] ?? '').length <= 64),
    payload: z.strictObject({
      aps: z.strictObject({
        alert: z.strictObject({ title: z.string(), body: z.string() }).optional(),
        badge: z.int().min(0),
        sound: z.string(),
        'thread-id': z.string(),
        'mutable-content': z.literal(1).optional(),
      }),
    }),
  }),
  webpush: z.strictObject({
    headers: strings.refine((headers) => /^[\w-]{1,32}$/.test(headers.Topic ?? '')),
    notification: z.strictObject({ tag: z.string() }).optional(),
  }),
});
export type FcmMessage = z.output<typeof FcmMessage>;

export const SendRequest = z.strictObject({ message: FcmMessage });

const MAX_BYTES = 4096;
const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

/** FCM counts notification and data; Apple what it gets of them. */
export function isTooBig({ notification, data, apns }: FcmMessage): boolean {
  const forApple = { aps: { alert: notification, ...apns.payload.aps }, ...data };
  return bytesOf({ notification, data }) > MAX_BYTES || bytesOf(forApple) > MAX_BYTES;
}
