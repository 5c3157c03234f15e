import { ConfabError, ENDPOINTS, SUBPROTOCOL } from '@confab/protocol';
import type { Router } from '../../http/contract';
import type { Bus } from '../../realtime/bus';
import type { Hub } from '../../realtime/hub';
import type { Database } from '../../storage/database';
import { Counts } from './counts';

export interface SystemDeps {
  version: string;
  startedAt: number;
  database: Database;
  bus: Bus;
  hub: Hub;
  now: () => number;
}

const FEATURES = [
  'direct chats and groups with roles',
  'messages over REST and WebSocket, stored before they are acknowledged',
  'replies, edits, deletion and reactions',
  'delivered and read receipts, typing and presence',
  'sync that loses nothing',
  'mentions, notification history, push by Firebase and Web Push',
  'message search',
  'invite links, pins, scheduled and disappearing messages',
  'blocking, privacy settings, reports and administration',
  'export and erasure of accounts',
];

export function systemRoutes(router: Router, deps: SystemDeps): void {
  const counts = new Counts(deps.database.read);
  router.on(ENDPOINTS.info, () => ({
    name: 'Confab',
    version: deps.version,
    features: FEATURES,
    links: {
      docs: '/docs',
      redoc: '/redoc',
      events: '/docs/events',
      openapi: '/openapi.json',
      asyncapi: '/asyncapi.json',
      websocket: `/ws/{access_token} or /ws with the subprotocol ${SUBPROTOCOL}`,
      health: '/health',
    },
  }));
  router.on(ENDPOINTS.health, () => ({ status: 'ok' as const }));
  router.on(ENDPOINTS.ready, () => ready(deps));
  router.on(ENDPOINTS.status, () => status(deps, counts));
}

async function ready({ database, bus }: SystemDeps) {
  const faults: string[] = [];
  await database.ping().catch(() => faults.push('the database'));
  await bus.ping().catch(() => faults.push('the bus'));
  if (faults.length > 0) {
    throw new ConfabError('not_ready', `Cannot reach ${faults.join(' and ')}`, { retryAfterS: 5 });
  }
  return { status: 'ready' as const, checks: { database: 'ok' as const, bus: 'ok' as const } };
}

async function status(deps: SystemDeps, counts: Counts) {
  const { users, chats, messages } = await counts.recent();
  return {
    status: 'ok' as const,
    version: deps.version,
    uptime_s: Math.round((deps.now() - deps.startedAt) / 1000),
    users,
    chats,
    messages,
    connections: deps.hub.connectionCount,
  };
}
