import { rmSync } from 'node:fs';
import type { Bench } from './bench';
import { createOwnDatabase } from './postgres';
import { interleave } from './rounds';

/** A scenario that fills a database of its own and measures on it, round after round. */
export interface OnDatabase<Filled, Result> {
  name: string;
  fill(bench: Bench, database: string, url?: string): Promise<Filled>;
  measure(bench: Bench, filled: Filled): Promise<Result>;
}

export async function onSqlite<F, R>(bench: Bench, scenario: OnDatabase<F, R>): Promise<R[]> {
  const filled = await scenario.fill(bench, 'sqlite');
  const { sqlite } = await interleave(bench.options.rounds, ['sqlite'], () =>
    scenario.measure(bench, filled),
  );
  rmSync(`${bench.work}/${scenario.name}-sqlite`, { recursive: true, force: true });
  return sqlite;
}

/** Undefined where no PostgreSQL answers. */
export async function onPostgres<F, R>(
  bench: Bench,
  scenario: OnDatabase<F, R>,
): Promise<R[] | undefined> {
  const database = await createOwnDatabase();
  if (database === undefined) return undefined;
  try {
    const filled = await scenario.fill(bench, 'postgres', database.url);
    const { postgres } = await interleave(bench.options.rounds, ['postgres'], () =>
      scenario.measure(bench, filled),
    );
    return postgres;
  } finally {
    await database.drop();
  }
}
