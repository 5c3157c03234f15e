import { readFileSync } from 'node:fs';
import { type Bench, note, type Seeded, seed } from '../bench';
import { onPostgres, onSqlite } from '../on-databases';
import { atMost, figure, type Outcome, type Scenario, type Section } from '../scenario';
import { type ConfabSetup, firstAnswer, type Server, spawnConfab } from '../servers';
import { median, quantile } from '../statistics';

const users = 200;
const chatsPerUser = 50;
const queries = 300;
/** Who search at once in the storm, each one search after the other. */
const searchers = 8;
const probeEveryMs = 10;

interface Filled {
  setup: ConfabSetup;
  tokens: string[];
  words: string[];
}

type Kind = 'two words' | 'two rare words' | 'two letters' | 'best first';

interface Round {
  alone: Record<Kind, number[]>;
  /** Searches answered a second, and how long they took, while all search at once. */
  rate: number;
  storm: number[];
  /** How long the server took to say that it lives, before the storm and in it. */
  calm: number[];
  stormy: number[];
}

const kinds: readonly Kind[] = ['two words', 'two rare words', 'two letters', 'best first'];
const letters = 'abcdefghiklmnoprstuvwy';

const linesOf = (path: string): string[] => readFileSync(path, 'utf8').trim().split('\n');
const below = (limit: number): number => Math.floor(Math.random() * limit);

/** Words of three letters and more; the lower the rank, the more common. */
function word(words: string[], from: number, to: number): string {
  for (;;) {
    const drawn = words[from + below(to - from)] ?? '';
    if (drawn.length >= 3) return drawn;
  }
}

function query(kind: Kind, words: string[]): string {
  const common = () => word(words, 0, Math.min(2000, words.length));
  const rare = () => word(words, words.length >> 1, words.length);
  if (kind === 'two letters') {
    return `${letters[below(letters.length)]}${letters[below(letters.length)]}`;
  }
  return kind === 'two rare words' ? `${rare()} ${rare()}` : `${common()} ${common()}`;
}

async function ask(server: Server, token: string, kind: Kind, words: string[]): Promise<number> {
  const order = kind === 'best first' ? 'best' : 'newest';
  const search = new URLSearchParams({ q: query(kind, words), order });
  const start = performance.now();
  const answer = await fetch(`${server.url}/api/messages/search?${search}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  await answer.arrayBuffer();
  if (answer.status !== 200) throw new Error(`a search answered ${answer.status}`);
  return performance.now() - start;
}

async function probe(server: Server, isOver: () => boolean): Promise<number[]> {
  const times: number[] = [];
  while (!isOver()) {
    const start = performance.now();
    await (await fetch(`${server.url}/health`)).arrayBuffer();
    times.push(performance.now() - start);
    await Bun.sleep(probeEveryMs);
  }
  return times;
}

async function alone(server: Server, filled: Filled): Promise<Record<Kind, number[]>> {
  const times = Object.fromEntries(kinds.map((kind) => [kind, []])) as unknown as Record<
    Kind,
    number[]
  >;
  for (let i = 0; i < queries; i++) {
    const token = filled.tokens[i % filled.tokens.length] ?? '';
    for (const kind of kinds) times[kind].push(await ask(server, token, kind, filled.words));
  }
  return times;
}

async function storm(server: Server, filled: Filled, ms: number) {
  const end = performance.now() + ms;
  const isOver = () => performance.now() > end;
  const one = async (token: string): Promise<number[]> => {
    const times: number[] = [];
    while (!isOver()) times.push(await ask(server, token, 'two words', filled.words));
    return times;
  };
  const tokens = filled.tokens.slice(0, searchers);
  const [stormy, ...all] = await Promise.all([probe(server, isOver), ...tokens.map(one)]);
  const times = all.flat();
  return { stormy, storm: times, rate: times.length / (ms / 1000) };
}

async function measure(bench: Bench, filled: Filled): Promise<Round> {
  const server = await spawnConfab(bench, filled.setup);
  try {
    await firstAnswer(server, '/ready');
    await ask(server, filled.tokens[0] ?? '', 'two words', filled.words);
    const calmEnd = performance.now() + 1000;
    const calm = await probe(server, () => performance.now() > calmEnd);
    const times = await alone(server, filled);
    return { calm, alone: times, ...(await storm(server, filled, bench.options.seconds * 1000)) };
  } finally {
    await server.stop();
  }
}

async function fill(bench: Bench, name: string, databaseUrl?: string): Promise<Filled> {
  const groups = ['--users', String(users), '--chats-per-user', String(chatsPerUser)];
  const more = ['--token-ttl', '86400', '--messages', String(bench.options.messages)];
  const seeded: Seeded = await seed(bench, `search-${name}`, [...groups, ...more], databaseUrl);
  const { storage } = seeded;
  const setup = databaseUrl === undefined ? { storage } : { storage, databaseUrl };
  return { setup, tokens: linesOf(seeded.tokens), words: linesOf(seeded.words) };
}

const onDatabase = { name: 'search', fill, measure };

const shares = [0.5, 0.95, 0.99] as const;

function rowsOf(name: string, rounds: Round[]): string[][] {
  const row = (title: string, pick: (round: Round) => number[]): string[] => [
    `${name}, ${title}`,
    ...shares.map((share) => figure(median(rounds.map((round) => quantile(pick(round), share))))),
  ];
  const rate = figure(median(rounds.map((round) => round.rate)));
  return [
    ...kinds.map((kind) => row(kind, (round) => round.alone[kind])),
    row(`${searchers} at once (${rate} a second)`, (round) => round.storm),
    row('life sign, calm', (round) => round.calm),
    row('life sign, in the storm', (round) => round.stormy),
  ];
}

function outcomesOf(name: string, rounds: Round[]): Outcome[] {
  const p95 = median(rounds.map((round) => quantile(round.alone['two words'], 0.95)));
  const loop = median(rounds.map((round) => quantile(round.stormy, 0.99)));
  return [
    atMost(`${name}: search for two words p95 ≤ 50 ms`, p95, 50, ' ms'),
    atMost(`${name}: life sign while others search p99 ≤ 10 ms`, loop, 10, ' ms'),
  ];
}

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
    rows.push(...rowsOf(title, rounds));
    if (name === 'sqlite') outcomes.push(...outcomesOf(title, rounds));
  }
  return {
    title: 'Search',
    about:
      `${figure(bench.options.messages)} messages in groups of ten, everybody in ${chatsPerUser} of them; words as common as in a language, ` +
      `a tenth Chinese. ${figure(queries)} searches of each kind, one after the other, at the client; then ${searchers} people who search ` +
      `without a pause. Life sign: \`GET /health\` every ${probeEveryMs} ms, which waits for nothing but the event loop.`,
    tables: [{ head: ['', 'p50 ms', 'p95 ms', 'p99 ms'], rows }],
    outcomes,
  };
}

export const search: Scenario = { name: 'search', run };
