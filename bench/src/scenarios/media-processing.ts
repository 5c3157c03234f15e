import { mkdirSync, writeFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { type Bench, note } from '../bench';
import { type TrafficSummary, traffic, who } from '../load';
import { signUp, uploadForm } from '../media';
import { interleave } from '../rounds';
import { atMost, figure, type Scenario, type Section } from '../scenario';
import { type Server, settled, withServer } from '../servers';
import { median } from '../statistics';

const [width, height] = [4000, 3000];
const images = 20;
const groups = 200;
const rate = 1000;
const states = ['idle', 'processing'] as const;
type State = (typeof states)[number];

interface Measured extends TrafficSummary {
  /** Images that were uploaded and looked into meanwhile. */
  processed: number;
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length);
  body.copy(framed, 4);
  framed.writeUInt32BE(Bun.hash.crc32(body), body.length + 4);
  return framed;
}

/** A PNG of 12 megapixels in colour. */
function picture(): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8);
  const rows = new Uint8Array(height * (1 + 3 * width));
  for (let y = 0, at = 0; y < height; y++) {
    at++;
    for (let x = 0; x < width; x++) {
      rows[at++] = x >> 4;
      rows[at++] = y >> 4;
      rows[at++] = (x ^ y) >> 2;
    }
  }
  const chunks = [
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows, { level: 6 })),
    chunk('IEND', new Uint8Array()),
  ];
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...chunks]);
}

/** Keeps twenty images at it until `done`. */
async function keepUploading(
  bench: Bench,
  server: Server,
  token: string,
  done: Promise<unknown>,
): Promise<number> {
  const sender = { bench, server, token };
  let isDone = false;
  let count = 0;
  void done
    .catch(() => {})
    .finally(() => {
      isDone = true;
    });
  const again = async () => {
    for (; !isDone; count++) await uploadForm(sender, `${bench.work}/media-processing/photo.png`);
  };
  await Promise.all(Array.from({ length: images }, again));
  return count;
}

async function measure(bench: Bench, state: State): Promise<Measured> {
  const seeded = await bench.seeded();
  return withServer(bench, 'confab', async (server) => {
    const flags = {
      ...who(server, seeded, seeded.groups, 1),
      ...{ groups, 'group-size': 10, senders: 10, rate },
    };
    const token = await signUp(server, 'photographer');
    await settled(server);
    const talking = traffic(bench, server, flags, true);
    const processed = state === 'idle' ? 0 : await keepUploading(bench, server, token, talking);
    return { ...(await talking), processed };
  });
}

const p99 = ({ delivery_ms }: TrafficSummary) => delivery_ms.p99;

function rowOf(state: State, results: readonly Measured[]): string[] {
  const middle = (pick: (one: Measured) => number) => figure(median(results.map(pick)));
  return [
    state,
    middle((one) => one.processed),
    middle((one) => one.delivery_ms.p50),
    middle(p99),
    middle((one) => one.ack_ms.p99),
  ];
}

async function run(bench: Bench): Promise<Section> {
  mkdirSync(`${bench.work}/media-processing`, { recursive: true });
  writeFileSync(`${bench.work}/media-processing/photo.png`, picture());
  const results = await interleave(bench.options.rounds, states, (state) => measure(bench, state));
  const ratios = results.processing.map((one, round) => {
    const idle = results.idle[round];
    return idle ? p99(one) / p99(idle) : Number.NaN;
  });
  note(`  p99 while images are processed: ${figure(median(ratios))} × idle`);
  return {
    title: 'Media processing',
    about:
      `${rate} messages/s in ${groups} groups of 10, open loop, alone and while ${images} images of 12 megapixels at a ` +
      'time are uploaded and looked into. The processes that do so have the core of the server.',
    tables: [
      {
        head: ['', 'images', 'delivery p50 ms', 'delivery p99 ms', 'ack p99 ms'],
        rows: states.map((state) => rowOf(state, results[state])),
      },
    ],
    outcomes: [atMost('delivery p99 ≤ 2 × idle', median(ratios), 2)],
  };
}

export const mediaProcessing: Scenario = { name: 'media-processing', run };
