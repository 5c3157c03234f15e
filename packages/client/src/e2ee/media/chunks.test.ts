import { describe, expect, test } from 'bun:test';
import { type Bytes, concat } from '../encoding';
import { reasonOf } from '../testing/people';
import {
  CHUNK_BYTES,
  type FileKey,
  FileOpener,
  FileSealer,
  newFileKey,
  sealedSize,
} from './chunks';

function random(size: number): Bytes {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return bytes;
}

interface Sealed {
  plain: Bytes;
  sealed: Bytes;
  hash: Bytes;
  key: FileKey;
}

async function sealedFile(size: number): Promise<Sealed> {
  const plain = random(size);
  const file = new Blob([plain]);
  const key = await newFileKey(file);
  const sealer = new FileSealer(file, key);
  const sealed = concat(...(await Array.fromAsync(sealer.chunks())));
  return { plain, sealed, hash: await sealer.hash(), key };
}

const frame = ({ plain, hash }: Sealed) => ({ size: plain.length, hash });
const opener = (file: Sealed) =>
  new FileOpener(file.key, frame(file), async (start, end) => file.sealed.slice(start, end));

const readAll = async (file: Sealed) => concat(...(await Array.fromAsync(opener(file).all())));

describe('an encrypted file', () => {
  test.each([0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES])(
    'of %d bytes comes out whole',
    async (size) => {
      const file = await sealedFile(size);
      expect(file.sealed.length).toBe(sealedSize(size));
      expect(Buffer.compare(await readAll(file), file.plain)).toBe(0);
    },
  );

  test('can be opened anywhere, fetching the chunks concerned alone', async () => {
    const file = await sealedFile(3 * CHUNK_BYTES + 10);
    const fetched: number[] = [];
    const partial = new FileOpener(file.key, frame(file), async (start, end) => {
      fetched.push(start);
      return file.sealed.slice(start, end);
    });
    const [start, end] = [CHUNK_BYTES - 5, CHUNK_BYTES + 5];
    expect(await partial.slice(start, end)).toEqual(file.plain.slice(start, end));
    expect(fetched).toEqual([0, CHUNK_BYTES + 16]);
    expect(await partial.slice(3 * CHUNK_BYTES, 9e9)).toEqual(file.plain.slice(3 * CHUNK_BYTES));
  });
});

test('a file of which all chunks were opened, in any order, is the one that was sent', async () => {
  const file = await sealedFile(2 * CHUNK_BYTES + 10);
  const other = opener({ ...file, hash: random(32) });
  for (const n of [2, 0, 2]) expect((await other.chunk(n)).length).toBeGreaterThan(0);
  expect(await reasonOf(() => other.chunk(1))).toBe('undecryptable');
  expect(await reasonOf(() => other.chunk(0))).toBe('undecryptable');
  const same = opener(file);
  for (const n of [2, 0, 1, 0]) expect((await same.chunk(n)).length).toBeGreaterThan(0);
});

test('a chunk that does not open is fetched once more, past what a browser kept', async () => {
  const file = await sealedFile(CHUNK_BYTES + 10);
  const damaged = file.sealed.map((byte, at) => (at === 9 ? byte ^ 1 : byte));
  const fetched: [number, boolean][] = [];
  const healed = new FileOpener(file.key, frame(file), async (start, end, isFresh) => {
    fetched.push([start, isFresh]);
    return (isFresh ? file.sealed : damaged).slice(start, end);
  });
  expect(Buffer.compare(await healed.chunk(0), file.plain.slice(0, CHUNK_BYTES))).toBe(0);
  expect(fetched).toEqual([
    [0, false],
    [0, true],
  ]);
});

describe('a file that is encrypted', () => {
  test('begins like no known type of files', async () => {
    for (let tries = 0; tries < 50; tries++) {
      const { sealed } = await sealedFile(tries % 5);
      expect((sealed[0] ?? 0) >> 5).toBe(0b101);
    }
  });

  test('is the same when an upload goes back, and ends when its content is not', async () => {
    const bytes = random(2 * CHUNK_BYTES);
    const source = {
      name: 'a',
      type: '',
      size: bytes.length,
      stream: (from: number) => new Blob([bytes.slice(from)]).stream(),
    };
    const sealer = new FileSealer(source, await newFileKey(source));
    const all = await Array.fromAsync(sealer.chunks());
    expect(await Array.fromAsync(sealer.chunks(1))).toEqual(all.slice(1));
    bytes[CHUNK_BYTES] = (bytes[CHUNK_BYTES] ?? 0) ^ 1;
    const again = Array.fromAsync(sealer.chunks());
    await expect(again).rejects.toMatchObject({ code: 'upload_incomplete', temporary: false });
  });
});

describe('an encrypted file is refused', () => {
  const CHUNK = CHUNK_BYTES + 16;
  const piece = (bytes: Bytes, n: number) => bytes.slice(n * CHUNK, (n + 1) * CHUNK);
  const tampered: [string, (file: Sealed) => Sealed | Promise<Sealed>][] = [
    [
      'with chunks in another order',
      (file) => ({
        ...file,
        sealed: concat(piece(file.sealed, 1), piece(file.sealed, 0), piece(file.sealed, 2)),
      }),
    ],
    [
      'with a chunk twice',
      (file) => ({
        ...file,
        sealed: concat(piece(file.sealed, 0), piece(file.sealed, 0), piece(file.sealed, 2)),
      }),
    ],
    [
      'without its last chunk, called shorter',
      (file) => ({
        ...file,
        plain: file.plain.slice(0, 2 * CHUNK_BYTES),
        sealed: file.sealed.slice(0, 2 * CHUNK),
      }),
    ],
    ['cut off', (file) => ({ ...file, sealed: file.sealed.slice(0, -1) })],
    [
      'with a bit turned',
      (file) => {
        const sealed = file.sealed.slice();
        sealed[CHUNK + 7] = (sealed[CHUNK + 7] ?? 0) ^ 1;
        return { ...file, sealed };
      },
    ],
    ['with the key of another', async (file) => ({ ...file, key: await newFileKey(new Blob()) })],
    ['with another hash', (file) => ({ ...file, hash: random(32) })],
  ];

  test.each(tampered)('%s', async (_, tamper) => {
    const file = await tamper(await sealedFile(2 * CHUNK_BYTES + 100));
    expect(await reasonOf(() => readAll(file))).toBe('undecryptable');
  });
});
