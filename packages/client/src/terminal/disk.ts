import { open, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, parse, resolve, sep } from 'node:path';
import type { FileSource } from '../index';
import { fileOnDisk } from '../node';
import { plainLine } from './plain-text';

/** The files of whoever sits at the terminal. */
export interface Disk {
  /** The file of this path, if there is one. */
  open(path: string): Promise<FileSource | undefined>;
  /** Whether there is a directory of this path. */
  isFolder(path: string): Promise<boolean>;
  /**
   * Writes a new file: at this path, or under this name where the path is a folder or missing. What
   * is there already is never touched. @returns its path
   */
  save(path: string | undefined, name: string, content: Content): Promise<string>;
}

type Content = ReadableStream<Uint8Array>;

/** After so many names that are taken there is something else the matter. */
const MOST_NAMES = 1_000;

/** The disk of this machine. */
export const DISK: Disk = {
  open: async (path) => fileOnDisk(absolute(path)).catch(() => undefined),
  isFolder: (path) => isFolder(absolute(path)),
  async save(path, name, content) {
    const target = absolute(path ?? '.');
    if (path?.endsWith(sep) || (await isFolder(target))) return saveIn(target, name, content);
    if (await saveAt(target, content)) return target;
    throw new Error(`${plainLine(target)} is there already.`);
  },
};

async function saveIn(folder: string, name: string, content: Content): Promise<string> {
  const { name: stem, ext } = parse(safeName(name));
  for (let n = 1; n <= MOST_NAMES; n++) {
    const path = join(folder, n === 1 ? stem + ext : `${stem} (${n})${ext}`);
    if (await saveAt(path, content)) return path;
  }
  throw new Error(`There are too many files called ${plainLine(name)}.`);
}

/** False when there is a file of this name; its content is not read then. */
async function saveAt(path: string, content: Content): Promise<boolean> {
  const file = await open(path, 'wx').catch((error) => {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return null;
    throw error;
  });
  if (!file) return false;
  try {
    for await (const chunk of content) await file.writeFile(chunk);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  return true;
}

/** Others chose the name: it must not lead elsewhere, hide, or mean something to a system. */
export function safeName(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? '';
  const safe = plainLine(last)
    .replace(/[<>:"|?*]/g, '_')
    .replace(/^[.~ -]+/, '_')
    .trim();
  return safe === '' ? 'file' : safe;
}

const absolute = (path: string) => resolve(path.replace(/^~(?=\/|$)/, homedir()));

const isFolder = (path: string) =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
