import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { fromBase32, inGroups, normaliseBase32, toBase32 } from './base32';
import { fromBase64Url, fromUtf8, toBase64Url } from './encoding';
import { pad, unpad } from './messages/padding';
import { reasonOf } from './testing/people';

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Uint8Array.from(array));

describe('base64url', () => {
  test('is what the runtime writes, without padding, and comes back', () => {
    fc.assert(
      fc.property(bytes, (value) => {
        const text = toBase64Url(value);
        expect(text).toBe(Buffer.from(value).toString('base64url'));
        expect(fromBase64Url(text)).toEqual(value);
      }),
    );
  });

  test('one text for each value: padding, other alphabets and spare bits are refused', async () => {
    for (const text of ['QQ==', 'QR', 'QUJ', 'Q', 'a+b/', 'a b', 'QQ\n', 7, null, undefined]) {
      const isGood = text === 'QUI';
      expect(await reasonOf(() => fromBase64Url(text))).toBe(isGood ? 'accepted' : 'malformed');
    }
  });

  test('megabytes do not overflow the stack', () => {
    const value = new Uint8Array(3_000_000).fill(7);
    expect(fromBase64Url(toBase64Url(value)).length).toBe(value.length);
  });
});

test('text that is not UTF-8 is refused, and a byte order mark stays', async () => {
  expect(await reasonOf(() => fromUtf8(Uint8Array.of(0xc3)))).toBe('malformed');
  expect(fromUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 65))).toBe('\uFEFFA');
});

describe("Crockford's base 32", () => {
  test('comes back, in groups and however it is typed', () => {
    const whole = fc
      .uint8Array({ minLength: 10, maxLength: 10 })
      .map((one) => Uint8Array.from(one));
    fc.assert(
      fc.property(whole, (value) => {
        const text = toBase32(value);
        expect(text).toHaveLength(16);
        const typed = inGroups(text).toLowerCase().replaceAll('0', 'o').replaceAll('1', 'l');
        expect(fromBase32(normaliseBase32(` ${typed} `))).toEqual(value);
      }),
    );
  });

  test('has no place for U', () => expect(fromBase32('UUUU')).toBeUndefined());
});

describe('padding', () => {
  test('fills blocks of 64 bytes and comes off again', () => {
    fc.assert(
      fc.property(bytes, (value) => {
        const padded = pad(value);
        expect(padded.length % 64).toBe(0);
        expect(padded.length - value.length).toBeLessThanOrEqual(64);
        expect(unpad(padded)).toEqual(value);
      }),
    );
  });

  test('that is not canonical is refused', async () => {
    const tooLong = new Uint8Array(128);
    tooLong[3] = 0x80;
    const noMark = new Uint8Array(64).fill(1);
    for (const bad of [
      new Uint8Array(64),
      tooLong,
      noMark,
      new Uint8Array(0),
      pad(new Uint8Array(3)).slice(0, 63),
    ]) {
      expect(await reasonOf(() => unpad(bad))).toBe('malformed');
    }
  });
});
