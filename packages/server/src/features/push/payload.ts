import { z } from 'zod';
import { readJson } from './json';
import type { PushNotification } from './provider';

const Stored: z.ZodType<PushNotification> = z.object({
  notificationId: z.number(),
  type: z.enum(['message', 'mention', 'group_invite']),
  title: z.string(),
  body: z.string(),
  chatId: z.number().nullable(),
  messageId: z.number().nullable(),
  badge: z.number(),
});

/** A notification as the queue stores it. */
export const writePayload = (notification: PushNotification): string =>
  JSON.stringify(notification);

/** Undefined for what another version of this program stored, and this one does not understand. */
export const readPayload = (payload: string): PushNotification | undefined =>
  readJson(payload, Stored);
