import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Bus } from '../realtime/bus';
import type { Hub } from '../realtime/hub';
import type { Committer } from '../storage/committer';

/** Prometheus metrics; made only when METRICS is on. */
export function createMetrics(deps: { hub: Hub; committer: Committer; bus: Bus }) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'confab_' });
  gauge(registry, 'confab_connections', 'Open WebSockets', () => deps.hub.connectionCount);
  gauge(
    registry,
    'confab_commit_queue',
    'Writes waiting for a commit',
    () => deps.committer.queued,
  );
  const changes = new Counter({
    name: 'confab_chat_changes_total',
    help: 'Committed changes of chats, by kind',
    labelNames: ['kind'],
    registers: [registry],
  });
  deps.bus.subscribe((message) => {
    if (message.kind === 'chat') changes.inc({ kind: message.change.kind });
  });
  return async (): Promise<Response> =>
    new Response(await registry.metrics(), { headers: { 'content-type': registry.contentType } });
}

function gauge(registry: Registry, name: string, help: string, read: () => number) {
  const made: Gauge = new Gauge({
    name,
    help,
    registers: [registry],
    collect: () => made.set(read()),
  });
}
