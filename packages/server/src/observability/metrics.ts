import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Bus } from '../realtime/bus';
import type { Hub } from '../realtime/hub';
import type { Committer } from '../storage/committer';

/** What the metrics show of push notifications. */
interface PushCounts {
  readonly queued: number;
  readonly outcomes: ReadonlyMap<string, number>;
}

/** What the metrics show of keys. */
interface KeyCounts {
  /** Account keys that lie ready for those who register. */
  readonly ready: number;
  /** Epochs begun since the start. */
  readonly epochs: number;
}

/** What the metrics show of files. */
interface FileCounts {
  readonly queued: () => number;
  readonly counts: {
    readonly stored: ReadonlyMap<string, number>;
    readonly storedBytes: number;
    readonly refused: ReadonlyMap<string, number>;
    readonly processed: ReadonlyMap<string, number>;
  };
}

/** Prometheus metrics; made only when METRICS is on. */
export function createMetrics(deps: {
  hub: Hub;
  committer: Committer;
  bus: Bus;
  push: PushCounts;
  files: FileCounts;
  keys: KeyCounts;
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
  counter(registry, 'confab_push_total', 'Push notifications, by what became of them', {
    label: 'outcome',
    read: () => deps.push.outcomes,
  });
  fileMetrics(registry, deps.files);
  gauge(
    registry,
    'confab_account_keys_ready',
    'Account keys that lie ready',
    () => deps.keys.ready,
  );
  counter(registry, 'confab_epochs_total', 'Epochs begun in encrypted chats', {
    read: () => new Map([['', deps.keys.epochs]]),
  });
  const changes = new Counter({
    name: 'confab_chat_changes_total',
    help: 'Committed changes of chats, by kind',
    labelNames: ['kind'],
    registers: [registry],
  });
  const encrypted = new Counter({
    name: 'confab_encrypted_messages_total',
    help: 'Messages sent in encrypted chats',
    registers: [registry],
  });
  deps.bus.subscribe((message) => {
    if (message.kind !== 'chat') return;
    changes.inc({ kind: message.change.kind });
    if (message.change.kind === 'message' && message.change.encrypted) encrypted.inc();
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

function fileMetrics(registry: Registry, { counts, queued }: FileCounts) {
  counter(registry, 'confab_uploads_total', 'Files that were stored, by what they are', {
    label: 'media_type',
    read: () => counts.stored,
  });
  counter(registry, 'confab_upload_bytes_total', 'Bytes of files that were stored', {
    read: () => new Map([['', counts.storedBytes]]),
  });
  counter(registry, 'confab_uploads_refused_total', 'Files that were not stored, by the error', {
    label: 'code',
    read: () => counts.refused,
  });
  gauge(registry, 'confab_media_queue', 'Files that are or will be looked into', queued);
  counter(registry, 'confab_media_processed_total', 'Files looked into, by how that ended', {
    label: 'outcome',
    read: () => counts.processed,
  });
}

/** Shows what others count. */
function counter(
  registry: Registry,
  name: string,
  help: string,
  { label, read }: { label?: string; read: () => ReadonlyMap<string, number> },
) {
  const made: Counter = new Counter({
    name,
    help,
    labelNames: label === undefined ? [] : [label],
    registers: [registry],
    collect() {
      made.reset();
      for (const [value, count] of read()) {
        made.inc(label === undefined ? {} : { [label]: value }, count);
      }
    },
  });
}
