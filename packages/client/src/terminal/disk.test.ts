import { afterEach, beforeEach, expect, test } from 'bun:test';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DISK, safeName } from './disk';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'confab-disk-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const content = (text: string) => new Blob([text]).stream();

test('a file is read from any byte on, and a folder is none', async () => {
  const path = join(folder, 'notes.txt');
  await writeFile(path, 'hello');
  const file = await DISK.open(path);
  expect(file).toMatchObject({ name: 'notes.txt', size: 5 });
  expect(await new Response(file?.stream(0)).text()).toBe('hello');
  expect(await new Response(file?.stream(3)).text()).toBe('lo');
  expect(await DISK.open(folder)).toBeUndefined();
  expect(await DISK.open(`${path}x`)).toBeUndefined();
  const paths = [folder, path, `${path}x`];
  expect(await Promise.all(paths.map(DISK.isFolder))).toEqual([true, false, false]);
});

test('files are saved in a folder under names that nobody has', async () => {
  expect(await DISK.save(folder, 'a.txt', content('1'))).toBe(join(folder, 'a.txt'));
  expect(await DISK.save(folder, 'a.txt', content('2'))).toBe(join(folder, 'a (2).txt'));
  expect(await readFile(join(folder, 'a.txt'), 'utf8')).toBe('1');
  expect(await readFile(join(folder, 'a (2).txt'), 'utf8')).toBe('2');
});

test('a file is saved at a path, unless there is one', async () => {
  const path = join(folder, 'mine.txt');
  expect(await DISK.save(path, 'a.txt', content('1'))).toBe(path);
  await expect(DISK.save(path, 'a.txt', content('2'))).rejects.toThrow('is there already');
  expect(await readFile(path, 'utf8')).toBe('1');
});

test('what breaks off leaves no file', async () => {
  const broken = new ReadableStream({
    pull: (controller) => controller.error(new Error('it broke')),
  });
  await expect(DISK.save(folder, 'a.txt', broken)).rejects.toThrow('it broke');
  await DISK.save(folder, 'b.txt', content('1'));
  expect(await readdir(folder)).toEqual(['b.txt']);
});

test.each([
  ['summit.jpg', 'summit.jpg'],
  ['../../etc/passwd', 'passwd'],
  ['C:\\Windows\\cmd.exe', 'cmd.exe'],
  ['.bashrc', '_bashrc'],
  ['-rf', '_rf'],
  ['a\u0007b:c.txt', 'a␇b_c.txt'],
  ['..', '_'],
  ['', 'file'],
])('the name %p is saved as %p', (name, safe) => {
  expect(safeName(name)).toBe(safe);
});
