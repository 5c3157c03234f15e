import { statfs } from 'node:fs/promises';
import { storageFull } from './faults';

/** What a file system tells of itself (statfs(2)). */
export type ReadDisk = (path: string) => Promise<{ bsize: number; blocks: number; bavail: number }>;

/** The database, and whatever else is on the disk, need room to go on. */
const LEAST_BYTES = 256 * 1024 * 1024;
const LEAST_PART = 0.01;

/** @throws ConfabError `storage_full` when so many more bytes would leave next to no room */
export async function mustFitOnDisk(
  path: string,
  bytes: number,
  readDisk: ReadDisk = statfs,
): Promise<void> {
  const { bsize, blocks, bavail } = await readDisk(path);
  const least = Math.max(LEAST_BYTES, blocks * bsize * LEAST_PART);
  if (bavail * bsize - bytes < least) throw storageFull();
}
