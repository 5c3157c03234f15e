import { mkdirSync, rmSync } from 'node:fs';
import type { Native } from './native';
import type { Options } from './options';
import { run } from './processes';
import { serverEnvironment } from './servers';

/** A filled database and the lists that tell a load generator what is in it. */
export interface Seeded {
  storage: string;
  tokens: string;
  groups: string;
  directs: string;
  history: string;
  words: string;
}

export interface Bench {
  options: Options;
  native: Native;
  folder: string;
  work: string;
  /** Per run under load, the share of one core that neither server nor load generator used. */
  disturbances: number[];
  /** The database that most scenarios start from; filled once. */
  seeded(): Promise<Seeded>;
}

export const users = 8000;
export const bigGroup = 500;

/** Enough for all scenarios: 8,000 users, everyone in 20 chats. */
const seedFlags = [
  ...['--users', String(users)],
  ...['--big-group', String(bigGroup)],
  ...['--groups-of-10', '200'],
  ...['--pairs', '1000'],
  ...['--chats-per-user', '20'],
  ...['--token-ttl', '86400'],
];

export function note(text: string): void {
  console.error(text);
}

export async function seed(
  bench: Pick<Bench, 'options' | 'work'>,
  name: string,
  flags: string[],
  databaseUrl?: string,
): Promise<Seeded> {
  const folder = `${bench.work}/${name}`;
  const storage = `${folder}/storage`;
  const lists = `${folder}/lists`;
  mkdirSync(storage, { recursive: true });
  mkdirSync(lists, { recursive: true });
  note(`  filling a database: ${flags.join(' ')}`);
  await run(
    {
      command: [...bench.options.seedCommand, ...flags, '--out', lists],
      env: serverEnvironment(databaseUrl === undefined ? { storage } : { storage, databaseUrl }),
      log: `${bench.work}/seed.log`,
    },
    20 * 60_000,
  );
  return {
    storage,
    tokens: `${lists}/tokens.txt`,
    groups: `${lists}/groups.txt`,
    directs: `${lists}/directs.txt`,
    history: `${lists}/history.txt`,
    words: `${lists}/words.txt`,
  };
}

export function createBench(options: Options, native: Native, folder: string): Bench {
  const work = `${options.work}/${process.pid}`;
  let filled: Promise<Seeded> | undefined;
  mkdirSync(work, { recursive: true });
  const bench: Bench = {
    options,
    native,
    folder,
    work,
    disturbances: [],
    seeded: () => {
      filled ??= seed(bench, 'seeded', seedFlags);
      return filled;
    },
  };
  return bench;
}

export function discard(bench: Bench): void {
  rmSync(bench.work, { recursive: true, force: true });
}
