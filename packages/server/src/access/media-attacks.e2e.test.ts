import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Media } from '@confab/protocol';
import { zipSync } from 'fflate';
import { hugePng, manyFramesGif } from '../features/media/testing/bombs';
import { FIXTURE_FILES, fixture } from '../features/media/testing/fixtures';
import { PIXEL, picture, type TestFile, text, tryUpload, upload } from '../testing/files';
import { nothingLeft, takeStock } from '../testing/leftovers';
import { TestServer } from '../testing/server';
import { storedFiles } from '../testing/stored';
import type { TestUser } from '../testing/user';
import { eventually } from '../testing/waiting';

/** Files are looked into by children that yield to all others: a busy machine lets them wait. */
setDefaultTimeout(60_000);
const patienceMs = 40_000;

const SCRIPT = '<script>alert(document.domain)</script>';
const bytesOf = (name: string) => new Uint8Array(readFileSync(fixture(name)));
const joined = (...parts: (string | Uint8Array)[]) =>
  new Uint8Array(Buffer.concat(parts.map((part) => Buffer.from(part as Uint8Array))));
const file = (name: string, type: string, bytes: Uint8Array | string): TestFile => ({
  name,
  type,
  bytes: typeof bytes === 'string' ? bytes : new Uint8Array(bytes),
});

