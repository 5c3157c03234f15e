import { describe, expect, test } from 'bun:test';
import { basename } from 'node:path';
import { zipSync } from 'fflate';
import sharp from 'sharp';
import { fixture } from '../../../testing/fixtures';
import { outcomeOf, requestFor, Scratch, TOOLS } from '../../../testing/processing';
import { processDocument } from './process-document';

const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const ODT = 'application/vnd.oasis.opendocument.text';
const PDF = 'application/pdf';

const picture = (format: 'png' | 'jpeg') =>
  sharp({ create: { width: 200, height: 280, channels: 3, background: '#c22' } })
    .toFormat(format)
    .toBuffer();

async function outcome(mimeType: string, content: Uint8Array | string) {
  using scratch = new Scratch();
  const path = await scratch.file('document', content);
  const result = await outcomeOf(
    processDocument(requestFor(path, mimeType, scratch.output), TOOLS),
  );
  return { result, results: scratch.results() };
}

const NO_THUMBNAIL = {
  result: expect.objectContaining({ thumbnail: null, thumbhash: null }),
  results: [],
};

/** A PDF of one page with this content stream and media box. */
function pdf(content: string, box = '0 0 200 100'): string {
  const stream = `<</Length ${content.length}>>stream\n${content}\nendstream`;
  const page = `<</Type/Page/Parent 2 0 R/MediaBox[${box}]/Contents 4 0 R/Resources<<>>>>`;
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    page,
    stream,
  ];
  let body = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const offset = body.length;
    body += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(offset).padStart(10, '0')} 00000 n \n`;
  });
  const table = `xref\n0 5\n0000000000 65535 f \n${offsets.join('')}`;
  return `${body}${table}trailer\n<</Root 1 0 R/Size 5>>\nstartxref\n${body.length}\n%%EOF\n`;
}

describe('a PDF', () => {
  test('shows its first page', async () => {
    using scratch = new Scratch();
    const request = requestFor(fixture('documents/two-pages.pdf'), PDF, scratch.output);
    const { thumbnail, thumbhash, width } = await processDocument(request, TOOLS);
    expect(thumbnail).toMatchObject({ mimeType: 'image/webp', width: 339, height: 480 });
    expect(thumbhash).not.toBeNull();
    expect(width).toBeNull();
    const { dominant } = await sharp(thumbnail?.path)
      .extract({ left: 0, top: 100, width: 339, height: 100 })
      .stats();
    expect(dominant.r).toBeGreaterThan(150);
    expect(dominant.g).toBeLessThan(100);
    expect(scratch.results()).toEqual([basename(thumbnail?.path ?? '')]);
  });

  test('that opens by password only has none, and is no worse a file', async () => {
    using scratch = new Scratch();
    const request = requestFor(fixture('documents/encrypted.pdf'), PDF, scratch.output);
    expect(await processDocument(request, TOOLS)).toMatchObject({ thumbnail: null });
  });

  test('that nothing can open is damaged', async () => {
    expect((await outcome(PDF, '%PDF-1.7\nand then nothing')).result).toBe('corrupt_media');
    expect((await outcome(PDF, '')).result).toBe('corrupt_media');
  });

  test('of an absurd page size is drawn within a thumbnail’s', async () => {
    const { result } = await outcome(PDF, pdf('1 0 0 rg 0 0 99999 99999 re f', '0 0 14400 1'));
    expect(result).toMatchObject({ thumbnail: { width: 480, height: 1 } });
    const huge = await outcome(PDF, pdf('', '0 0 1e30 1e30'));
    expect(typeof huge.result === 'string' || huge.results.length <= 1).toBe(true);
  });

  test('of many nested states ends one way or another', async () => {
    const { result } = await outcome(PDF, pdf('q '.repeat(200_000)));
    expect(result).toMatchObject({ width: null });
  });
});

describe('an office document', () => {
  test.each([
    [DOCX, 'docProps/thumbnail.jpeg', 'jpeg'],
    [ODT, 'Thumbnails/thumbnail.png', 'png'],
  ] as const)('%s shows the picture that it brings along', async (mimeType, name, format) => {
    const { result, results } = await outcome(mimeType, zipSync({ [name]: await picture(format) }));
    expect(result).toMatchObject({ thumbnail: { width: 200, height: 280 } });
    expect(results).toHaveLength(1);
  });

  test('without a picture has no thumbnail', async () => {
    expect(await outcome(DOCX, zipSync({ 'word/document.xml': Buffer.from('<w/>') }))).toEqual(
      NO_THUMBNAIL,
    );
  });

  test('whose picture is none has no thumbnail', async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>';
    const zip = zipSync({ 'docProps/thumbnail.jpeg': Buffer.from(svg) });
    expect(await outcome(DOCX, zip)).toEqual(NO_THUMBNAIL);
  });

  test('whose picture would unpack to a multiple of itself has no thumbnail', async () => {
    const head = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
    const bomb = Buffer.concat([head, Buffer.alloc(16 * 1024 * 1024)]);
    const zip = zipSync({ 'docProps/thumbnail.png': bomb });
    expect(zip.length).toBeLessThan(1024 * 1024);
    expect(await outcome(DOCX, zip)).toEqual(NO_THUMBNAIL);
  });

  test('without a list of contents is damaged', async () => {
    const zip = zipSync({ 'docProps/thumbnail.png': await picture('png') });
    expect((await outcome(DOCX, zip.subarray(0, zip.length - 30))).result).toBe('corrupt_media');
    expect((await outcome(DOCX, '')).result).toBe('corrupt_media');
  });

  test.each([
    ['the list of contents', 16],
    ['its length', 12],
  ])('that lies about where %s is, is damaged', async (_what, field) => {
    const zip = Buffer.from(zipSync({ 'docProps/thumbnail.png': await picture('png') }));
    zip.writeUInt32LE(0xffff_fff0, zip.length - 22 + field);
    expect((await outcome(DOCX, zip)).result).toBe('corrupt_media');
  });
});

test('other documents are not looked into', async () => {
  expect(await outcome('text/plain', 'some text')).toEqual(NO_THUMBNAIL);
});
