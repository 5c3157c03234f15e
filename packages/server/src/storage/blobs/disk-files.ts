import { copyFile, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { isMissing } from './faults';

/** What the store on the disk asks of the file system; tests put failing disks in its place. */
export interface DiskFiles {
  /** Makes it and those above it. Answers the first that was missing, if any. */
  makeFolder(path: string): Promise<string | undefined>;
  copy(from: string, to: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** What is not there is as good as removed. */
  remove(path: string): Promise<void>;
  /** Resolves when the disk holds a file's content, or the names in a folder. */
  sync(path: string): Promise<void>;
  /** Undefined when it is not there. */
  stat(path: string): Promise<{ size: number; modifiedAt: number } | undefined>;
  /** None when the folder is not there. */
  names(folder: string): Promise<string[]>;
}

export const diskFiles: DiskFiles = {
  makeFolder: (path) => mkdir(path, { recursive: true }),
  copy: (from, to) => copyFile(from, to),
  rename,
  remove: (path) => rm(path, { force: true }),
  async sync(path) {
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
  async stat(path) {
    const found = await unlessMissing(stat(path), undefined);
    return found && { size: found.size, modifiedAt: found.mtimeMs };
  },
  names: (folder) => unlessMissing(readdir(folder), []),
};

async function unlessMissing<T, N>(asked: Promise<T>, otherwise: N): Promise<T | N> {
  try {
    return await asked;
  } catch (error) {
    if (isMissing(error)) return otherwise;
    throw error;
  }
}
