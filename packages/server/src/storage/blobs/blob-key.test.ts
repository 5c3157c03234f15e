import { describe, expect, test } from 'bun:test';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { checkedKey, isBlobKey, newBlobKey } from './blob-key';

describe('a key', () => {
  test('has its kind, two folders and a name of 128 bits', () => {
    const key = newBlobKey('thumbnails', 'webp', () => Buffer.from('ab'.repeat(16), 'hex'));
    expect(String(key)).toBe(`thumbnails/ab/ab/${'ab'.repeat(16)}.webp`);
  });

  test('is one, whatever extension was wanted', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.constantFrom('JPG', '..', '/', 'tar.gz', '')),
        (wanted) => {
          const key = newBlobKey('media', wanted, randomBytes);
          expect(isBlobKey(key)).toBe(true);
          expect(String(checkedKey(key))).toBe(String(key));
        },
      ),
    );
  });

  test('is the only thing that is one', () => {
    fc.assert(fc.property(fc.string(), (text) => expect(isBlobKey(text)).toBe(false)));
    expect(() => checkedKey('media/../secret')).toThrow('no key');
  });
});
