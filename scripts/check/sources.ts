import { resolve } from 'node:path';
import { Glob } from 'bun';
import type { SourceTree } from './imports';

/** Where code that people write lies; installed and generated files are elsewhere. */
const SOURCES = new Glob(
  '{packages/*/{src,test},bench,scripts,test}/**/*.{ts,tsx,js,c,h,css,html}',
);
const NOT_OURS = /(^|\/)(node_modules|\.build)\//;

/** All source files of the repository. */
export async function sourceTree(root: string): Promise<SourceTree> {
  const paths = (await Array.fromAsync(SOURCES.scan({ cwd: root }))).filter(
    (path) => !NOT_OURS.test(path),
  );
  const read = async (path: string): Promise<[string, string]> => [
    path,
    await Bun.file(resolve(root, path)).text(),
  ];
  return new Map(await Promise.all(paths.sort().map(read)));
}
