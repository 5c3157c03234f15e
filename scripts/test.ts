/**
 * Runs every test and prints `N passed, N failed` as its last line. Finds PostgreSQL by itself and
 * says plainly what had to be skipped.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

async function findPostgres(): Promise<string | undefined> {
  const candidates = [process.env.DATABASE_URL, 'postgres://postgres@127.0.0.1:5432/postgres'];
  for (const url of candidates) if (url && (await answers(url))) return url;
  return undefined;
}

async function main() {
  const scratch = mkdtempSync(join(tmpdir(), 'confab-report-'));
  const report = join(scratch, 'report.xml');
  const postgres = await findPostgres();
  const env: Record<string, string | undefined> = { ...process.env, TEST_POSTGRES_URL: postgres };
  delete env.DATABASE_URL;
  const tests = Bun.spawn(
    [
      process.execPath,
      'test',
      '--timeout=30000',
      '--reporter=junit',
      `--reporter-outfile=${report}`,
      ...process.argv.slice(2),
    ],
    { env, stdio: ['ignore', 'inherit', 'inherit'] },
  );
  const code = await tests.exited;
  if (!postgres) {
    console.log(
      'Skipped: tests on PostgreSQL, as no server answers on localhost (or set DATABASE_URL).',
    );
  }
  const { passed, failed } = tally(readFileSync(report, 'utf8'));
  rmSync(scratch, { recursive: true });
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(code);
}

function tally(xml: string): { passed: number; failed: number } {
  const totals = /<testsuites[^>]*>/.exec(xml)?.[0] ?? '';
  const number = (name: string) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(totals)?.[1] ?? 0);
  const failed = number('failures') + number('errors');
  return { passed: number('tests') - failed - number('skipped'), failed };
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
