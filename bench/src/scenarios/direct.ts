import type { Bench } from '../bench';
import { type TrafficSummary, traffic, who } from '../load';
import { interleave } from '../rounds';
import { atLeast, atMost, figure, type Scenario, type Section, share } from '../scenario';
import { withServer } from '../servers';
import { median, medianRatio } from '../statistics';

const pairs = 1000;
const contestants = ['socketio', 'confab'] as const;
const titles = { socketio: 'Socket.IO', confab: 'Confab' };

async function chat(bench: Bench, peer: 'socketio' | 'confab'): Promise<TrafficSummary> {
  const seeded = await bench.seeded();
  return withServer(bench, peer, (server) =>
    traffic(bench, server, {
      ...who(server, seeded, seeded.directs),
      groups: pairs,
      'group-size': 2,
      senders: 2,
      'until-seen': true,
    }),
  );
}

function rowOf(name: string, results: TrafficSummary[]): string[] {
  const middle = (pick: (one: TrafficSummary) => number): string =>
    figure(median(results.map(pick)));
  return [
    name,
    middle((one) => one.messages_per_s),
    middle((one) => one.delivery_ms.p50),
    middle((one) => one.delivery_ms.p99),
    middle((one) => one.ack_ms.p99),
    share(median(results.map((one) => one.server_cpu))),
    share(median(results.map((one) => one.load_cpu))),
  ];
}

async function run(bench: Bench): Promise<Section> {
  const results = await interleave(bench.options.rounds, contestants, (peer) => chat(bench, peer));
  const ratio = (pick: (one: TrafficSummary) => number): number =>
    medianRatio(results.confab.map(pick), results.socketio.map(pick));
  return {
    title: 'Direct chats',
    about:
      `${pairs * 2} users in ${pairs} pairs, all writing at once, closed loop: each sends its next message of 200 ` +
      'bytes when the last one is acknowledged and the other has it. With everyone always waiting, latency is ' +
      'mostly the queue of 2,000 messages, so it follows from the rate.',
    tables: [
      {
        head: [
          '',
          'messages/s',
          'delivery p50 ms',
          'delivery p99 ms',
          'ack p99 ms',
          'server',
          'load',
        ],
        rows: contestants.map((name) => rowOf(titles[name], results[name])),
      },
    ],
    outcomes: [
      atLeast(
        '≥ 1.3 × Socket.IO’s messages/s',
        ratio((one) => one.messages_per_s),
        1.3,
      ),
      atMost(
        'delivery p99 ≤ Socket.IO’s (ratio)',
        ratio((one) => one.delivery_ms.p99),
        1,
      ),
      atMost(
        'ack p99 ≤ Socket.IO’s (ratio)',
        ratio((one) => one.ack_ms.p99),
        1,
      ),
    ],
  };
}

export const direct: Scenario = { name: 'direct', run };
