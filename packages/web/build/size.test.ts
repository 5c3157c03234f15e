import { afterAll, expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from './bundle';

const LIMIT = 90 * 1024;
const folder = join(mkdtempSync(join(tmpdir(), 'confab-size-')), 'app');
afterAll(() => rmSync(join(folder, '..'), { recursive: true }));

/** What a script loads before it runs: not what it imports later, as a call. */
async function closure(name: string, seen = new Set<string>()): Promise<Set<string>> {
  if (seen.has(name)) return seen;
  seen.add(name);
  const text = await Bun.file(join(folder, 'assets', name)).text();
  for (const [, imported = ''] of text.matchAll(
    /(?:from|import)\s*"\/?(?:[\w./]*\/)?([\w-]+\.js)"/g,
  )) {
    await closure(imported, seen);
  }
  return seen;
}

test('the first screen needs no more than 90 KB of script, compressed as browsers without Brotli get it', async () => {
  await build(folder);
  const page = await Bun.file(join(folder, 'index.html')).text();
  const main = /src="\/app\/assets\/([^"]+)"/.exec(page)?.[1] ?? '';
  const names = [...(await closure(main))];
  const sizes = names.map((name) => {
    const packed = Bun.file(join(folder, 'assets', `${name}.gz`));
    return packed.size || Bun.file(join(folder, 'assets', name)).size;
  });
  const total = sizes.reduce((sum, size) => sum + size, 0);
  expect(names.length).toBeGreaterThan(0);
  expect(total).toBeGreaterThan(10_000);
  expect(total).toBeLessThanOrEqual(LIMIT);
}, 120_000);
