import { parseArgs } from 'node:util';

export interface Options {
  scenarios: string[];
  /** How often each peer is measured; the peers take turns. */
  rounds: number;
  /** Measured time of one run of a load, and the time before it that is not counted. */
  seconds: number;
  warmup: number;
  out: string | undefined;
  work: string;
  serverCommand: string[];
  seedCommand: string[];
  serverCore: number;
  loadCore: number;
  databases: string[];
  history: number;
  messages: number;
  rates: number[];
}

const usage = `npm run bench -- [options]

  --scenarios a,b    which to run: room-storm, direct, mixed, idle, connect, sync, history,
                     search, large-group, media-download, media-upload,
                     media-processing (default: all)
  --rounds N         rounds of each, peers taking turns (default 5)
  --seconds S        measured time of one run (default 5)
  --warmup S         uncounted time before it (default 2)
  --out FILE         write the report there as well (docs/benchmarks.md)
  --work DIR         where databases go; a real disk, not tmpfs (default bench/.build/work)
  --server CMD       how the server is started (default: bun packages/server/src/main.ts)
  --seed CMD         how its database is filled (default: bun packages/server/src/seed/main.ts)
  --server-core N    core of the server under test (default 0)
  --load-core N      core of the load generator (default 1)
  --databases a,b    for the history and search scenarios: sqlite, postgres (default: both; postgres if it answers)
  --history N        messages in the history scenario's chat (default 1000000)
  --messages N       messages in the search scenario's chats (default 1000000)
  --rates a,b        messages/s of the mixed scenario (default 2000,5000,10000,15000,20000)
  --quick            1 round of 2 s: to see that it works, not to report
`;

const definitions = {
  scenarios: { type: 'string' },
  rounds: { type: 'string' },
  seconds: { type: 'string' },
  warmup: { type: 'string' },
  out: { type: 'string' },
  work: { type: 'string' },
  server: { type: 'string' },
  seed: { type: 'string' },
  'server-core': { type: 'string' },
  'load-core': { type: 'string' },
  databases: { type: 'string' },
  history: { type: 'string' },
  messages: { type: 'string' },
  rates: { type: 'string' },
  quick: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

function number(name: string, text: string | undefined, otherwise: number): number {
  const value = text === undefined ? otherwise : Number(text);
  if (!Number.isFinite(value) || value < 0) throw new Error(`--${name} wants a number: ${text}`);
  return value;
}

const list = (text: string): string[] => text.split(',').filter((part) => part !== '');

export function readOptions(args: string[], root: string): Options | undefined {
  const { values } = parseArgs({ args, options: definitions });
  if (values.help) {
    console.log(usage);
    return undefined;
  }
  const server = `${root}/packages/server/src`;
  const command = (given: string | undefined, file: string): string[] =>
    given === undefined ? [process.execPath, `${server}/${file}`] : given.split(' ');
  return {
    scenarios: list(values.scenarios ?? ''),
    rounds: number('rounds', values.rounds, values.quick ? 1 : 5),
    seconds: number('seconds', values.seconds, values.quick ? 2 : 5),
    warmup: number('warmup', values.warmup, values.quick ? 1 : 2),
    out: values.out,
    work: values.work ?? `${root}/bench/.build/work`,
    serverCommand: command(values.server, 'main.ts'),
    seedCommand: command(values.seed, 'seed/main.ts'),
    serverCore: number('server-core', values['server-core'], 0),
    loadCore: number('load-core', values['load-core'], 1),
    databases: list(values.databases ?? 'sqlite,postgres'),
    history: number('history', values.history, 1_000_000),
    messages: number('messages', values.messages, 1_000_000),
    rates: list(values.rates ?? '2000,5000,10000,15000,20000').map(Number),
  };
}
