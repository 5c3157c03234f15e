import { type Bench, note, type Seeded } from './bench';
import { run } from './processes';
import type { Server } from './servers';

export interface Latency {
  count: number;
  p50: number;
  p99: number;
  max: number;
}

interface Checked {
  failures: number;
  first_failure: string;
}

/** Shares of one core while measuring; `stolen` went to other machines of the hypervisor. */
interface CpuShares {
  load_cpu: number;
  server_cpu: number;
  others_cpu: number;
  stolen_cpu: number;
}

/** What bench/load prints after a mode; see there for the meaning of each. */
export interface TrafficSummary extends Checked, CpuShares {
  seconds: number;
  deliveries_per_s: number;
  messages_per_s: number;
  delivery_ms: Latency;
  ack_ms: Latency;
  frame_bytes: number;
  sent: number;
  unacked: number;
  missing: number;
  skipped: number;
  repeated: number;
  stray: number;
}

export interface ConnectSummary extends Checked, CpuShares {
  seconds: number;
  connected: number;
  connects_per_s: number;
  connect_ms: Latency;
}

export interface SyncSummary extends Checked {
  clients: number;
  current: number;
  refused: number;
  not_listening: number;
  wrong: number;
  skipped: number;
  repeated: number;
  finished_at_ms: number;
  spread_ms: number;
  sync_ms: Latency;
}

const dialects = { c: 'raw', socketio: 'socketio', confab: 'confab' } as const;

export type Flags = Record<string, string | number | true>;

/** The command line of the load generator against a server. */
export function loadCommand(bench: Bench, mode: string, server: Server, flags: Flags): string[] {
  const all: Flags = {
    port: server.port,
    'server-pid': server.pid,
    dialect: dialects[server.peer],
    ...flags,
  };
  const words = Object.entries(all).flatMap(([name, value]) =>
    value === true ? [`--${name}`] : [`--${name}`, String(value)],
  );
  return [bench.native.load, mode, ...words];
}

/** Reads the summary; a fault of the server that the load generator found ends the scenario. */
export function summary<T extends Checked>(line: string): T {
  const parsed = JSON.parse(line) as T;
  if (parsed.failures > 0) throw new Error(`load: ${parsed.failures} × ${parsed.first_failure}`);
  return parsed;
}

async function runLoad<T extends Checked>(
  bench: Bench,
  mode: string,
  server: Server,
  flags: Flags,
): Promise<T> {
  const output = await run(
    {
      command: loadCommand(bench, mode, server, flags),
      core: bench.options.loadCore,
      log: `${bench.work}/load.log`,
    },
    180_000,
  );
  return summary<T>(output.trim());
}

/** The flag that signs users in to a server that asks who they are. */
export function signedIn(server: Server, seeded: Seeded): Flags {
  return server.peer === 'confab' ? { tokens: seeded.tokens } : {};
}

/** The flags that name users and chats to a server that knows them; the peers need none. */
export function who(server: Server, seeded: Seeded, chats: string, skip = 0): Flags {
  return server.peer === 'confab' ? { tokens: seeded.tokens, chats, 'chats-skip': skip } : {};
}

const attempts = 3;
const undisturbed = 0.25;

/** Runs again, a bounded number of times, while something else keeps the cores busy; the calmest run counts. */
export async function calmest<T extends CpuShares>(
  bench: Bench,
  once: () => Promise<T>,
): Promise<T> {
  const disturbance = (one: T): number => one.others_cpu + one.stolen_cpu;
  let best = await once();
  for (let tried = 1; tried < attempts && disturbance(best) > undisturbed; tried++) {
    note(`    others took ${Math.round(disturbance(best) * 100)} % of a core; again`);
    const next = await once();
    if (disturbance(next) < disturbance(best)) best = next;
  }
  bench.disturbances.push(disturbance(best));
  return best;
}

/** A message lost, doubled or out of order ends the scenario; unless it `mayFallBehind`, so does a late one. */
export async function traffic(
  bench: Bench,
  server: Server,
  flags: Flags,
  mayFallBehind = false,
): Promise<TrafficSummary> {
  const { warmup, seconds } = bench.options;
  const all = { warmup, seconds, ...flags };
  return calmest(bench, async () => {
    const result = await runLoad<TrafficSummary>(bench, 'traffic', server, all);
    requireOrder(server, result, mayFallBehind);
    return result;
  });
}

function requireOrder(server: Server, result: TrafficSummary, mayFallBehind: boolean): void {
  const wrong = result.skipped + result.repeated + result.stray;
  const lost = mayFallBehind ? 0 : result.missing + result.unacked;
  if (wrong + lost === 0) return;
  throw new Error(
    `${server.peer}: ${result.skipped} deliveries skipped, ${result.repeated} repeated, ` +
      `${result.stray} strayed, ${result.missing} missing, ${result.unacked} messages unacknowledged`,
  );
}

export const connect = (bench: Bench, server: Server, flags: Flags): Promise<ConnectSummary> =>
  runLoad<ConnectSummary>(bench, 'connect', server, flags);
