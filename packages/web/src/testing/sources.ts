import { resolve } from 'node:path';
import { Glob } from 'bun';

const ROOT = resolve(import.meta.dir, '..');

/** The app's own files that match a pattern, by their paths; tests are left out. */
export async function sourcesLike(pattern: string): Promise<Map<string, string>> {
  const paths = await Array.fromAsync(new Glob(pattern).scan({ cwd: ROOT }));
  const own = paths.filter((path) => !/\.test\.tsx?$|^testing\//.test(path)).sort();
  return new Map(
    await Promise.all(
      own.map(
        async (path): Promise<[string, string]> => [
          path,
          await Bun.file(resolve(ROOT, path)).text(),
        ],
      ),
    ),
  );
}
