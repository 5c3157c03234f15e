import { count } from './peek';
import type { TestServer } from './server';
import { storedFiles } from './stored';
import { eventually } from './waiting';

/** What a server's storage has before something that must leave nothing there. */
export interface Before {
  files: string[];
  doomed: number;
  rows: number;
}

export async function takeStock(server: TestServer): Promise<Before> {
  return {
    files: storedFiles(server.directory).sort(),
    doomed: await count(server.env, 'select count(*) from doomed_files'),
    rows: await count(server.env, 'select count(*) from media'),
  };
}

interface Wait {
  /** Lets time go by where a test has its own. */
  pass?: () => void;
  /** Where files are looked into for real: whoever does that yields to all others. */
  patienceMs?: number;
}

/**
 * Waits until there is again what was there before: no file, no row and nothing that waits to be
 * erased.
 */
export async function nothingLeft(
  server: TestServer,
  before: Before,
  { pass, patienceMs }: Wait = {},
): Promise<void> {
  const isLikeBefore = async () => {
    pass?.();
    return JSON.stringify(await takeStock(server)) === JSON.stringify(before);
  };
  await eventually(isLikeBefore, 'a storage with nothing more than before', patienceMs);
}
