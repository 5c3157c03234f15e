import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { anyKey, BlobFolder, contentOf, listed } from '../../testing/blob-contract';
import { DiskBlobs } from './disk-blobs';
import { type DiskFiles, diskFiles } from './disk-files';

const CRASHING = new URL('../../testing/adopt-and-die.ts', import.meta.url).pathname;
const failing = (code: string) => () => Promise.reject(Object.assign(new Error(code), { code }));

describe('a disk', () => {
  let folder: BlobFolder;
  beforeEach(() => {
    folder = new BlobFolder();
  });
  afterEach(() => folder.remove());
  const storeOn = (faults: Partial<DiskFiles>) =>
    new DiskBlobs(folder.path, { ...diskFiles, ...faults });

  test.each([
    ['ENOSPC', 'storage_full'],
    ['EDQUOT', 'storage_full'],
    ['EMFILE', 'overloaded'],
    ['EIO', 'EIO'],
  ])('that says %s is told as %s, and nothing is lost', async (said, told) => {
    for (const step of ['makeFolder', 'sync', 'rename'] as const) {
      const [key, path] = [anyKey(), folder.staged('kept')];
      const adopted = storeOn({ [step]: failing(said) }).adopt(key, path);
      await expect(adopted).rejects.toMatchObject({ code: told });
      expect(readFileSync(path, 'utf8')).toBe('kept');
      await new DiskBlobs(folder.path).adopt(key, path);
      expect(String(await contentOf(new DiskBlobs(folder.path), key))).toBe('kept');
    }
  });

  test('with too many open files is busy, for readers as well', async () => {
    const store = storeOn({ stat: failing('EMFILE') });
    const busy = { code: 'overloaded', temporary: true };
    await expect(store.size(anyKey())).rejects.toMatchObject(busy);
    await expect(store.read(anyKey())).rejects.toMatchObject(busy);
    await expect(store.withLocalFile(anyKey(), async () => 1)).rejects.toMatchObject(busy);
  });

  test('confirms a file, then its name, then the folders that are new', async () => {
    const steps: string[] = [];
    const store = storeOn({
      sync: async (path) => void steps.push(`sync ${path.slice(folder.path.length)}`),
      rename: async (from, to) => {
        steps.push('rename');
        await diskFiles.rename(from, to);
      },
    });
    const [key, path] = [anyKey(), folder.staged('x')];
    await store.adopt(key, path);
    const [kind, a, b] = key.split('/');
    const folders = [`/${kind}/${a}`, `/${kind}`, ''].map((made) => `sync ${made}`);
    const staged = `sync ${path.slice(folder.path.length)}`;
    expect(steps).toEqual([...folders, staged, 'rename', `sync /${kind}/${a}/${b}`]);
  });

  test('beside the one with uploads takes files over by copying', async () => {
    const across = async (from: string, to: string) => {
      if (from.startsWith(folder.incoming)) await failing('EXDEV')();
      await diskFiles.rename(from, to);
    };
    const [key, path] = [anyKey(), folder.staged('content')];
    await storeOn({ rename: across }).adopt(key, path);
    expect(existsSync(path)).toBe(false);
    expect(String(await contentOf(new DiskBlobs(folder.path), key))).toBe('content');
    expect(await listed(new DiskBlobs(folder.path))).toHaveLength(1);
  });

  test('forgets half a copy with its file', async () => {
    const [key, store] = [anyKey(), new DiskBlobs(folder.path)];
    const target = join(folder.path, key);
    await diskFiles.makeFolder(dirname(target));
    writeFileSync(`${target}.part`, 'hal');
    expect(await listed(store)).toEqual([]);
    await store.remove(key);
    expect(existsSync(`${target}.part`)).toBe(false);
  });

  test.each(['makeFolder', 'sync', 'rename', 'copy', 'remove'])(
    'killed at %s shows the whole file or none, and takes it over the next time',
    async (step) => {
      for (const moment of ['before', 'after']) {
        const content = 'x'.repeat(100_000);
        const [key, path] = [anyKey(), folder.staged(content)];
        const command = [process.execPath, CRASHING, folder.path, key, path, step, moment];
        const child = Bun.spawn(command, { stdout: 'ignore', stderr: 'inherit' });
        await child.exited;
        expect(child.signalCode).toBe('SIGKILL');
        const store = new DiskBlobs(folder.path);
        expect([undefined, content.length]).toContain(await store.size(key));
        await store.adopt(key, path);
        expect(String(await contentOf(store, key))).toBe(content);
        expect(statSync(join(folder.path, key)).isFile()).toBe(true);
      }
    },
  );
});
