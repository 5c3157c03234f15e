import { readFileSync } from 'node:fs';
import { type Bench, note, type Seeded, seed } from '../bench';
import { onPostgres, onSqlite } from '../on-databases';
import { atMost, figure, type Outcome, type Scenario, type Section } from '../scenario';
import { type ConfabSetup, firstAnswer, type Server, spawnConfab } from '../servers';
import { median, quantile } from '../statistics';

const requests = 2000;

interface Pages {
  startMs: number;
  inside: number[];
  outside: number[];
}

interface Filled {
  setup: ConfabSetup;
  token: string;
  chat: string;
  /** Ids of the chat's messages lie between these. */
  first: number;
  last: number;
}

const firstLine = (path: string): string => readFileSync(path, 'utf8').split('\n')[0]?.trim() ?? '';

async function getJson(
  server: Server,
  path: string,
  token: string,
): Promise<Record<string, unknown>> {
  const answer = await fetch(server.url + path, { headers: { authorization: `Bearer ${token}` } });
  if (answer.status !== 200) throw new Error(`GET ${path} answered ${answer.status}`);
  return (await answer.json()) as Record<string, unknown>;
}

function lastIdOf(page: Record<string, unknown>): number {
  const items = Array.isArray(page.items) ? (page.items as { id: number }[]) : [];
  const last = items.at(-1);
  if (last === undefined) throw new Error('the history chat is empty');
  return last.id;
}

/** The chat was filled in one go into an empty database, so its ids lie close together before the last. */
async function inspect(bench: Bench, setup: ConfabSetup, seeded: Seeded): Promise<Filled> {
  const server = await spawnConfab(bench, setup);
  const token = firstLine(seeded.tokens);
  const chat = firstLine(seeded.history).split(/\s+/)[0] ?? '';
  try {
    await firstAnswer(server, '/ready');
    const last = lastIdOf(await getJson(server, `/api/messages/${chat}?limit=1`, token));
    return { setup, token, chat, last, first: last - bench.options.history + 1 };
  } finally {
    await server.stop();
  }
}

const appTime = (header: string | null): number =>
  Number(/app;dur=([\d.]+)/.exec(header ?? '')?.[1] ?? Number.NaN);

async function readPages(server: Server, filled: Filled, pages: Pages): Promise<void> {
  const headers = { authorization: `Bearer ${filled.token}` };
  for (let i = 0; i < requests; i++) {
    const id = filled.first + Math.floor(Math.random() * (filled.last - filled.first)) + 1;
    const start = performance.now();
    const answer = await fetch(`${server.url}/api/messages/${filled.chat}?before=${id}&limit=50`, {
      headers,
    });
    await answer.arrayBuffer();
    pages.outside.push(performance.now() - start);
    if (answer.status !== 200) throw new Error(`page before ${id} answered ${answer.status}`);
    pages.inside.push(appTime(answer.headers.get('server-timing')));
  }
}

async function measure(bench: Bench, filled: Filled): Promise<Pages> {
  const server = await spawnConfab(bench, filled.setup);
  try {
    const path = `/api/messages/${filled.chat}?limit=50`;
    const startMs = await firstAnswer(server, path, filled.token);
    const pages: Pages = { startMs, inside: [], outside: [] };
    await readPages(server, filled, pages);
    return pages;
  } finally {
    await server.stop();
  }
}

async function fill(bench: Bench, name: string, databaseUrl?: string): Promise<Filled> {
  const flags = ['--users', '10', '--big-group', '2', '--groups-of-10', '1', '--pairs', '1'];
  const more = ['--token-ttl', '86400', '--history', String(bench.options.history)];
  const seeded = await seed(bench, `history-${name}`, [...flags, ...more], databaseUrl);
  const { storage } = seeded;
  return inspect(bench, databaseUrl === undefined ? { storage } : { storage, databaseUrl }, seeded);
}

function rowOf(name: string, rounds: Pages[]): string[] {
  const middle = (pick: (pages: Pages) => number): string => figure(median(rounds.map(pick)));
  return [
    name,
    middle((pages) => quantile(pages.inside, 0.5)),
    middle((pages) => quantile(pages.inside, 0.99)),
    middle((pages) => quantile(pages.outside, 0.5)),
    middle((pages) => quantile(pages.outside, 0.99)),
    middle((pages) => pages.startMs),
  ];
}

function outcomesOf(name: string, rounds: Pages[]): Outcome[] {
  const p99 = median(rounds.map((pages) => quantile(pages.inside, 0.99)));
  const start = median(rounds.map((pages) => pages.startMs));
  return [
    atMost(`${name}: page p99 ≤ 3 ms inside the process`, p99, 3, ' ms'),
    atMost(`${name}: start to first request served ≤ 1 s`, start / 1000, 1, ' s'),
  ];
}

const onDatabase = { name: 'history', fill, measure };

async function run(bench: Bench): Promise<Section> {
  const rows: string[][] = [];
  const outcomes: Outcome[] = [];
  for (const [name, title] of [
    ['sqlite', 'SQLite'],
    ['postgres', 'PostgreSQL'],
  ] as const) {
    if (!bench.options.databases.includes(name)) continue;
    const rounds =
      name === 'sqlite' ? await onSqlite(bench, onDatabase) : await onPostgres(bench, onDatabase);
    if (rounds === undefined) {
      note('  no PostgreSQL answered (DATABASE_URL, or localhost): left out');
      rows.push([title, 'left out: none answered']);
      continue;
    }
    rows.push(rowOf(title, rounds));
    outcomes.push(...outcomesOf(title, rounds));
  }
  return {
    title: 'History page',
    about:
      `One chat of ${figure(bench.options.history)} messages; ${figure(requests)} pages of 50 before a random message, one after the ` +
      'other over a kept connection. Inside: what the server says of itself in `Server-Timing`; outside: at the client. ' +
      'Start: from the spawn of the process to its first page served.',
    tables: [
      {
        head: [
          '',
          'inside p50 ms',
          'inside p99 ms',
          'outside p50 ms',
          'outside p99 ms',
          'start ms',
        ],
        rows,
      },
    ],
    outcomes,
  };
}

export const history: Scenario = { name: 'history', run };
