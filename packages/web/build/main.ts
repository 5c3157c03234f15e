/** Builds the web app: `bun packages/web/build/main.ts FOLDER`. Does nothing when it is up to date. */
import { build } from './bundle';

const [folder] = process.argv.slice(2);
if (!folder) {
  console.error('Name the folder that the app shall be built into.');
  process.exit(2);
}
try {
  console.log(await build(folder));
} catch (error) {
  const faults = error instanceof AggregateError ? error.errors : [error];
  for (const fault of faults) console.error(String(fault));
  process.exit(1);
}
