import { afterEach, beforeEach, expect, test } from 'bun:test';
import { type OpenDatabase, openTestDatabase } from '../testing/storage/open';
import { put } from '../testing/storage/writes';
import { defineRead } from './read';
import { ThreadReader } from './thread-reader';

const ENTRY = new URL('../testing/storage/reader-thread.ts', import.meta.url);

/** What testing/storage/reads.ts defines; here they are only named. */
const named = <I, O>(name: string) =>
  defineRead<I, O>(name, () => Promise.reject(new Error('It runs in the thread')));
const value = named<string, string | null>('test.value');
const twice = named<string, boolean>('test.twice');
const die = named<null, never>('test.die');

let open: OpenDatabase;
let reader: ThreadReader;
beforeEach(async () => {
  open = await openTestDatabase('sqlite');
  const { location } = open;
  if (location.dialect !== 'sqlite') throw new Error('Not SQLite');
  reader = new ThreadReader(ENTRY, location.path);
});
afterEach(async () => {
  await reader.close();
  await open.drop();
});

test('a read runs in the thread, and sees what was committed before it', async () => {
  await open.database.committer.submit(put, { key: 'a', value: '1' }, 0);
  expect(await reader.run(value, 'a')).toBe('1');
  expect(await reader.run(value, 'b')).toBeNull();
});

test('a read sees one moment, whatever is committed meanwhile', async () => {
  // The thread is there: the next read begins at once, and before the write.
  expect(await reader.run(value, 'later')).toBeNull();
  const reading = reader.run(twice, 'later');
  await open.database.committer.submit(put, { key: 'later', value: '1' }, 0);
  expect(await reading).toBe(true);
});

test('one that fails leaves the others alone', async () => {
  await expect(reader.run(named<null, null>('test.unknown'), null)).rejects.toThrow('test.unknown');
  expect(await reader.run(value, 'a')).toBeNull();
});

test('a thread that ended is replaced', async () => {
  await expect(reader.run(die, null)).rejects.toThrow('gone');
  await reader.run(die, null).catch(() => {});
  expect(await reader.run(value, 'a')).toBeNull();
});
