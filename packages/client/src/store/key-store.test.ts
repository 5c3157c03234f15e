import { afterEach, describe, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileKeyStore } from '../node';
import { KEY_STORE_CONTRACT } from '../testing/key-store-contract';
import { type KeyStore, MemoryKeyStore } from './key-store';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const inMemory = (): (() => KeyStore) => {
  const store = new MemoryKeyStore();
  return () => store;
};

const inFiles = (): (() => KeyStore) => {
  const folder = mkdtempSync(join(tmpdir(), 'confab-keys-'));
  folders.push(folder);
  return () => new FileKeyStore(join(folder, 'keys'));
};

/** The one in IndexedDB is held to the same in a browser. */
describe.each([
  ['memory', inMemory],
  ['files', inFiles],
])('a key store in %s', (_, make) => {
  test.each(Object.entries(KEY_STORE_CONTRACT))('%s', (_name, rule) => rule(make()));
});
