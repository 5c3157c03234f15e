import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { serveJobs } from '../child/serve-jobs';
import { nothingKnown } from '../processed';

/** Does what the name of the file says, for tests of whoever has to live with it. */
serveJobs(async ({ request }) => {
  switch (request.path) {
    case 'crash':
      return process.kill(process.pid, 'SIGSEGV');
    case 'hang':
      await writeFile(join(request.outputDir, 'hangs'), String(process.pid));
      for (;;);
    case 'sleep':
      return new Promise(() => undefined);
    case 'eat memory':
      return eatMemory();
    case 'tell environment':
      return JSON.stringify({ env: process.env, cwd: process.cwd() });
    case 'fill the disk':
      throw Object.assign(new Error('ENOSPC: write'), { code: 'ENOSPC' });
    case 'fail':
      throw new Error('a secret of the library');
    default:
      return { ...nothingKnown(), codec: String(process.pid) };
  }
});

async function eatMemory(): Promise<never> {
  const eaten: Uint8Array[] = [];
  for (;;) {
    eaten.push(new Uint8Array(16 * 1024 * 1024).fill(1));
    await new Promise((resolve) => setImmediate(resolve));
  }
}
