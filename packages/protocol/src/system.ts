import { z } from 'zod';

export const ServerInfo = z
  .object({
    name: z.string().meta({ examples: ['Confab'] }),
    version: z.string().meta({ examples: ['0.1.0'] }),
    features: z.array(z.string()).meta({ examples: [['direct_chats', 'groups', 'websocket']] }),
    links: z
      .record(z.string(), z.string())
      .meta({ examples: [{ docs: '/docs', health: '/health' }] }),
  })
  .meta({ id: 'ServerInfo' });

export const Health = z.object({ status: z.literal('ok') }).meta({ id: 'Health' });
export const Ready = z
  .object({
    status: z.literal('ready'),
    checks: z
      .record(z.string(), z.literal('ok'))
      .meta({ examples: [{ database: 'ok', bus: 'ok' }] }),
  })
  .meta({ id: 'Ready' });

export const Status = z
  .object({
    status: z.literal('ok'),
    version: z.string().meta({ examples: ['0.1.0'] }),
    uptime_s: z
      .number()
      .describe('Seconds since the start')
      .meta({ examples: [86400] }),
    users: z.int().meta({ examples: [120] }),
    chats: z.int().meta({ examples: [64] }),
    messages: z.int().meta({ examples: [51023] }),
    connections: z
      .int()
      .describe('Open WebSockets')
      .meta({ examples: [87] }),
  })
  .meta({ id: 'Status' });
