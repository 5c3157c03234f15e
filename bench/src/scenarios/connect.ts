import { type Bench, users } from '../bench';
import { type ConnectSummary, calmest, connect, signedIn } from '../load';
import { interleave } from '../rounds';
import { atLeast, figure, type Scenario, type Section, share } from '../scenario';
import { withServer } from '../servers';
import { median, medianRatio } from '../statistics';

const inFlight = 100;
const contestants = ['socketio', 'confab'] as const;
const titles = { socketio: 'Socket.IO', confab: 'Confab' };

async function storm(bench: Bench, peer: 'socketio' | 'confab'): Promise<ConnectSummary> {
  const seeded = await bench.seeded();
  return withServer(bench, peer, (server) =>
    connect(bench, server, {
      ...signedIn(server, seeded),
      groups: users / 10,
      'group-size': 10,
      'in-flight': inFlight,
    }),
  );
}

function rowOf(name: string, results: ConnectSummary[]): string[] {
  const middle = (pick: (one: ConnectSummary) => number): number => median(results.map(pick));
  return [
    name,
    figure(middle((one) => one.connects_per_s)),
    figure(middle((one) => one.connect_ms.p50)),
    figure(middle((one) => one.connect_ms.p99)),
    share(middle((one) => one.server_cpu)),
    share(middle((one) => one.load_cpu)),
  ];
}

async function run(bench: Bench): Promise<Section> {
  const results = await interleave(bench.options.rounds, contestants, (peer) =>
    calmest(bench, () => storm(bench, peer)),
  );
  const rates = (name: 'socketio' | 'confab'): number[] =>
    results[name].map((one) => one.connects_per_s);
  return {
    title: 'Connect storm',
    about:
      `${figure(users)} users connect to a server just started, ${inFlight} connects under way at any time. Confab: token ` +
      'verified, session and 20 chats loaded, `ready` received. Socket.IO: its handshake and one room, nobody verified.',
    tables: [
      {
        head: ['', 'connects/s', 'p50 ms', 'p99 ms', 'server', 'load'],
        rows: contestants.map((name) => rowOf(titles[name], results[name])),
      },
    ],
    outcomes: [
      atLeast(
        '≥ 1.5 × Socket.IO’s bare connects/s',
        medianRatio(rates('confab'), rates('socketio')),
        1.5,
      ),
    ],
  };
}

export const connectStorm: Scenario = { name: 'connect', run };
