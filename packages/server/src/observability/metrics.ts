import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Bus } from '../realtime/bus';
import type { Hub } from '../realtime/hub';
import type { Committer } from '../storage/committer';

/** What the metrics show of push notifications. */
interface PushCounts {
  readonly queued: number;
  readonly outcomes: ReadonlyMap<string, number>;
}

/** Prometheus metrics; made only when METRICS is on. */
export function createMetrics(deps: {
  hub: Hub;
  committer: Committer;
  bus: Bus;
  push: PushCounts;
}) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'confab_' });
  gauge(registry, 'confab_connections', 'Open WebSockets', () => deps.hub.connectionCount);
  gauge(
    registry,
    'confab_commit_queue',
    'Writes waiting for a commit',
    () => deps.committer.queued,
  );
  gauge(registry, 'confab_push_queue', 'Push notifications on their way', () => deps.push.queued);
  pushCounter(registry, deps.push);
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

function pushCounter(registry: Registry, push: PushCounts) {
  const made: Counter = new Counter({
    name: 'confab_push_total',
    help: 'Push notifications, by what became of them',
    labelNames: ['outcome'],
    registers: [registry],
    collect() {
      made.reset();
      for (const [outcome, count] of push.outcomes) made.inc({ outcome }, count);
    },
  });
}
