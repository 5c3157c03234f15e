import { afterEach, beforeEach, describe, expect, mock, spyOn, test } from 'bun:test';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { thumbHashToRGBA } from 'thumbhash';
import { fixture } from '../../../testing/fixtures';
import { requestFor, requestForBytes } from '../../../testing/request';
import type { Processed } from '../../processed';
import { chunksOf, encodedChunk } from '../cleaning/png-chunks';
import { makeAvatar } from './avatar';
import { processImage } from './process-image';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'images-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const processed = async (path: string): Promise<Processed> =>
  processImage(await requestFor(path, dir));
const inDir = (name: string): string => join(dir, name);

function written(name: string, bytes: Uint8Array): string {
  writeFileSync(inDir(name), bytes);
  return inDir(name);
}

async function thumbnailOf(path: string) {
  const { thumbnail } = await processed(path);
  if (!thumbnail) throw new Error('No thumbnail');
  const metadata = await sharp(thumbnail.path, { animated: true }).metadata();
  return { ...thumbnail, metadata };
}

/** Colours in the middle of an image's left and right half. */
async function halves(path: string): Promise<number[][]> {
  const { data, info } = await sharp(path)
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const row = Math.floor(info.height / 2) * info.width;
  return [0.25, 0.75].map((x) => {
    const at = (row + Math.floor(info.width * x)) * info.channels;
    return [...data.subarray(at, at + 3)];
  });
}

function expectClose(colour: readonly number[] | undefined, wanted: readonly number[], by = 12) {
  for (const [i, value] of wanted.entries()) {
    expect(Math.abs((colour?.[i] ?? -1000) - value)).toBeLessThanOrEqual(by);
  }
}

const RED = [255, 0, 0];
const BLUE = [0, 0, 255];
const plain = (width: number, height: number, background = '#f00') =>
  sharp({ create: { width, height, channels: 3, background } });
/** Red on the left, blue on the right. */
const twoColoured = (width: number, height: number) =>
  plain(width, height).composite([
    {
      input: { create: { width: width / 2, height, channels: 3, background: '#00f' } },
      gravity: 'east',
    },
  ]);

describe('every format', () => {
  test.each([
    ['photo.jpg', 48, 64],
    ['picture.png', 64, 48],
    ['picture.webp', 64, 48],
    ['photo.heic', 64, 48],
    ['photo.avif', 64, 48],
    ['moving.gif', 64, 48],
    ['picture.bmp', 64, 48],
    ['picture.tif', 64, 48],
  ])('%s has its size as displayed, a thumbnail and a placeholder', async (name, width, height) => {
    const known = await processed(fixture(name));
    expect({ ...known, thumbnail: null, thumbhash: null }).toMatchObject({
      width,
      height,
      isAnimated: name === 'moving.gif',
    });
    expect(known.thumbnail).toMatchObject({ mimeType: 'image/webp', width, height });
    const shown = await sharp(known.thumbnail?.path).metadata();
    expect([shown.format, shown.width, shown.height]).toEqual(['webp', width, height]);
    const hash = thumbHashToRGBA(Buffer.from(known.thumbhash ?? '', 'base64'));
    expect(hash.w > hash.h).toBe(width > height);
  });

  test('all of them show the same', async () => {
    const wanted = (await halves((await thumbnailOf(fixture('picture.png'))).path)).flat();
    for (const name of ['photo.heic', 'photo.avif', 'picture.bmp', 'picture.tif']) {
      expectClose((await halves((await thumbnailOf(fixture(name))).path)).flat(), wanted, 40);
    }
  });
});

