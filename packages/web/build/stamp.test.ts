import { afterEach, beforeEach, expect, test } from 'bun:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stampOfSources } from './stamp';

let root: string;
const write = (path: string, text: string) => Bun.write(join(root, path), text);
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'confab-stamp-'));
  await write('package-lock.json', '{}');
  await write('packages/web/src/main.tsx', 'one');
});
afterEach(() => rm(root, { recursive: true, force: true }));

test.each([
  'packages/web/src/main.tsx',
  'packages/web/build/page.ts',
  'packages/client/src/client.ts',
  'packages/protocol/src/ids.ts',
  'package-lock.json',
])('another %s makes another app', async (path) => {
  const before = await stampOfSources(root);
  await write(path, 'two');
  expect(await stampOfSources(root)).not.toBe(before);
});

test.each(['packages/web/src/main.test.ts', 'packages/server/src/main.ts', 'README.md'])(
  'another %s does not',
  async (path) => {
    const before = await stampOfSources(root);
    await write(path, 'two');
    expect(await stampOfSources(root)).toBe(before);
  },
);
