import { z } from 'zod';
import { readJson } from './json';
import type { Unworded } from './provider';

const Stored: z.ZodType<Unworded> = z.object({
  notificationId: z.number(),
  type: z.enum(['message', 'mention', 'group_invite']),
  chatId: z.number().nullable(),
  messageId: z.number().nullable(),
  badge: z.number(),
});

/** A notification as the queue stores it: without words, which may be deleted meanwhile. */
export const writePayload = (notification: Unworded): string =>
  JSON.stringify(Stored.parse(notification));

/** Undefined for what another version of this program stored, and this one does not understand. */
export const readPayload = (payload: string): Unworded | undefined => readJson(payload, Stored);
