import { type Bench, bigGroup } from '../bench';
import { type Flags, type TrafficSummary, traffic, who } from '../load';
import { interleave } from '../rounds';
import type { Outcome, Scenario, Section } from '../scenario';
import { atLeast, figure, share } from '../scenario';
import { type Peer, type Server, withServer } from '../servers';
import { median, medianRatio } from '../statistics';

interface Variant {
  name: string;
  senders: number;
  window: number;
  ofLimit: number;
  ofSocketio: number;
}

const variants: Variant[] = [
  { name: '1 sender, window 16', senders: 1, window: 16, ofLimit: 0.75, ofSocketio: 12 },
  { name: '1 sender, window 1', senders: 1, window: 1, ofLimit: 0.8, ofSocketio: 1.5 },
  { name: '16 senders, window 1', senders: 16, window: 1, ofLimit: 0.65, ofSocketio: 10 },
];

/** `cLarge`: the broadcaster sending frames as long as Confab's, to tell apart bytes from work. */
const contestants = ['c', 'cLarge', 'socketio', 'confab'] as const;
type Contestant = (typeof contestants)[number];
type Results = Record<Contestant, TrafficSummary[]>;

const titles: Record<Contestant, string> = {
  c: 'C, text only',
  cLarge: "C, frames of Confab's size",
  socketio: 'Socket.IO',
  confab: 'Confab',
};

async function flagsFor(
  bench: Bench,
  server: Server,
  variant: Variant,
  size: number,
): Promise<Flags> {
  const seeded = await bench.seeded();
  const { senders, window } = variant;
  return { ...who(server, seeded, seeded.groups), 'group-size': bigGroup, senders, window, size };
}

async function storm(
  bench: Bench,
  contestant: Contestant,
  size: number,
): Promise<TrafficSummary[]> {
  const peer: Peer = contestant === 'cLarge' ? 'c' : contestant;
  return withServer(bench, peer, async (server) => {
    const results: TrafficSummary[] = [];
    for (const variant of variants) {
      results.push(await traffic(bench, server, await flagsFor(bench, server, variant, size)));
    }
    return results;
  });
}

/** How long Confab's frames are for a text of 200 bytes. */
async function frameSize(bench: Bench): Promise<number> {
  const variant = variants[1] as Variant;
  const probe = await withServer(bench, 'confab', async (server) =>
    traffic(bench, server, {
      ...(await flagsFor(bench, server, variant, 200)),
      seconds: 1,
      warmup: 0,
    }),
  );
  return Math.round(probe.frame_bytes);
}

const rates = (results: TrafficSummary[]): number[] => results.map((one) => one.deliveries_per_s);

function rowsOf(variant: Variant, results: Results): string[][] {
  return contestants.map((name) => {
    const list = results[name];
    const middle = (pick: (one: TrafficSummary) => number): number => median(list.map(pick));
    return [
      variant.name,
      titles[name],
      figure(middle((one) => one.deliveries_per_s)),
      figure(medianRatio(rates(results.confab), rates(list))),
      figure(middle((one) => one.delivery_ms.p50)),
      figure(middle((one) => one.delivery_ms.p99)),
      figure(middle((one) => one.frame_bytes)),
      figure(middle((one) => one.deliveries_per_s / one.server_cpu / 1000)),
      share(middle((one) => one.server_cpu)),
      share(middle((one) => one.load_cpu)),
    ];
  });
}

function outcomesOf(variant: Variant, results: Results): Outcome[] {
  const ours = rates(results.confab);
  return [
    atLeast(
      `${variant.name}: ≥ ${variant.ofLimit} of the C limit`,
      medianRatio(ours, rates(results.c)),
      variant.ofLimit,
    ),
    atLeast(
      `${variant.name}: ≥ ${variant.ofSocketio} × Socket.IO`,
      medianRatio(ours, rates(results.socketio)),
      variant.ofSocketio,
    ),
  ];
}

/** From results by round and variant to results by variant and round. */
function ofVariant(results: Record<Contestant, TrafficSummary[][]>, at: number): Results {
  const pick = (name: Contestant): TrafficSummary[] =>
    results[name].flatMap((round) => round[at] ?? []);
  return {
    c: pick('c'),
    cLarge: pick('cLarge'),
    socketio: pick('socketio'),
    confab: pick('confab'),
  };
}

async function run(bench: Bench): Promise<Section> {
  const large = await frameSize(bench);
  const results = await interleave(bench.options.rounds, contestants, (name) =>
    storm(bench, name, name === 'cLarge' ? large : 200),
  );
  const byVariant = variants.map((variant, at) => ({ variant, results: ofVariant(results, at) }));
  return {
    title: 'Room storm',
    about:
      `${bigGroup} members in one room, texts of 200 bytes, closed loop: a sender has as many messages under way ` +
      'as its window says and sends the next when one is acknowledged (by the C broadcaster: when its own copy ' +
      'arrives). Every member’s copies are checked to be complete, in order and single. Thousands of deliveries per second of the ' +
      'server’s CPU time; server and load: share of their core.',
    tables: [
      {
        head: [
          '',
          'server',
          'deliveries/s',
          'Confab ÷ it',
          'p50 ms',
          'p99 ms',
          'frame bytes',
          'thousands per CPU s',
          'server',
          'load',
        ],
        rows: byVariant.flatMap((one) => rowsOf(one.variant, one.results)),
      },
    ],
    outcomes: byVariant.flatMap((one) => outcomesOf(one.variant, one.results)),
  };
}

export const roomStorm: Scenario = { name: 'room-storm', run };
