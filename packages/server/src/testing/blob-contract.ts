import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BlobKey, type BlobKind, newBlobKey } from '../storage/blobs/blob-key';
import type { BlobStore, ByteRange } from '../storage/blobs/blob-store';

const MIB = 1024 * 1024;

/** A folder of a test's own, with the staging folder in it. */
export class BlobFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'confab-blobs-'));
  readonly incoming = join(this.path, 'incoming');
  #files = 0;

  constructor() {
    mkdirSync(this.incoming);
  }

  /** A finished file that waits to be taken over. */
  staged(content: Uint8Array | string): string {
    const path = join(this.incoming, `upload-${++this.#files}`);
    writeFileSync(path, content);
    return path;
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }
}

export const anyKey = (kind: BlobKind = 'media') => newBlobKey(kind, 'bin', randomBytes);

export async function contentOf(store: BlobStore, key: BlobKey, range?: ByteRange) {
  const content = await store.read(key, range);
  return content && Buffer.from(await new Response(content).arrayBuffer());
}

export async function listed(store: BlobStore) {
  const found = [];
  for await (const blob of store.list()) found.push(blob);
  return found.sort((a, b) => a.key.localeCompare(b.key));
}

const BAD_KEYS = [
  '',
  '.',
  '/etc/passwd',
  'secret',
  'db/chat.sqlite',
  'media/../secret',
  'media/ab/cd/../../../secret',
  'media/ab/cd/abcd0123456789abcdef0123456789ab',
  'media/ab/cd/abcd0123456789abcdef0123456789ab.jpg/../x',
  'media/ab/cd/efab0123456789abcdef0123456789ab.jpg',
  'media/ab/cd/abcd0123456789abcdef0123456789ab.jpg\0',
  'media/ab/cd/abcd0123456789abcdef0123456789ab.jpg\n',
  'media\\ab\\cd\\abcd0123456789abcdef0123456789ab.jpg',
] as BlobKey[];

