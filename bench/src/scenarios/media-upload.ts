import { mkdirSync, rmSync } from 'node:fs';
import { type Bench, note } from '../bench';
import { residentBytes } from '../machine';
import { MIB, peakBytes, resetPeak, signUp, uploadForm, uploadTus, writeText } from '../media';
import { interleave } from '../rounds';
import { atMost, figure, type Scenario, type Section } from '../scenario';
import { firstAnswer, settled, spawnConfab } from '../servers';
import { median } from '../statistics';

const sizeMib = 200;
const ways = { form: uploadForm, tus: uploadTus };
const cases = {
  'one form': { way: 'form', atOnce: 1 },
  'one by tus': { way: 'tus', atOnce: 1 },
  'ten forms': { way: 'form', atOnce: 10 },
  'ten by tus': { way: 'tus', atOnce: 10 },
} as const;
type Case = keyof typeof cases;
const names = Object.keys(cases) as Case[];

interface Measured {
  /** How much larger the server was at its largest than before. */
  grownMib: number;
  seconds: number;
}

async function measure(bench: Bench, name: Case): Promise<Measured> {
  const { way, atOnce } = cases[name];
  const storage = `${bench.work}/media-upload/storage`;
  mkdirSync(storage, { recursive: true });
  const server = await spawnConfab(bench, { storage, env: { MAX_UPLOAD_MB: String(sizeMib) } });
  try {
    await firstAnswer(server, '/ready');
    const sender = { bench, server, token: await signUp(server, 'bench') };
    // The first one loads what all of them need.
    await ways[way](sender, `${bench.work}/media-upload/small.txt`);
    await settled(server);
    const before = residentBytes(server.pid);
    resetPeak(server.pid);
    const start = performance.now();
    const one = () => ways[way](sender, `${bench.work}/media-upload/file.txt`);
    await Promise.all(Array.from({ length: atOnce }, one));
    const seconds = (performance.now() - start) / 1000;
    return { grownMib: (peakBytes(server.pid) - before) / MIB, seconds };
  } finally {
    await server.stop();
    rmSync(storage, { recursive: true, force: true });
  }
}

async function run(bench: Bench): Promise<Section> {
  mkdirSync(`${bench.work}/media-upload`, { recursive: true });
  writeText(`${bench.work}/media-upload/file.txt`, sizeMib);
  writeText(`${bench.work}/media-upload/small.txt`, 1);
  const results = await interleave(bench.options.rounds, names, (name) => measure(bench, name));
  rmSync(`${bench.work}/media-upload`, { recursive: true, force: true });
  const grown = (name: Case) => median(results[name].map(({ grownMib }) => grownMib));
  const rate = (name: Case) =>
    median(results[name].map(({ seconds }) => (cases[name].atOnce * sizeMib) / seconds));
  note(`  grown by ${names.map((name) => figure(grown(name))).join(', ')} MB`);
  return {
    title: 'Media upload',
    about:
      `Files of ${sizeMib} MiB from \`curl\` to a server that just started: one alone, and ten at once. Grown is the ` +
      'most resident memory of the server meanwhile, less what it had before.',
    tables: [
      {
        head: ['', 'grown by MB', 'MiB/s'],
        rows: names.map((name) => [name, figure(grown(name)), figure(rate(name))]),
      },
    ],
    outcomes: [
      atMost(
        'one upload grows the server by ≤ 32 MB',
        Math.max(grown('one form'), grown('one by tus')),
        32,
        ' MB',
      ),
      atMost(
        'ten at once by ≤ 128 MB',
        Math.max(grown('ten forms'), grown('ten by tus')),
        128,
        ' MB',
      ),
    ],
  };
}

export const mediaUpload: Scenario = { name: 'media-upload', run };
