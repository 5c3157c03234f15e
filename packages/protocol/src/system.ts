import { z } from 'zod';

export const ServerInfo = z
  .object({
    name: z.string(),
    version: z.string(),
    features: z.array(z.string()),
    links: z.record(z.string(), z.string()),
  })
  .meta({ id: 'ServerInfo' });

export const Health = z.object({ status: z.literal('ok') }).meta({ id: 'Health' });
export const Ready = z
  .object({ status: z.literal('ready'), checks: z.record(z.string(), z.literal('ok')) })
  .meta({ id: 'Ready' });

export const Status = z
  .object({
    status: z.literal('ok'),
    version: z.string(),
    uptime_s: z.number(),
    users: z.int(),
    chats: z.int(),
    messages: z.int(),
    connections: z.int(),
  })
  .meta({ id: 'Status' });
