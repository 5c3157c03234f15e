import { type Bench, users } from '../bench';
import { type ConnectSummary, loadCommand, signedIn, summary } from '../load';
import { residentBytes } from '../machine';
import { type Child, lines, start, stop } from '../processes';
import { interleave } from '../rounds';
import { atMost, figure, type Scenario, type Section } from '../scenario';
import { type Server, withServer } from '../servers';
import { median } from '../statistics';

const chatsPerUser = 20;
const settleMs = 10_000;
const contestants = ['socketio', 'confab'] as const;
const titles = { socketio: 'Socket.IO', confab: 'Confab' };

interface Memory {
  base: number;
  connected: number;
  perConnection: number;
}

async function startHolding(bench: Bench, server: Server): Promise<Child> {
  const seeded = await bench.seeded();
  const command = loadCommand(bench, 'connect', server, {
    ...signedIn(server, seeded),
    groups: users / 10,
    'group-size': 10,
    'rooms-per-user': chatsPerUser,
    hold: true,
  });
  const log = `${bench.work}/load.log`;
  return start({ command, core: bench.options.loadCore, log, pipe: true });
}

async function untilConnected(load: Child): Promise<void> {
  for await (const line of lines(load)) {
    const { connected } = summary<ConnectSummary>(line);
    if (connected === users) return;
  }
  throw new Error('the load generator ended before all were connected');
}

async function hold(bench: Bench, peer: 'socketio' | 'confab'): Promise<Memory> {
  return withServer(bench, peer, async (server) => {
    await Bun.sleep(2000);
    const base = residentBytes(server.pid);
    const load = await startHolding(bench, server);
    await untilConnected(load);
    await Bun.sleep(settleMs);
    const connected = residentBytes(server.pid);
    await stop(load);
    return { base, connected, perConnection: (connected - base) / users };
  });
}

async function run(bench: Bench): Promise<Section> {
  const results = await interleave(bench.options.rounds, contestants, (peer) => hold(bench, peer));
  const middle = (name: 'socketio' | 'confab', pick: (one: Memory) => number): number =>
    median(results[name].map(pick));
  return {
    title: 'Idle memory',
    about:
      `${figure(users)} connections that say nothing, each signed in and in ${chatsPerUser} chats (Socket.IO: in as many ` +
      `rooms). Resident memory of the server before the first connection and ${settleMs / 1000} s after the last.`,
    tables: [
      {
        head: ['', 'base MB', 'with all MB', 'KB per connection'],
        rows: contestants.map((name) => [
          titles[name],
          figure(middle(name, (one) => one.base) / 1e6),
          figure(middle(name, (one) => one.connected) / 1e6),
          figure(middle(name, (one) => one.perConnection) / 1e3),
        ]),
      },
    ],
    outcomes: [
      atMost('≤ 6 KB per connection', middle('confab', (one) => one.perConnection) / 1e3, 6, ' KB'),
      atMost('base process ≤ 90 MB', middle('confab', (one) => one.base) / 1e6, 90, ' MB'),
    ],
  };
}

export const idle: Scenario = { name: 'idle', run };