describe('thumbnails', () => {
  test('are at most 480 on their longer side', async () => {
    await plain(1200, 300).jpeg().toFile(inDir('wide.jpg'));
    expect(await thumbnailOf(inDir('wide.jpg'))).toMatchObject({ width: 480, height: 120 });
  });

  test('lie as the image is displayed', async () => {
    await twoColoured(80, 40).jpeg().withMetadata({ orientation: 3 }).toFile(inDir('turned.jpg'));
    const [left, right] = await halves((await thumbnailOf(inDir('turned.jpg'))).path);
    expectClose(left, BLUE);
    expectClose(right, RED);
  });

  test('keep what is transparent', async () => {
    await sharp({ create: { width: 8, height: 8, channels: 4, background: '#0000' } })
      .png()
      .toFile(inDir('clear.png'));
    expect((await thumbnailOf(inDir('clear.png'))).metadata.hasAlpha).toBe(true);
  });

  test('show wide colours as sRGB has them, also of HEIC', async () => {
    const [colour] = await halves((await thumbnailOf(fixture('wide-colours.heic'))).path);
    expectClose(colour, [220, 60, 60], 6);
  });

  test('carry nothing of the metadata', async () => {
    const { metadata } = await thumbnailOf(fixture('photo.jpg'));
    expect([metadata.exif, metadata.xmp, metadata.icc, metadata.iptc]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('are made of CMYK and of 16 bits as well', async () => {
    await plain(20, 20).toColourspace('cmyk').jpeg().toFile(inDir('cmyk.jpg'));
    await plain(20, 20).toColourspace('rgb16').png().toFile(inDir('deep.png'));
    for (const name of ['cmyk.jpg', 'deep.png']) {
      expect((await thumbnailOf(inDir(name))).metadata.space).toBe('srgb');
    }
  });
});

describe('what moves', () => {
  const frames = async (count: number, width: number, height: number): Promise<string> => {
    const pixels = Buffer.alloc(width * height * count * 3);
    for (let i = 0; i < pixels.length; i += 7) pixels[i] = (i * 31) % 255;
    const raw = { width, height: height * count, channels: 3, pageHeight: height } as const;
    await sharp(pixels, { raw })
      .gif({ delay: Array(count).fill(50) })
      .toFile(inDir('moving.gif'));
    return inDir('moving.gif');
  };

  test.each(['gif', 'webp'] as const)('has a thumbnail that moves: %s', async (format) => {
    const path = inDir(`film.${format}`);
    await sharp(await frames(3, 600, 300), { animated: true })
      .toFormat(format)
      .toFile(path);
    const { metadata, width, height } = await thumbnailOf(path);
    expect(metadata).toMatchObject({ pages: 3, delay: [50, 50, 50] });
    expect([width, height]).toEqual([480, 240]);
    expect((await processed(path)).isAnimated).toBe(true);
  });

  describe('a moving PNG', () => {
    const chunkBodies = (png: Buffer, type: string): Buffer[] =>
      [...chunksOf(png)]
        .filter((chunk) => chunk.type === type)
        .map(({ start, end }) => png.subarray(start + 8, end - 4));
    /** Numbers of the control chunk: width, height, left, top, then disposal and blending. */
    const control = (size: number[], disposal: number, isBlended: number): Uint8Array => {
      const bytes = Buffer.alloc(26);
      for (const [i, number] of size.entries()) bytes.writeUInt32BE(number, 4 + i * 4);
      bytes.writeUInt16BE(1, 20);
      bytes.writeUInt16BE(10, 22);
      bytes.set([disposal, isBlended], 24);
      return encodedChunk('fcTL', bytes);
    };
    const png = (width: number, height: number, background: string) =>
      sharp({ create: { width, height, channels: 4, background } })
        .png()
        .toBuffer();

    /** Red, 40 × 20; then a blue square, at its left or right. */
    async function moving(
      place: number,
      disposal = 0,
      isBlended = 0,
      colour = '#00f',
    ): Promise<string> {
      const [first, second] = [await png(40, 20, '#f00'), await png(20, 20, colour)];
      const square = Buffer.concat([Buffer.alloc(4), ...chunkBodies(second, 'IDAT')]);
      const animation = encodedChunk('acTL', Buffer.from([0, 0, 0, 3, 0, 0, 0, 2]));
      const rest = [control([20, 20, place, 0], disposal, isBlended), encodedChunk('fdAT', square)];
      const third = [control([20, 20, 20 - place, 0], 0, 1), encodedChunk('fdAT', square)];
      const start = [first.subarray(0, 33), animation, control([40, 20, 0, 0], 0, 0)];
      const end = [...rest, ...third, first.subarray(-12)];
      return written('moving.png', Buffer.concat([...start, first.subarray(33, -12), ...end]));
    }

    async function frame(path: string, page: number): Promise<number[][]> {
      const thumbnail = await thumbnailOf(path);
      await sharp(thumbnail.path, { page })
        .flatten({ background: '#0f0' })
        .png()
        .toFile(inDir('frame.png'));
      return halves(inDir('frame.png'));
    }

    test('has a thumbnail that moves', async () => {
      const { metadata, width, height } = await thumbnailOf(await moving(20));
      expect(metadata).toMatchObject({ pages: 3, delay: [100, 100, 100], loop: 2 });
      expect([width, height]).toEqual([40, 20]);
      expect((await processed(inDir('moving.png'))).isAnimated).toBe(true);
    });

    test.each([
      ['keeps', 0, BLUE],
      ['clears', 1, [0, 255, 0]],
      ['restores', 2, RED],
    ] as const)('%s what a frame drew', async (_, disposal, right) => {
      const path = await moving(20, disposal);
      const [left, drawn] = await frame(path, 1);
      expectClose(left, RED, 30);
      expectClose(drawn, BLUE, 30);
      expectClose((await frame(path, 2))[1], right, 30);
    });

    test('blends what is half transparent over what was there', async () => {
      expectClose((await frame(await moving(20, 0, 1, '#0000ff80'), 1))[1], [127, 0, 128], 30);
    });

    test('whose frames are damaged stands still', async () => {
      const bytes = readFileSync(await moving(20));
      bytes.fill(0xff, bytes.indexOf('fdAT') + 8, bytes.indexOf('fdAT') + 20);
      const known = await processed(written('moving.png', bytes));
      expect(known).toMatchObject({ isAnimated: true, thumbnail: { width: 40, height: 20 } });
    });
  });

  test('100,000 frames are shown by the first one', async () => {
    const one = readFileSync(await frames(2, 1, 1));
    const frame = one.subarray(one.lastIndexOf(Buffer.from('\x21\xf9', 'latin1')), -1);
    const bytes = Buffer.concat([
      one.subarray(0, -1),
      ...Array(100_000).fill(frame),
      one.subarray(-1),
    ]);
    const path = written('long.gif', bytes);
    expect((await processed(path)).isAnimated).toBe(true);
    expect((await thumbnailOf(path)).metadata.pages ?? 1).toBe(1);
  });
});

describe('bombs', () => {
  const claimed = (width: number, height: number): Uint8Array => {
    const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0]);
    header.writeUInt32BE(width, 0);
    header.writeUInt32BE(height, 4);
    const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    const chunks = [
      encodedChunk('IHDR', header),
      encodedChunk('IDAT', new Uint8Array(20)),
      encodedChunk('IEND', new Uint8Array()),
    ];
    return Buffer.concat([signature, ...chunks]);
  };

  test.each([
    [20_000, 20_000],
    [15_000, 15_000],
    [16_385, 1],
    [2_000_000_000, 2_000_000_000],
  ])('an image of %i × %i is not decoded', async (width, height) => {
    const path = written('bomb.png', claimed(width, height));
    const code = await processed(path).catch(({ code }) => code);
    expect(code).toBe(width > 1_000_000 ? 'corrupt_media' : 'media_too_complex');
  });

  test('a bitmap that claims as much is not decoded either', async () => {
    const bytes = readFileSync(fixture('picture.bmp'));
    bytes.writeInt32LE(60_000, 18);
    await expect(processed(written('bomb.bmp', bytes))).rejects.toMatchObject({
      code: 'media_too_complex',
    });
  });

  test('a moving image whose frames are too many pixels together has a still thumbnail', async () => {
    await plain(1200, 1200).gif({ effort: 1 }).toFile(inDir('one.gif'));
    const one = readFileSync(inDir('one.gif'));
    const frame = one.subarray(one.indexOf(Buffer.from('\x21\xf9', 'latin1')), -1);
    const bytes = Buffer.concat([one.subarray(0, -1), ...Array(80).fill(frame), one.subarray(-1)]);
    const path = written('big.gif', bytes);
    expect((await sharp(path).metadata()).pages).toBe(81);
    expect((await thumbnailOf(path)).metadata.pages ?? 1).toBe(1);
  });
});

describe('what is damaged', () => {
  // The decoder of HEIC complains there.
  beforeEach(() => void spyOn(console, 'log').mockImplementation(() => undefined));
  afterEach(() => void mock.restore());

  const NAMES = [
    'photo.jpg',
    'picture.png',
    'picture.webp',
    'photo.heic',
    'photo.avif',
    'moving.gif',
    'picture.bmp',
  ];

  test.each(NAMES)('%s without more than its first bytes is refused', async (name) => {
    const { recognised } = await requestFor(fixture(name), dir);
    const request = requestForBytes(readFileSync(fixture(name)).subarray(0, 24), recognised, dir);
    await expect(processImage(request)).rejects.toMatchObject({ code: 'corrupt_media' });
  });

  test.each(NAMES)('%s is an image or a refusal wherever it breaks off', async (name) => {
    const bytes = readFileSync(fixture(name));
    const { recognised } = await requestFor(fixture(name), dir);
    for (let length = 30; length < bytes.length; length += 411) {
      const request = requestForBytes(bytes.subarray(0, length), recognised, dir);
      const code = await processImage(request).then(
        () => 'fine',
        (error) => error.code,
      );
      expect(['fine', 'corrupt_media']).toContain(code);
    }
  });

  test('half a photo is shown as far as it goes', async () => {
    await plain(600, 600).jpeg().toFile(inDir('whole.jpg'));
    const bytes = readFileSync(inDir('whole.jpg'));
    const path = written('half.jpg', bytes.subarray(0, bytes.length - 500));
    expect((await processed(path)).thumbnail).toMatchObject({ width: 480, height: 480 });
  });

  test('what only claims to be an image is refused, whatever else could be read of it', async () => {
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
    const png = { mimeType: 'image/png', mediaType: 'image', extension: 'png' } as const;
    await expect(processImage(requestForBytes(svg, png, dir))).rejects.toMatchObject({
      code: 'corrupt_media',
    });
  });
});

describe('bitmaps', () => {
  /** Two pixels, red and blue, in rows of 8 bytes at most. */
  const bitmap = (
    bits: number,
    pixels: number[],
    options: { height?: number; palette?: number[]; compression?: number } = {},
  ) => {
    const palette = options.palette ?? [];
    const bytes = Buffer.alloc(54 + palette.length + pixels.length);
    bytes.write('BM');
    bytes.writeUInt32LE(54 + palette.length, 10);
    bytes.writeUInt32LE(40, 14);
    bytes.writeInt32LE(2, 18);
    bytes.writeInt32LE(options.height ?? 1, 22);
    bytes.writeUInt16LE(1, 26);
    bytes.writeUInt16LE(bits, 28);
    bytes.writeUInt32LE(options.compression ?? 0, 30);
    bytes.set([...palette, ...pixels], 54);
    return bytes;
  };
  const PALETTE = [0, 0, 255, 0, 255, 0, 0, 0];

  test.each([
    ['1 bit', bitmap(1, [0b01000000, 0, 0, 0], { palette: PALETTE })],
    ['4 bits', bitmap(4, [0x01, 0, 0, 0], { palette: PALETTE })],
    ['8 bits', bitmap(8, [0, 1, 0, 0], { palette: PALETTE })],
    ['16 bits', bitmap(16, [0x00, 0x7c, 0x1f, 0x00])],
    ['24 bits', bitmap(24, [0, 0, 255, 255, 0, 0, 0, 0])],
    ['32 bits', bitmap(32, [0, 0, 255, 0, 255, 0, 0, 0])],
    [
      'masks',
      bitmap(16, [0x00, 0xf8, 0x1f, 0x00], {
        compression: 3,
        palette: [0, 0xf8, 0, 0, 0xe0, 0x07, 0, 0, 0x1f, 0, 0, 0],
      }),
    ],
    ['from the top', bitmap(24, [0, 0, 255, 255, 0, 0, 0, 0], { height: -1 })],
  ])('%s', async (_, bytes) => {
    const { large } = await makeAvatar(await requestFor(written('two.bmp', bytes), dir));
    const [left, right] = await halves(large);
    expectClose(left, RED, 80);
    expectClose(right, BLUE, 80);
  });

  test('run-length encoded ones have a size, and no thumbnail', async () => {
    const path = written(
      'rle.bmp',
      bitmap(8, [1, 0, 1, 1, 0, 1], { palette: PALETTE, compression: 1 }),
    );
    expect(await processed(path)).toMatchObject({
      width: 2,
      height: 1,
      thumbnail: null,
      thumbhash: null,
    });
  });
});

describe('avatars', () => {
  test('are the middle square, in two sizes, encoded anew', async () => {
    await twoColoured(900, 300)
      .withExif({ IFD0: { Make: 'Secret' } })
      .jpeg()
      .toFile(inDir('me.jpg'));
    const { large, small } = await makeAvatar(await requestFor(inDir('me.jpg'), dir));
    for (const [path, side] of [
      [large, 512],
      [small, 96],
    ] as const) {
      expect(await sharp(path).metadata()).toMatchObject({
        format: 'webp',
        width: side,
        height: side,
      });
      expect(readFileSync(path).includes('Secret')).toBe(false);
      const [left, right] = await halves(path);
      expectClose(left, RED);
      expectClose(right, BLUE);
    }
  });

  test('lie as the image is displayed', async () => {
    await twoColoured(600, 600).jpeg().withMetadata({ orientation: 3 }).toFile(inDir('me.jpg'));
    const [left] = await halves((await makeAvatar(await requestFor(inDir('me.jpg'), dir))).large);
    expectClose(left, BLUE);
  });

  test('are made of HEIC too, turned as it says', async () => {
    // Where the depth of its channels was told stands a turn by 90 degrees now.
    const bytes = readFileSync(fixture('photo.heic'));
    const place = bytes.indexOf('pixi');
    bytes.write('irot', place, 'latin1');
    bytes[place + 4] = 1;
    const path = written('turned.heic', bytes);
    expect(await processed(path)).toMatchObject({ width: 48, height: 64 });
    const { large } = await makeAvatar(await requestFor(path, dir));
    expect(await sharp(large).metadata()).toMatchObject({ width: 512, height: 512 });
  });

  test('stand still', async () => {
    const { large } = await makeAvatar(await requestFor(fixture('moving.gif'), dir));
    expect((await sharp(large, { animated: true }).metadata()).pages ?? 1).toBe(1);
  });

  test.each(['README.md', 'film.mp4', 'picture.tif'])('are not made of %s', async (name) => {
    const making = makeAvatar(await requestFor(fixture(name), dir));
    await expect(making).rejects.toMatchObject({ code: 'unsupported_media_type' });
  });
});
