import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { type Bench, note } from '../bench';
import { residentBytes } from '../machine';
import { MIB, posted, signUp, writeText } from '../media';
import { findNginx, startNginx } from '../nginx';
import { run as runCommand } from '../processes';
import { interleave } from '../rounds';
import { atLeast, atMost, figure, type Outcome, type Scenario, type Section } from '../scenario';
import { firstAnswer, type Server, spawnConfab, type WebServer } from '../servers';
import { median } from '../statistics';

const sizeMib = 256;
const downloads = 5;

interface Measured {
  /** Bytes a second of each download. */
  rates: number[];
  /** How much the server grew by all of them. */
  grownBytes: number;
}

interface Prepared {
  storage: string;
  files: string;
  token: string;
  path: string;
}

function spawn(bench: Bench, storage: string): Promise<Server> {
  return spawnConfab(bench, { storage, env: { MAX_UPLOAD_MB: String(sizeMib) } });
}

/** One user and one file in an empty database; the same file for nginx. */
async function prepare(bench: Bench): Promise<Prepared> {
  const folder = `${bench.work}/media-download`;
  const [storage, files] = [`${folder}/storage`, `${folder}/nginx/files`];
  mkdirSync(storage, { recursive: true });
  mkdirSync(files, { recursive: true });
  writeText(`${files}/file.txt`, sizeMib);
  writeFileSync(`${files}/ready`, '');
  const server = await spawn(bench, storage);
  try {
    await firstAnswer(server, '/ready');
    const token = await signUp(server, 'bench');
    const form = new FormData();
    form.append('file', Bun.file(`${files}/file.txt`), 'file.txt');
    const { items } = await posted<{ items: { url: string }[] }>(
      `${server.url}/api/media/upload`,
      form,
      { authorization: `Bearer ${token}` },
    );
    return { storage, files, token, path: items[0]?.url ?? '' };
  } finally {
    await server.stop();
  }
}

async function download(bench: Bench, url: string, token: string): Promise<number> {
  const format = '%{http_code} %{size_download} %{speed_download}';
  const said = await runCommand(
    {
      command: [
        'curl',
        '-s',
        '-o',
        '/dev/null',
        '-w',
        format,
        '-H',
        `Authorization: Bearer ${token}`,
        url,
      ],
      core: bench.options.loadCore,
      log: `${bench.work}/curl.log`,
    },
    60_000,
  );
  const [status, size, rate] = said.split(' ').map(Number);
  if (status !== 200 || size !== sizeMib * MIB) throw new Error(`a download ended with ${said}`);
  return rate ?? 0;
}

async function downloadAll(bench: Bench, server: WebServer, prepared: Prepared): Promise<Measured> {
  const isOurs = server.peer === 'confab';
  const path = isOurs ? prepared.path : '/file.txt';
  try {
    await firstAnswer(server, '/ready');
    await download(bench, server.url + path, prepared.token);
    const before = residentBytes(server.pid);
    const rates: number[] = [];
    for (let i = 0; i < downloads; i++) {
      rates.push(await download(bench, server.url + path, prepared.token));
    }
    return { rates, grownBytes: Math.max(0, residentBytes(server.pid) - before) };
  } finally {
    await server.stop();
  }
}

const rateOf = ({ rates }: Measured): number => median(rates) / MIB;
const grownOf = (rounds: Measured[]): number => median(rounds.map((each) => each.grownBytes)) / MIB;

const rowOf = (name: string, rounds: Measured[]): string[] => [
  name,
  figure(median(rounds.map(rateOf))),
  figure(grownOf(rounds)),
];

function outcomesOf(confab: Measured[], nginx: Measured[]): Outcome[] {
  const grown = atMost('a download grows the process by ≤ 16 MB', grownOf(confab), 16, ' MB');
  if (nginx.length === 0) return [grown];
  const ratios = confab.map((ours, round) => rateOf(ours) / rateOf(nginx[round] as Measured));
  return [atLeast('≥ 0.7 of nginx’s rate', median(ratios), 0.7), grown];
}

async function run(bench: Bench): Promise<Section> {
  const prepared = await prepare(bench);
  const program = findNginx();
  if (program === undefined) note('  no nginx is installed: compared with nothing');
  const measure = async (peer: 'confab' | 'nginx') => {
    const folder = prepared.files.slice(0, -'/files'.length);
    const server =
      peer === 'nginx' && program !== undefined
        ? await startNginx(bench, program, folder)
        : await spawn(bench, prepared.storage);
    return downloadAll(bench, server, prepared);
  };
  const peers = program === undefined ? (['confab'] as const) : (['confab', 'nginx'] as const);
  const results: Partial<Record<'confab' | 'nginx', Measured[]>> = await interleave(
    bench.options.rounds,
    peers,
    measure,
  );
  rmSync(`${bench.work}/media-download`, { recursive: true, force: true });
  const { confab = [], nginx = [] } = results;
  const compared =
    nginx.length > 0 ? rowOf('nginx', nginx) : ['nginx', 'left out: not installed', ''];
  return {
    title: 'Media download',
    about:
      `One file of ${sizeMib} MiB, in the page cache, to one \`curl\`, ${downloads} times one after the other in each round; a user who ` +
      'is asked for a token and for the right to see the file, and nginx with one worker and `sendfile`.',
    tables: [{ head: ['', 'MiB/s', 'grown by MB'], rows: [rowOf('Confab', confab), compared] }],
    outcomes: outcomesOf(confab, nginx),
  };
}

export const mediaDownload: Scenario = { name: 'media-download', run };
