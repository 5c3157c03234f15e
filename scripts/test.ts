/**
 * Runs every test, or those whose paths are given, and prints `N passed, N failed` as its last
 * line. Finds a PostgreSQL server or starts one, and says plainly what it could not test; with
 * CI=true that is a failure.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPostgres, type Postgres, startPostgres } from './testing/postgres';
import { type Tally, tallyOf, verdict } from './testing/report';

const strict = process.env.CI === 'true';

async function postgresForTests(): Promise<Postgres | undefined> {
  try {
    return (await findPostgres()) ?? (await startPostgres());
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    console.log(`No PostgreSQL answers on localhost or at DATABASE_URL, and none starts: ${why}`);
    return undefined;
  }
}

/** The slow files, in milliseconds: they begin first, so that none is waited for at the end. */
const TIMINGS = join(import.meta.dir, 'testing/timings.json');

interface Outcome {
  readonly code: number;
  readonly tally: Tally;
}

/** Runs files side by side, as many as there are cores. */
async function runTests(postgres: Postgres | undefined): Promise<Outcome> {
  const scratch = mkdtempSync(join(tmpdir(), 'confab-report-'));
  const report = join(scratch, 'report.xml');
  const env: Record<string, string | undefined> = { ...process.env };
  delete env.DATABASE_URL;
  if (postgres) env.TEST_POSTGRES_URL = postgres.url;
  const side = ['--parallel', '--no-isolate', `--timings=${TIMINGS}`];
  const reporter = ['--reporter=junit', `--reporter-outfile=${report}`];
  const paths = process.argv.slice(2);
  const command = [process.execPath, 'test', '--timeout=30000', ...side, ...reporter, ...paths];
  const tests = Bun.spawn(command, { env, stdio: ['ignore', 'inherit', 'inherit'] });
  const code = await tests.exited;
  const tally = tallyOf(report);
  rmSync(scratch, { recursive: true });
  return { code, tally };
}

async function main(): Promise<number> {
  const postgres = await postgresForTests();
  if (!postgres && strict) {
    console.log('In CI nothing is skipped, so nothing was run.');
    console.log('0 passed, 1 failed');
    return 1;
  }
  const { code, tally } = await runTests(postgres);
  await postgres?.stop();
  console.log(postgres ? `Tested on SQLite and ${postgres.about}.` : 'Skipped: all on PostgreSQL.');
  const fault = verdict(tally, code);
  if (fault) console.log(fault);
  if (tally.skipped > 0) console.log(`${tally.skipped} tests were skipped.`);
  console.log(`${tally.passed} passed, ${tally.failed} failed`);
  return fault ? 1 : 0;
}

process.exit(
  await main().catch((error) => {
    console.error(error);
    console.log('0 passed, 1 failed');
    return 1;
  }),
);
