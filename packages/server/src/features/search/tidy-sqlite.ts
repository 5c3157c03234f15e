import type { SyncStatement } from '../../storage/write';

/** How much of the index lies in small segments before it is worth to make one of all. */
const SCATTERED = 0.2;
/** Segments that a search hardly feels. */
const FEW = 6;

type Prepare = (sql: string) => SyncStatement;

const MERGE = `insert into message_grams (message_grams, rank) values ('merge', ?)`;
const SEGMENTS = 'select count(*) as pages from message_grams_idx group by segid';

/**
 * FTS5 collects what is written in segments, and a search must look into each. It would merge them
 * now and then while it writes, for a hundred milliseconds at a time; here it is done in steps.
 * @param pages to write at most
 * @returns whether there is more to merge
 */
export function mergeSegments(prepare: Prepare, pages: number): boolean {
  const before = changesSoFar(prepare);
  prepare(MERGE).run(pages);
  // This is how FTS5 tells that it did something.
  return changesSoFar(prepare) - before >= 2;
}

/** Begins to make one segment of all, if they are many and not small; `mergeSegments` goes on with it. */
export function mergeAll(prepare: Prepare, pages: number): boolean {
  const sizes = (prepare(SEGMENTS).all() as { pages: number }[]).map((segment) => segment.pages);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const isScattered = total - Math.max(0, ...sizes) > total * SCATTERED;
  if (sizes.length <= FEW || !isScattered) return false;
  prepare(MERGE).run(-pages);
  return true;
}

const changesSoFar = (prepare: Prepare): number =>
  (prepare('select total_changes() as count').get() as { count: number }).count;
