import { cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WebFiles } from '../../packages/server/src/http/web-app/web-files';
import { builtApp } from './web-world';

/** The hash at the end of an asset's name. */
const HASH = /-([a-z0-9]{8})\.(js|css)$/;

/** The app of a server that is updated while it runs: another build of it takes the place of the first. */
export class UpdatedApp implements WebFiles {
  folder: string;
  names: ReadonlySet<string>;
  stamp: string;
  readonly #made: string[] = [];

  private constructor({ folder, names, stamp }: WebFiles) {
    this.folder = folder;
    this.names = names;
    this.stamp = stamp;
  }

  static async make(): Promise<UpdatedApp> {
    return new UpdatedApp(await builtApp());
  }

  /** From now on every file of the app has another name and content. */
  async update(): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), 'confab-build-'));
    this.#made.push(folder);
    await cp(this.folder, folder, { recursive: true });
    const word = `nxt${this.#made.length}`;
    await renameAll(folder, word);
    this.folder = folder;
    this.names = new Set(await readdir(folder, { recursive: true }));
    this.stamp = word + this.stamp.slice(4);
  }

  async drop(): Promise<void> {
    await Promise.all(this.#made.map((one) => rm(one, { recursive: true, force: true })));
  }
}

/** @param word takes the place of the first four letters of the build's name */
async function renameAll(folder: string, word: string): Promise<void> {
  const names = await readdir(folder, { recursive: true });
  await Promise.all(
    names.filter((name) => /\.(br|gz)$/.test(name)).map((n) => rm(join(folder, n))),
  );
  const hashes = names.flatMap((name) => HASH.exec(name)?.[1] ?? []);
  const renamed = (text: string) =>
    hashes.reduce((all, hash) => all.replaceAll(hash, nextOf(hash)), text);
  for (const name of names.filter((each) => /\.(js|css|html)$/.test(each))) {
    const path = join(folder, name);
    const text = renamed(await readFile(path, 'utf8'));
    await writeFile(path, text.replace(/^const BUILD="..../, `const BUILD="${word}`));
    if (renamed(name) !== name) await rename(path, join(folder, renamed(name)));
  }
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789a';

/** Another one for each: two that become the same would be one file. */
const nextOf = (hash: string) =>
  LETTERS.charAt(LETTERS.indexOf(hash.charAt(0)) + 1) + hash.slice(1);
