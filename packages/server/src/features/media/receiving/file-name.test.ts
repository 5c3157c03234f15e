import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { cleanFileName } from './file-name';

describe('a file’s name', () => {
  test.each([
    ['summit.jpg', 'summit.jpg'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\ann\\photo.png', 'photo.png'],
    ['exe.\u202etxt.doc', 'exe.txt.doc'],
    ['a\u0000b\r\nc.txt', 'abc.txt'],
    ['Cafe\u0301.txt', 'Café.txt'],
    ['in\u00advoice\u200b.pdf\u{e0065}\u2060', 'invoice.pdf'],
    ['e\u00ad\u0301', 'é'],
    ['می\u200cخواهم.pdf', 'می\u200cخواهم.pdf'],
    ['  spaces.txt  ', 'spaces.txt'],
    ['', 'file'],
    ['.', 'file'],
    ['..', 'file'],
    ['dir/', 'file'],
    ['\u200e\u200f', 'file'],
    ['\ud800.txt', '\ufffd.txt'],
    ['.profile', '.profile'],
  ])('%j is kept as %j', (name, kept) => {
    expect(cleanFileName(name)).toBe(kept);
  });

  test('too long is cut, and keeps what tells its type', () => {
    const name = cleanFileName(`${'ü'.repeat(300)}.jpeg`);
    expect(name.endsWith('ü.jpeg')).toBe(true);
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
    expect(Buffer.byteLength(name)).toBeGreaterThan(250);
  });

  test('is always fit to be shown, and cleaning it again changes nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (name) => {
        const kept = cleanFileName(name);
        expect(kept).not.toBe('');
        expect(Buffer.byteLength(kept)).toBeLessThanOrEqual(255);
        expect(kept).not.toMatch(/[/\\\p{Cc}\u202e]/u);
        expect(cleanFileName(kept)).toBe(kept);
      }),
    );
  });
});
