import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { cleanFilename, contentDisposition } from './content-disposition';

describe('the name that a file is saved by', () => {
  test.each([
    ['summit.jpg', 'summit.jpg'],
    ['../../etc/passwd', '_.._etc_passwd'],
    ['C:\\temp\\x.txt', 'C__temp_x.txt'],
    ['a\r\nSet-Cookie: x=1', 'aSet-Cookie_ x=1'],
    ['\u202egpj.exe', 'gpj.exe'],
    ['a\u2066b\u2069\u200b\ufeff.png', 'ab.png'],
    ['می\u200cخواهم.pdf', 'می\u200cخواهم.pdf'],
    ['  .hidden. ', 'hidden'],
    ['', 'file'],
    ['...', 'file'],
    ['\u0000\u0007', 'file'],
    ['half \ud800.txt', 'half \ufffd.txt'],
  ])('%j becomes %j', (given, cleaned) => {
    expect(cleanFilename(given)).toBe(cleaned);
  });

  test('is not too long, and keeps what it ends in', () => {
    const long = cleanFilename(`${'👍'.repeat(400)}.tar.gz`);
    expect([...long]).toHaveLength(150);
    expect(long).toEndWith('👍.gz');
  });
});

describe('Content-Disposition', () => {
  test.each([
    ['plain.png', 'inline; filename="plain.png"'],
    ['a"b\\c.png', `inline; filename="a_b_c.png"; filename*=UTF-8''a%22b_c.png`],
    ['100%.png', `inline; filename="100_.png"; filename*=UTF-8''100%25.png`],
    ["it's (1).png", `inline; filename="it's (1).png"`],
    [
      'Gipfel – ü.png',
      `inline; filename="Gipfel _ _.png"; filename*=UTF-8''Gipfel%20%E2%80%93%20%C3%BC.png`,
    ],
    ["ü'(1)*.png", `inline; filename="_'(1)*.png"; filename*=UTF-8''%C3%BC%27%281%29%2A.png`],
  ])('of %j', (name, header) => {
    expect(contentDisposition('inline', name)).toBe(header);
  });

  test('is one header of plain characters, whatever the name', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string()), (name) => {
        const header = contentDisposition('attachment', name);
        expect(header).toMatch(
          /^attachment; filename="[^"\\%]+"(; filename\*=UTF-8''[\w.~%!#$&+^`|-]+)?$/,
        );
        expect(new Headers({ 'content-disposition': header }).get('content-disposition')).toBe(
          header,
        );
        const encoded = header.split("UTF-8''")[1];
        if (encoded) expect(decodeURIComponent(encoded)).toBe(cleanFilename(name));
      }),
      { numRuns: 1000 },
    );
  });
});
