import { expect, test } from 'bun:test';
import { join } from 'node:path';

/** The packages that a file loads with all that it imports. */
async function packagesOf(entry: string): Promise<string[]> {
  const { outputs } = await Bun.build({
    entrypoints: [join(import.meta.dir, entry)],
    target: 'bun',
  });
  const text = await outputs[0]?.text();
  const found = text?.matchAll(/^\/\/ .*node_modules\/((?:@[^/]+\/)?[^/]+)\//gm) ?? [];
  return [...new Set([...found].map(([, name]) => name ?? ''))].toSorted();
}

test('threads load the database’s queries, and no schemas: each thread has a copy of what it loads', async () => {
  expect(await packagesOf('writer-thread.ts')).toEqual(['kysely']);
  expect(await packagesOf('reader-thread.ts')).toEqual(['kysely']);
});
