import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { readWebFiles, type WebFiles } from '../http/web-app/web-files';
import type { Logger } from '../observability/log';

const WEB = new URL('../../../web/', import.meta.url).pathname;
const BUILDER = join(WEB, 'build/main.ts');

/** Beside its sources; with the data where those cannot be written, as in most containers. */
async function folderOf(storageDir: string): Promise<string> {
  const built = join(WEB, 'dist');
  const isThere = await Bun.file(join(built, 'stamp')).exists();
  const mayWrite = () =>
    access(WEB, constants.W_OK).then(
      () => true,
      () => false,
    );
  return isThere || (await mayWrite()) ? built : join(storageDir, 'web-app');
}

/**
 * Builds the web app unless it is up to date, in a process of its own: a bundler's memory would stay
 * with the server.
 */
export async function buildWeb(storageDir: string, log: Logger): Promise<WebFiles> {
  // An image has the built app alone.
  if (!(await Bun.file(BUILDER).exists())) return readWebFiles(join(WEB, 'dist'));
  const folder = await folderOf(storageDir);
  const builder = Bun.spawn([process.execPath, BUILDER, folder], {
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'pipe',
  });
  const [code, faults] = await Promise.all([builder.exited, new Response(builder.stderr).text()]);
  if (code === 0) return readWebFiles(folder);
  log.error({ faults }, 'The web app cannot be built; everything else works');
  return readWebFiles(folder);
}
