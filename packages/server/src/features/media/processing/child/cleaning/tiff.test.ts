import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requestForBytes } from '../../../testing/request';
import { clean } from './clean';

const TIFF = { mimeType: 'image/tiff', mediaType: 'document', extension: 'tif' } as const;
const [WIDTH, MAKE, EXIF, GPS, SUB_IMAGES, NOTE] = [256, 271, 34665, 34853, 330, 37500];
const [TEXT, NUMBER] = [2, 4];

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tiff-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const cleaned = async (bytes: Uint8Array) =>
  readFileSync(await clean(requestForBytes(bytes, TIFF, dir)));

type Entry = [tag: number, type: number, count: number, value: number];

/** Writes TIFFs of 32 or 64 bits, either way round. */
class Writer {
  readonly bytes = Buffer.alloc(600);
  readonly #isLittle: boolean;
  readonly #isBig: boolean;

  constructor(isLittle: boolean, isBig: boolean) {
    this.#isLittle = isLittle;
    this.#isBig = isBig;
    this.bytes.write(isLittle ? 'II' : 'MM', 0, 'latin1');
    this.#number(2, 2, isBig ? 43 : 42);
    if (isBig) this.#number(4, 2, 8);
    this.#offset(isBig ? 8 : 4, 100);
  }

  directory(at: number, entries: Entry[], next = 0): number {
    const wide = this.#isBig ? 8 : 4;
    let place = at + this.#number(at, this.#isBig ? 8 : 2, entries.length);
    for (const [tag, type, count, value] of entries) {
      place += this.#number(place, 2, tag);
      place += this.#number(place, 2, type);
      place += this.#number(place, wide, count);
      if (type === NUMBER) this.#number(place, 4, value);
      else this.#offset(place, value);
      place += wide;
    }
    return place + this.#offset(place, next);
  }

  text(at: number, text: string): this {
    this.bytes.write(text, at, 'latin1');
    return this;
  }

  #offset(at: number, value: number): number {
    return this.#number(at, this.#isBig ? 8 : 4, value);
  }

  #number(at: number, length: number, value: number): number {
    const view = new DataView(this.bytes.buffer, this.bytes.byteOffset);
    if (length === 2) view.setUint16(at, value, this.#isLittle);
    else if (length === 4) view.setUint32(at, value, this.#isLittle);
    else view.setBigUint64(at, BigInt(value), this.#isLittle);
    return length;
  }
}

const KINDS = [true, false].flatMap((isLittle) =>
  [true, false].map((isBig) => [isLittle, isBig] as const),
);

describe.each(KINDS)('a TIFF (little endian: %p, 64 bits: %p)', (isLittle, isBig) => {
  const writer = () => new Writer(isLittle, isBig);

  test('is what it would have been without what tells of it', async () => {
    const told = writer().text(20, 'SecretMaker').text(40, 'SecretNotes').text(60, 'pixels');
    told.directory(100, [
      [WIDTH, NUMBER, 1, 7],
      [MAKE, TEXT, 11, 20],
      [EXIF, NUMBER, 1, 300],
    ]);
    told.directory(300, [
      [NOTE, TEXT, 11, 40],
      [GPS, NUMBER, 1, 450],
    ]);
    told.directory(450, [[WIDTH, NUMBER, 1, 9]]);
    const plain = writer().text(60, 'pixels');
    plain.directory(100, [[WIDTH, NUMBER, 1, 7]]);
    expect(await cleaned(told.bytes)).toEqual(plain.bytes);
    expect(await cleaned(plain.bytes)).toEqual(plain.bytes);
  });

  test('loses it in every page and inner image', async () => {
    const told = writer().text(20, 'SecretOne').text(40, 'SecretTwo');
    told.directory(100, [[SUB_IMAGES, NUMBER, 1, 200]], 300);
    told.directory(200, [[MAKE, TEXT, 9, 20]]);
    told.directory(300, [[MAKE, TEXT, 9, 40]]);
    const after = await cleaned(told.bytes);
    expect(after.includes('Secret')).toBe(false);
    const plain = writer();
    plain.directory(100, [[SUB_IMAGES, NUMBER, 1, 200]], 300);
    expect(after).toEqual(plain.bytes);
  });

  test('that lies about its places keeps its directories', async () => {
    const told = writer();
    const end = told.directory(
      100,
      [
        [WIDTH, NUMBER, 1, 7],
        [MAKE, TEXT, 4_000_000_000, 0],
        [MAKE, TEXT, 100, 4_000_000_000],
        [EXIF, NUMBER, 1, 100],
      ],
      100,
    );
    told.text(end, 'after');
    const after = await cleaned(told.bytes);
    const plain = writer();
    plain.directory(100, [[WIDTH, NUMBER, 1, 7]], 100);
    expect(after).toEqual(plain.bytes);
  });

  test('without any directory is refused', async () => {
    const nothing = writer().bytes.subarray(0, 90);
    await expect(cleaned(nothing)).rejects.toMatchObject({ code: 'corrupt_media' });
  });
});

test('directories that share their places, and are many, are too much work', async () => {
  const bytes = Buffer.alloc(200_000, Buffer.from('a00f', 'hex'));
  bytes.write('49492a000800000001004a010400e8030000e803000000000000', 0, 'hex');
  for (let i = 0; i < 1000; i++) bytes.writeUInt32LE(6000 + i * 2, 1000 + i * 4);
  await expect(cleaned(bytes)).rejects.toMatchObject({ code: 'media_too_complex' });
});
