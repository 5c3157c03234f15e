import { availableParallelism } from 'node:os';
import type { Report } from './simulate';

/** What a worker is asked for, and what it answers. */
export interface SeedTask {
  readonly seeds: readonly number[];
}
export type SeedAnswer = { report: Report } | { failure: string } | 'done';

export interface Summary {
  readonly reports: Report[];
  /** What went wrong in each seed that failed. */
  readonly failures: string[];
}

/** More would only get into each other's way. */
const MAX_WORKERS = 4;
/** Failures after which there is no need for more. */
const ENOUGH = 3;

/** Runs many seeds, in as many threads as there are processors. */
export async function runSeeds(seeds: readonly number[]): Promise<Summary> {
  const summary: Summary = { reports: [], failures: [] };
  const count = Math.min(MAX_WORKERS, availableParallelism(), seeds.length);
  const shares = Array.from({ length: count }, (_, w) => seeds.filter((_, i) => i % count === w));
  await Promise.all(shares.map((share) => runShare(share, summary)));
  return summary;
}

function runShare(seeds: readonly number[], summary: Summary): Promise<void> {
  const worker = new Worker(new URL('./seed-worker.ts', import.meta.url).href);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  worker.onmessage = ({ data }: MessageEvent<SeedAnswer>) => {
    if (data === 'done') return resolve();
    if ('report' in data) summary.reports.push(data.report);
    else summary.failures.push(data.failure);
    if (summary.failures.length >= ENOUGH) resolve();
  };
  worker.onerror = (event) => reject(new Error(event.message));
  worker.postMessage({ seeds } satisfies SeedTask);
  return promise.finally(() => worker.terminate());
}
