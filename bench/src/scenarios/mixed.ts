import type { Bench } from '../bench';
import { type TrafficSummary, traffic, who } from '../load';
import { interleave } from '../rounds';
import { atMost, figure, type Outcome, type Scenario, type Section, share } from '../scenario';
import { type Server, withServer } from '../servers';
import { median } from '../statistics';

const groups = 100;
const contestants = ['socketio', 'confab'] as const;
const titles = { socketio: 'Socket.IO', confab: 'Confab' };

/** Beyond this, a rate is not kept up with: messages queue until the end of the run. */
const hopeless = (one: TrafficSummary): boolean => one.delivery_ms.p99 > 1000 || one.missing > 0;

/** Undefined when the server refused messages, as too much was waiting. */
async function atRate(
  bench: Bench,
  server: Server,
  rate: number,
): Promise<TrafficSummary | undefined> {
  const seeded = await bench.seeded();
  const flags = {
    ...who(server, seeded, seeded.groups, 1),
    groups,
    'group-size': 10,
    senders: 10,
    rate,
  };
  try {
    return await traffic(bench, server, flags, true);
  } catch (error) {
    if (String(error).includes('"code":"overloaded"')) return undefined;
    throw error;
  }
}

/** Rates upwards until one is too much; the list may end early. */
async function climb(bench: Bench, peer: 'socketio' | 'confab'): Promise<TrafficSummary[]> {
  return withServer(bench, peer, async (server) => {
    const results: TrafficSummary[] = [];
    for (const rate of bench.options.rates) {
      const result = await atRate(bench, server, rate);
      if (result) results.push(result);
      if (!result || hopeless(result)) break;
    }
    return results;
  });
}

function rowOf(title: string, rate: number, results: TrafficSummary[]): string[] {
  const middle = (pick: (one: TrafficSummary) => number): number => median(results.map(pick));
  if (results.length === 0) return [title, figure(rate), 'not measured: too much'];
  return [
    title,
    figure(rate),
    figure(middle((one) => one.messages_per_s)),
    figure(middle((one) => one.delivery_ms.p50)),
    figure(middle((one) => one.delivery_ms.p99)),
    figure(middle((one) => one.ack_ms.p99)),
    share(middle((one) => one.server_cpu)),
    share(middle((one) => one.load_cpu)),
  ];
}

/** A round that gave up before this rate counts as infinitely late. */
function p99At(results: TrafficSummary[][], at: number): number {
  return median(
    results.map((round) => {
      const one = round[at];
      return one === undefined || one.missing > 0 ? Number.POSITIVE_INFINITY : one.delivery_ms.p99;
    }),
  );
}

function outcomesOf(rates: number[], ours: TrafficSummary[][]): Outcome[] {
  const wanted: [number, number][] = [
    [2000, 10],
    [10_000, 100],
  ];
  return wanted
    .filter(([rate]) => rates.includes(rate))
    .map(([rate, ms]) =>
      atMost(
        `${figure(rate)} messages/s: delivery p99 ≤ ${ms} ms`,
        p99At(ours, rates.indexOf(rate)),
        ms,
        ' ms',
      ),
    );
}

async function run(bench: Bench): Promise<Section> {
  const { rates, rounds } = bench.options;
  const results = await interleave(rounds, contestants, (peer) => climb(bench, peer));
  const at = (name: 'socketio' | 'confab', index: number): TrafficSummary[] =>
    results[name].flatMap((round) => round[index] ?? []);
  return {
    title: 'Mixed',
    about:
      `${groups * 10} users in ${groups} groups of 10, open loop: messages of 200 bytes fall due on a fixed schedule, ` +
      'whatever the server does, from a random user each, and go to 10 members. Latency counts from when a message ' +
      'was due to when a member has it, so a server that falls behind cannot hide it.',
    tables: [
      {
        head: [
          '',
          'due/s',
          'messages/s',
          'delivery p50 ms',
          'delivery p99 ms',
          'ack p99 ms',
          'server',
          'load',
        ],
        rows: contestants.flatMap((name) =>
          rates.map((rate, index) => rowOf(titles[name], rate, at(name, index))),
        ),
      },
    ],
    outcomes: outcomesOf(rates, results.confab),
  };
}

export const mixed: Scenario = { name: 'mixed', run };
