import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfabError } from '@confab/protocol';
import fc from 'fast-check';
import { systemClock } from '../../../lib/clock';
import { receiveMultipart } from './multipart';

const BOUNDARY = 'x-boundary';
const CRLF = '\r\n';

interface Part {
  name: string;
  filename?: string;
  content: string;
}

const bodyOf = (parts: readonly Part[]): Uint8Array<ArrayBuffer> =>
  Buffer.from(
    `${parts
      .map(({ name, filename, content }) => {
        const file = filename === undefined ? '' : `; filename="${filename}"`;
        const head = `--${BOUNDARY}${CRLF}content-disposition: form-data; name="${name}"${file}`;
        return `${head}${CRLF}${CRLF}${content}${CRLF}`;
      })
      .join('')}--${BOUNDARY}--${CRLF}`,
  );

/** A body cut into pieces of so many bytes, each in memory of its own, as a network brings them. */
const piecesOf = (body: Uint8Array, size: number): Uint8Array[] =>
  Array.from(
    { length: Math.ceil(body.length / size) },
    (_, i) => new Uint8Array(body.subarray(i * size, (i + 1) * size)),
  );

/** A body that comes piece by piece. */
function streamOf(pieces: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  const coming = pieces.values();
  return new ReadableStream({
    pull(controller) {
      const { done, value } = coming.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
}

/** Text that keeps looking as if the boundary came, which it never does. */
const lookAlikes = () => {
  const boundary = `${CRLF}--${BOUNDARY}`;
  const beginning = fc.nat({ max: boundary.length - 1 }).map((end) => boundary.slice(0, end));
  const piece = fc.oneof(beginning, fc.constantFrom('-', '\r', '\n', 'a', 'a'.repeat(50)));
  return fc.array(piece, { minLength: 1, maxLength: 80 }).map((pieces) => `${pieces.join('')}~`);
};

describe('a multipart body', () => {
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'confab-multipart-'));
  });
  afterAll(() => rm(root, { recursive: true }));

  const receive = (body: Uint8Array, size = 1 << 16) => receivePieces(piecesOf(body, size));

  async function receivePieces(pieces: readonly Uint8Array[]) {
    const folder = await mkdtemp(join(root, 'part-'));
    const request = new Request('http://localhost/', {
      method: 'POST',
      body: streamOf(pieces),
      headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` },
    });
    const closing = new AbortController().signal;
    return receiveMultipart(request, {
      clock: systemClock,
      stallMs: 5_000,
      closing,
      mustFit: async () => {},
      folder,
      maxFileBytes: 1_000_000,
      onPart: () => {},
    });
  }

  test('comes out as it went in, however it is cut', async () => {
    const part = fc.record({
      name: fc.constant('file'),
      filename: fc.stringMatching(/^[a-z]{1,20}\.txt$/),
      content: fc.string({ minLength: 1, maxLength: 2000 }),
    });
    const parts = fc.array(part, { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(parts, fc.integer({ min: 1, max: 5000 }), async (sent, size) => {
        const files = await receive(bodyOf(sent), size);
        const contents = await Promise.all(files.map((file) => readFile(file.path, 'utf8')));
        expect(contents).toEqual(sent.map(({ content }) => content.toWellFormed()));
        expect(files.map((file) => file.filename)).toEqual(sent.map(({ filename }) => filename));
        expect(files.map((file) => file.size)).toEqual(contents.map((c) => Buffer.byteLength(c)));
      }),
      { numRuns: 60 },
    );
  });

  test('of files that look like boundaries comes out as it went in', async () => {
    const parts = fc
      .tuple(lookAlikes(), lookAlikes(), lookAlikes())
      .map(([first, poster, second]): Part[] => [
        { name: 'is_voice', content: '1' },
        { name: 'file', filename: 'a.txt', content: first },
        { name: 'poster', filename: 'b.txt', content: poster },
        { name: 'other', filename: 'c.txt', content: first },
        { name: 'is_voice', content: '0' },
        { name: 'file', filename: 'd.txt', content: second },
      ]);
    await fc.assert(
      fc.asyncProperty(parts, fc.integer({ min: 1, max: 200 }), async (sent, size) => {
        const files = await receive(bodyOf(sent), size);
        const paths = files.flatMap(({ path, poster }) => (poster ? [path, poster.path] : [path]));
        const contents = await Promise.all(paths.map((path) => readFile(path, 'utf8')));
        expect(contents).toEqual([1, 2, 5].map((index) => sent[index]?.content ?? ''));
        expect(files.map(({ isVoice }) => isVoice)).toEqual([true, false]);
      }),
      { numRuns: 200 },
    );
  });

  test('lets go of the memory of what is written', async () => {
    const content = 'x'.repeat(900_000);
    const pieces = piecesOf(bodyOf([{ name: 'file', filename: 'a.txt', content }]), 100_000);
    await receivePieces(pieces);
    expect(pieces.slice(1, -1).map((piece) => piece.byteLength)).toEqual(Array(8).fill(0));
  });

  test('that is damaged is refused in the contract’s words, and never hangs', async () => {
    const whole = bodyOf([
      { name: 'is_voice', content: '1' },
      { name: 'file', filename: 'a.txt', content: 'hello' },
      { name: 'poster', filename: 'b.png', content: 'there' },
    ]);
    const damage = fc.record({
      at: fc.nat({ max: whole.length - 1 }),
      byte: fc.nat({ max: 255 }),
      cut: fc.nat({ max: whole.length }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(damage, { maxLength: 6 }), async (damages) => {
        const body = whole.slice();
        for (const { at, byte } of damages) body[at] = byte;
        const end = Math.min(body.length, ...damages.map(({ cut }) => cut + 20));
        const outcome = await receive(body.subarray(0, end), 7).catch((error: unknown) => error);
        expect(outcome instanceof ConfabError || Array.isArray(outcome)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ['say %22hi%22.txt', 'say "hi".txt'],
    ['two%0D%0Alines.txt', 'twolines.txt'],
    ['100%25 %2e%2E.txt', '100%25 %2e%2E.txt'],
    ['..%22/../%0Apasswd', 'passwd'],
  ])('names a file as forms escape it: %s', async (filename, name) => {
    const [file] = await receive(bodyOf([{ name: 'file', filename, content: 'x' }]));
    expect(file?.filename).toBe(name);
  });

  test('is told what is wrong with the name of its file', async () => {
    const body = bodyOf([{ name: 'file', filename: 'a\u0007b.txt', content: 'x' }]);
    await expect(receive(body)).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('control characters'),
      errors: [{ path: 'filename', message: expect.any(String) }],
    });
  });

  test('without a file is told where to put it', async () => {
    const body = bodyOf([{ name: 'files[]', filename: 'a.txt', content: 'x' }]);
    await expect(receive(body)).rejects.toMatchObject({
      code: 'invalid',
      message: 'Send the file in a field named “file”.',
      errors: [{ path: 'file', message: 'is missing' }],
    });
  });

  test('of an empty file is told which field that is', async () => {
    const body = bodyOf([{ name: 'file', filename: 'a.txt', content: '' }]);
    await expect(receive(body)).rejects.toMatchObject({
      message: 'The upload is not valid: file is empty',
    });
  });

  test('with more fields than anybody needs is refused', async () => {
    const fields = Array.from({ length: 100 }, (_, i) => ({ name: `f${i}`, content: 'x' }));
    await expect(receive(bodyOf(fields))).rejects.toMatchObject({ code: 'invalid' });
  });
});