describe('a file with bad intent', () => {
  let server: TestServer;
  let ann: TestUser;
  beforeAll(async () => {
    server = await TestServer.start({ env: { MAX_UPLOAD_MB: '8', RATE_LIMITS: 'off' } });
    ann = await server.user('ann');
  });
  afterAll(() => server.stop());

  const refused = async (each: TestFile, ...codes: string[]) => {
    const before = await takeStock(server);
    const { status, body } = await tryUpload(ann, [each]);
    if (status === 201) await shelved(body.items[0]);
    else expect(codes, `${each.name}: ${status}`).toContain(body.code as string);
    await nothingLeft(server, before, { patienceMs });
  };
  /** On a busy machine an answer does not wait for the refusal: then nobody is shown the file. */
  const shelved = async (media: Media | undefined) => {
    const kept = await known(media);
    expect(kept).toMatchObject({
      media_type: 'other',
      mime_type: 'application/octet-stream',
    } as Partial<Media>);
    await ann.must('DELETE', kept.url);
  };
  const known = (media: Media | undefined) =>
    eventually(
      async () => {
        const info = await ann.must<Media>('GET', `${media?.url}/info`);
        return info.is_processed && info;
      },
      'all that is to know of the file',
      patienceMs,
    );

  describe('that lies about its type', () => {
    test.each([
      ['a text as a picture', file('a.png', 'image/png', 'just text')],
      ['a picture as a text', file('a.txt', 'text/plain', PIXEL)],
      ['a picture as a video', file('a.mp4', 'video/mp4', PIXEL)],
      ['a video as a picture', file('a.jpg', 'image/jpeg', bytesOf('film.mp4'))],
      ['a PNG as a JPEG', file('a.jpg', 'image/jpeg', PIXEL)],
      ['an archive as a document', file('a.docx', '', zipSync({ 'a.txt': new Uint8Array(9) }))],
      ['a PDF as a picture', file('a.png', 'image/png', bytesOf('documents/two-pages.pdf'))],
      [
        'an HLS playlist as a film',
        file('a.mp4', 'video/mp4', '#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n'),
      ],
      [
        'a list of files as a film',
        file('a.mp4', 'video/mp4', "ffconcat version 1.0\nfile '/etc/passwd'\n"),
      ],
      ['a DASH manifest as a film', file('a.mp4', 'video/mp4', '<?xml version="1.0"?><MPD/>')],
    ])('%s', (_, each) => refused(each, 'type_mismatch', 'unsupported_media_type'));
  });

  describe('that would run in a browser, or elsewhere', () => {
    test.each([
      [
        'SVG',
        file('a.svg', 'image/svg+xml', `<svg xmlns="http://www.w3.org/2000/svg">${SCRIPT}</svg>`),
      ],
      ['SVG as a PNG', file('a.png', 'image/png', `<svg>${SCRIPT}</svg>`)],
      [
        'SVG after a prolog',
        file('a.txt', '', `<?xml version="1.0"?><!-- x -->\n<svg>${SCRIPT}</svg>`),
      ],
      ['HTML', file('a.html', 'text/html', SCRIPT)],
      ['HTML without a name', file('a', '', `\n\t ${SCRIPT}`)],
      ['HTML as text', file('a.txt', 'text/plain', `\ufeff<!-- x --> <!DOCTYPE html>${SCRIPT}`)],
      [
        'HTML in UTF-16',
        file('a.txt', 'text/plain', joined([0xff, 0xfe] as never, Buffer.from(SCRIPT, 'utf16le'))),
      ],
      ['a picture named as HTML', { ...picture(), name: 'a.html' }],
      ['a picture sent as HTML', { ...picture(), type: 'text/html' }],
      ['a program', file('a', '', joined('\x7fELF', new Uint8Array(60)))],
      ['a script', file('a.txt', 'text/plain', '#!/bin/sh\nrm -rf /\n')],
    ])('%s', (_, each) => refused(each, 'unsupported_media_type', 'type_mismatch'));

    test.each([
      [
        'a GIF that is a script',
        file('a.gif', 'image/gif', joined('GIF89a/*', bytesOf('moving.gif'), `*/=1;${SCRIPT}`)),
      ],
      [
        'a PDF that is a page',
        file('a.pdf', 'application/pdf', joined(SCRIPT, bytesOf('documents/two-pages.pdf'))),
      ],
    ])('%s is not taken', (_, each) =>
      refused(
        each,
        'corrupt_media',
        'unsupported_media_type',
        'type_mismatch',
        'media_too_complex',
      ),
    );

    test.each([
      [
        'a picture with a page behind it',
        file('a.png', 'image/png', joined(PIXEL, SCRIPT)),
        'image/png',
      ],
      [
        'a photo with an archive behind it',
        file(
          'a.jpg',
          'image/jpeg',
          joined(bytesOf('photo.jpg'), zipSync({ 'a.html': Buffer.from(SCRIPT) })),
        ),
        'image/jpeg',
      ],
      [
        'an archive that begins with a page',
        file(
          'a.zip',
          'application/zip',
          zipSync({ 'a.html': [Buffer.from(SCRIPT), { level: 0 }] }),
        ),
        'application/zip',
      ],
      [
        'bytes with a page among them',
        file('a.bin', '', joined(new Uint8Array(20), SCRIPT)),
        'application/octet-stream',
      ],
    ])('%s is only what it begins with', async (_, each, type) => {
      const [media] = await upload(ann, [each]);
      const answer = await ann.fetch(media?.url ?? '');
      expect(answer.headers.get('content-type')).toBe(type);
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('content-security-policy')).toStartWith('sandbox');
      expect(answer.headers.get('content-disposition')).toStartWith(
        type.startsWith('image/') ? 'inline' : 'attachment',
      );
    });
  });

  describe('with a name', () => {
    test.each([
      ['../../../etc/passwd', 'passwd'],
      ['..\\..\\windows\\system32\\a.txt', 'a.txt'],
      ['/etc/passwd', 'passwd'],
      ['..', 'file'],
      ['invoice\u202efdp.txt', 'invoicefdp.txt'],
      ['a\u2066b\u200f.txt', 'ab.txt'],
      // A form writes these as %0D%0A and %22; control characters go.
      ['line\r\nset-cookie: a=b.txt', 'lineset-cookie: a=b.txt'],
      ['quote".txt', 'quote".txt'],
      ['semi;colon=.txt', 'semi;colon=.txt'],
      [`${'ä'.repeat(2000)}.txt`, `${'ä'.repeat(125)}.txt`],
    ])('%j', async (name, kept) => {
      const [media] = await upload(ann, [text('x', name)]);
      expect(media?.original_filename).toBe(kept);
      const served = await ann.fetch(`${media?.url}?download=1`);
      expect(served.headers.get('content-disposition')).toMatch(
        /^attachment; filename="(?:[ !#-[\]-~]|\\.)*"(; filename\*=UTF-8''[\w%.~!$&+^`|-]*)?$/,
      );
      expect(served.headers.get('set-cookie')).toBeNull();
      const paths = storedFiles(server.directory);
      expect(paths.filter((path) => !/^[a-z]+\/[0-9a-f/]+\.[a-z0-9]+$/.test(path))).toEqual([]);
    });

    test('with a zero byte', () => refused(text('x', 'nul\0l.txt'), 'invalid'));
  });

  describe('that grows when it is opened', () => {
    test('a picture of 20,000 × 20,000 points', () =>
      refused(file('a.png', 'image/png', hugePng(20_000)), 'media_too_complex'));

    test('a GIF of 65,535 × 65,535 points', async () => {
      const gif = bytesOf('moving.gif');
      gif.fill(0xff, 6, 10);
      await refused(file('a.gif', 'image/gif', gif), 'media_too_complex', 'corrupt_media');
    });

    test('a GIF of 50,000 frames is its first one', async () => {
      const [media] = await upload(ann, [file('a.gif', 'image/gif', manyFramesGif(50_000))]);
      expect(await known(media)).toMatchObject({
        mime_type: 'image/gif',
        width: 100,
        height: 100,
      } as Partial<Media>);
    });

    test('an archive of zeros is left alone', async () => {
      const zeros = new Uint8Array(100 * 2 ** 20);
      const zip = zipSync({ 'a.bin': [zeros, { level: 9 }] });
      const [media] = await upload(ann, [file('a.zip', 'application/zip', zip)]);
      expect(media?.file_size).toBe(zip.length);
      const odt = zipSync({
        mimetype: [Buffer.from('application/vnd.oasis.opendocument.text'), { level: 0 }],
        'Thumbnails/thumbnail.png': [zeros, { level: 9 }],
      });
      const [document] = await upload(ann, [file('a.odt', '', odt)]);
      expect((await known(document)).thumbnail_path).toBeNull();
    });
  });

  test.each(FIXTURE_FILES)(
    '%s cut in half, or filled with noise, leaves nothing',
    async (name, type) => {
      const whole = bytesOf(name);
      const half = whole.slice(0, whole.length / 2);
      const noise = whole.map((byte, at) => (at > 64 ? (byte * 7 + at * 13) & 255 : byte));
      for (const bytes of [half, noise, whole.slice(0, 20)]) {
        const before = await takeStock(server);
        const { status, body } = await tryUpload(ann, [
          file(name.split('/').at(-1) ?? '', type, bytes),
        ]);
        if (status === 201) {
          await ann.must('DELETE', body.items[0]?.url ?? '');
        } else {
          expect(['corrupt_media', 'media_too_complex', 'type_mismatch']).toContain(
            body.code as string,
          );
        }
        await nothingLeft(server, before, { patienceMs });
      }
    },
  );

  test('has harmed nobody', async () => {
    const [media] = await upload(ann, [file('photo.jpg', 'image/jpeg', bytesOf('photo.jpg'))]);
    expect((await known(media)).mime_type).toBe('image/jpeg');
    const incoming = join('incoming', 'part-');
    expect(storedFiles(server.directory).filter((path) => path.startsWith(incoming))).toEqual([]);
  });
});
