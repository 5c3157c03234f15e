import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The built web app: a folder that does not change while it is served. */
export interface WebFiles {
  readonly folder: string;
  /** The files there, by their path within it; their compressed forms (`.br`, `.gz`) beside them. */
  readonly names: ReadonlySet<string>;
  /** Another one for each build. */
  readonly stamp: string;
}

/** @throws Error when there is no built app in the folder */
export async function readWebFiles(folder: string): Promise<WebFiles> {
  const stamp = await Bun.file(join(folder, 'stamp')).text();
  const names = await readdir(folder, { recursive: true });
  return { folder, names: new Set(names), stamp };
}
