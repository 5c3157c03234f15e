import { afterEach, beforeEach, expect, test } from 'bun:test';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileKeyStore } from './file-key-store';

let folder: string;

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'confab-keys-')), 'keys');
});
afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }));

test('what is put lies in files that their user alone can read', async () => {
  const store = new FileKeyStore(folder);
  await store.put('epochs/7', { key: 'x' });
  const modes = [folder, join(folder, 'epochs%2F7.json')].map(async (path) => {
    const { mode } = await stat(path);
    return (mode & 0o777).toString(8);
  });
  expect(await Promise.all(modes)).toEqual(['700', '600']);
});
