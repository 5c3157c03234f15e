import { systemClock } from '../../../../lib/clock';
import { nothingKnown } from '../processed';
import { ProcessingPool } from '../processing-pool';

/** A process that has a child at work; tests kill it. Arguments: the folder to work in, the job. */
const [workDir = '', job = ''] = process.argv.slice(2);
const pool = new ProcessingPool({
  clock: systemClock,
  workDir,
  entry: new URL('./misbehaving-child.ts', import.meta.url),
});
const recognised = { mimeType: 'image/png', mediaType: 'image', extension: 'png' } as const;
await pool.process({ path: job, recognised, outputDir: workDir }).catch(() => nothingKnown());