/** What every store must do. @param open makes an empty store whose staging files lie in the folder */
export function blobContract(
  name: string,
  open: (folder: BlobFolder) => Promise<{ store: BlobStore; close(): Promise<void> }>,
): void {
  describe(`blob store: ${name}`, () => {
    let folder: BlobFolder;
    let opened: { store: BlobStore; close(): Promise<void> };
    let store: BlobStore;
    beforeAll(async () => {
      folder = new BlobFolder();
      opened = await open(folder);
      store = opened.store;
    });
    afterEach(async () => {
      for (const { key } of await listed(store)) await store.remove(key);
      for (const left of readdirSync(folder.incoming)) rmSync(join(folder.incoming, left));
    });
    afterAll(async () => {
      await opened.close();
      folder.remove();
    });

    const adopt = async (content: Uint8Array | string, key = anyKey()) => {
      await store.adopt(key, folder.staged(content), 'application/octet-stream');
      return key;
    };

    test('what is taken over can be read, whole and in parts, and its local file is gone', async () => {
      const path = folder.staged('0123456789');
      const key = anyKey();
      await store.adopt(key, path, 'text/plain');
      expect(existsSync(path)).toBe(false);
      expect(await store.size(key)).toBe(10);
      expect(String(await contentOf(store, key))).toBe('0123456789');
      // One byte from the start is left out: s3rver takes an end of 0 for none.
      expect(String(await contentOf(store, key, { start: 0, end: 1 }))).toBe('01');
      expect(String(await contentOf(store, key, { start: 3, end: 6 }))).toBe('3456');
      expect(String(await contentOf(store, key, { start: 9, end: 9 }))).toBe('9');
      expect(String(await contentOf(store, key, { start: 0, end: 9 }))).toBe('0123456789');
    });

    test('an empty file is a file', async () => {
      const key = await adopt('');
      expect(await store.size(key)).toBe(0);
      expect(await contentOf(store, key)).toHaveLength(0);
    });

    test('a large file comes back bit by bit', async () => {
      const content = randomBytes(12 * MIB + 7);
      const key = await adopt(content);
      expect(await store.size(key)).toBe(content.length);
      expect((await contentOf(store, key))?.equals(content)).toBe(true);
      const range = { start: 5 * MIB - 3, end: 11 * MIB };
      const part = content.subarray(range.start, range.end + 1);
      expect((await contentOf(store, key, range))?.equals(part)).toBe(true);
    });

    test('what was never there is told apart', async () => {
      const key = anyKey();
      expect(await store.size(key)).toBeUndefined();
      expect(await store.read(key)).toBeUndefined();
      expect(await store.read(key, { start: 0, end: 1 })).toBeUndefined();
      const used = store.withLocalFile(key, async () => 'used');
      await expect(used).rejects.toMatchObject({ code: 'not_found' });
    });

    test('taking over again is harmless, with the local file or without', async () => {
      const path = folder.staged('once');
      const key = anyKey();
      await store.adopt(key, path, 'text/plain');
      await store.adopt(key, path, 'text/plain');
      writeFileSync(path, 'once');
      await store.adopt(key, path, 'text/plain');
      expect(existsSync(path)).toBe(false);
      expect(String(await contentOf(store, key))).toBe('once');
    });

    test('nothing to take over is a fault, and makes nothing', async () => {
      const key = anyKey();
      const path = join(folder.incoming, 'never');
      await expect(store.adopt(key, path, 'text/plain')).rejects.toThrow();
      expect(await store.size(key)).toBeUndefined();
    });

    test('what is removed is gone, and may be removed again', async () => {
      const [key, other] = [await adopt('a'), await adopt('b')];
      await store.remove(key);
      await store.remove(key);
      await store.remove(anyKey());
      expect(await store.size(key)).toBeUndefined();
      expect(await store.read(key)).toBeUndefined();
      expect(String(await contentOf(store, other))).toBe('b');
    });

    test('lends a local file, and leaves nothing behind', async () => {
      const key = await adopt('content');
      let lent = '';
      const used = await store.withLocalFile(key, async (path) => {
        lent = path;
        return `${await Bun.file(path).text()} used`;
      });
      expect(used).toBe('content used');
      const failed = store.withLocalFile(key, () => Promise.reject(new Error('no use')));
      await expect(failed).rejects.toThrow('no use');
      expect(readdirSync(folder.incoming)).toEqual([]);
      expect(String(await contentOf(store, key))).toBe('content');
      expect(lent).toStartWith(folder.path);
    });

    test('lists everything of every kind', async () => {
      expect(await listed(store)).toEqual([]);
      const before = Date.now();
      const keys = [anyKey('media'), anyKey('media'), anyKey('thumbnails'), anyKey('avatars')];
      await Promise.all(keys.map((key, at) => adopt('x'.repeat(at), key)));
      const found = await listed(store);
      expect(found.map(({ key }) => key)).toEqual(keys.toSorted((a, b) => a.localeCompare(b)));
      for (const { key, size, modifiedAt } of found) {
        expect(size).toBe(keys.indexOf(key));
        // S3 counts in seconds.
        expect(modifiedAt).toBeWithin(before - 2000, Date.now() + 2000);
      }
    });

    test.each(BAD_KEYS)('%j is no key, whatever is asked', async (key) => {
      const path = folder.staged('x');
      await expect(store.adopt(key, path, 'text/plain')).rejects.toThrow('no key');
      await expect((async () => store.size(key))()).rejects.toThrow('no key');
      await expect((async () => store.read(key))()).rejects.toThrow('no key');
      await expect((async () => store.remove(key))()).rejects.toThrow('no key');
      await expect(store.withLocalFile(key, async () => 1)).rejects.toThrow('no key');
      expect(existsSync(path)).toBe(true);
    });

    test('a reader who leaves does not matter to others', async () => {
      const content = randomBytes(3 * MIB);
      const key = await adopt(content);
      const left = await store.read(key);
      const reader = (left instanceof Blob ? left.stream() : left)?.getReader();
      await reader?.read();
      await reader?.cancel();
      expect((await contentOf(store, key))?.equals(content)).toBe(true);
    });
  });
}
