import { resolve } from 'node:path';
import { Glob } from 'bun';

const ROOT = resolve(import.meta.dir, '../../..');
/** Everything that the built app is made of. */
const INPUTS = new Glob('packages/{web,client,protocol}/{src,build}/**/*');
/** Packages change with it alone. */
const LOCK = 'package-lock.json';

/** A hash of all that the app is made of: equal ones give equal apps. */
export async function stampOfSources(root = ROOT): Promise<string> {
  const paths = [LOCK, ...(await Array.fromAsync(INPUTS.scan({ cwd: root })))];
  const hash = new Bun.CryptoHasher('sha256');
  for (const path of paths.sort()) {
    if (/\.test\.tsx?$/.test(path)) continue;
    hash.update(path);
    hash.update(await Bun.file(resolve(root, path)).bytes());
  }
  return hash.digest('hex');
}
