/** `npm run check`: everything that can be said of the code without running it. */
import { dirname } from 'node:path';
import { sourceTree } from './check/sources';
import { type Step, steps } from './check/steps';

const root = dirname(import.meta.dir);

async function report({ name, run }: Step): Promise<number> {
  const started = performance.now();
  // A step that throws is a failed step; the others still get their say.
  const problems = await run().catch((error: unknown) => [String(error)]);
  const took = `${((performance.now() - started) / 1000).toFixed(1)} s`;
  console.log(`${problems.length ? 'FAIL' : 'ok  '}  ${name} (${took})`);
  for (const problem of problems) console.log(problem.replaceAll(/^/gm, '      '));
  return problems.length ? 1 : 0;
}

const results = await Promise.all(steps(root, await sourceTree(root)).map(report));
const failed = results.filter((result) => result > 0).length;
console.log(failed ? `${failed} of ${results.length} checks failed` : 'All checks passed');
process.exit(failed ? 1 : 0);
