import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Only the user may read these files: they hold messages and tokens. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
const TEMPORARY = '.tmp';

let writes = 0;

/**
 * Writes a file whole or not at all: a reader, or a crash, finds the old text or the new one.
 * With `durable` it answers only once the text outlives a power cut.
 */
export async function writeAtomic(path: string, text: string, durable: boolean): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
  const temporary = join(folder, `.${basename(path)}.${process.pid}.${++writes}${TEMPORARY}`);
  try {
    await writeAndSync(temporary, text, durable);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  if (durable) await syncFolder(folder);
}

async function writeAndSync(path: string, text: string, durable: boolean): Promise<void> {
  const file = await open(path, 'w', FILE_MODE);
  try {
    await file.writeFile(text);
    if (durable) await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes the new name durable as well. Windows cannot, and need not. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null);
  try {
    await handle?.sync().catch(() => {});
  } finally {
    await handle?.close();
  }
}

/** What a JSON file holds, or null when it is missing or was never written to its end. */
export async function readJson<T>(path: string): Promise<T | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T;
  } catch (error) {
    if (error instanceof SyntaxError || isMissing(error)) return null;
    throw error;
  }
}

/** The JSON files of a folder, by name; none when there is no such folder. */
export async function listJson(folder: string): Promise<string[]> {
  try {
    const names = await readdir(folder);
    return names.filter((name) => name.endsWith('.json') && !name.startsWith('.')).sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
