import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfabError } from '@confab/protocol/failure';
import heicDecode from 'heic-decode';
import sharp from 'sharp';
import { fixture } from '../../../testing/fixtures';
import { requestFor, requestForBytes } from '../../../testing/request';
import { clean } from './clean';
import { exifOf } from './exif';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'clean-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const cleaned = async (path: string) => clean(await requestFor(path, dir));

/** A copy of a fixture that a test has its way with. */
function changed(name: string, change: (bytes: Buffer) => Uint8Array): string {
  const path = join(dir, name);
  writeFileSync(path, change(readFileSync(fixture(name))));
  return path;
}

async function pixels(path: string): Promise<Uint8Array> {
  if (path.endsWith('.heic')) {
    const [image] = await heicDecode.all({ buffer: readFileSync(path) });
    if (!image) throw new Error('No image');
    return new Uint8Array((await image.decode()).data);
  }
  return sharp(path, { animated: true }).raw().toBuffer();
}

const IMAGES = [
  'photo.jpg',
  'picture.png',
  'picture.webp',
  'photo.heic',
  'photo.avif',
  'moving.gif',
  'told.tif',
];
const FILMS = ['film.mp4', 'film.mov', 'told.mkv', 'told.webm'];
/** As text, and as EXIF has the degrees and minutes of the place. */
const SECRETS = ['Secret', '48.8584', 'GPS', Buffer.from([0, 0, 0, 48, 0, 0, 0, 1, 0, 0, 0, 51])];

describe.each([...IMAGES, ...FILMS])('%s', (name) => {
  test('tells nothing any more', async () => {
    const before = readFileSync(fixture(name));
    const after = readFileSync(await cleaned(fixture(name)));
    expect(SECRETS.some((secret) => before.includes(secret))).toBe(true);
    expect(SECRETS.filter((secret) => after.includes(secret))).toEqual([]);
  });

  test('is left alone when it is clean', async () => {
    const once = await cleaned(fixture(name));
    expect(await cleaned(once)).toBe(once);
  });

  test('is a file or a refusal wherever it breaks off', async () => {
    const bytes = readFileSync(fixture(name));
    const { recognised } = await requestFor(fixture(name), dir);
    for (let length = 0; length < bytes.length; length += 37) {
      const request = requestForBytes(bytes.subarray(0, length), recognised, dir);
      await clean(request).catch((error) => expect(error).toBeInstanceOf(ConfabError));
    }
  });

  test('is a file or a refusal whatever its numbers claim', async () => {
    const bytes = readFileSync(fixture(name));
    const { recognised } = await requestFor(fixture(name), dir);
    for (let at = 0; at + 4 < Math.min(1500, bytes.length); at += 3) {
      const hostile = Buffer.from(bytes);
      hostile.writeUInt32BE(at % 2 === 0 ? 0xffffffff : 0x7ffffff0, at);
      const request = requestForBytes(hostile, recognised, dir);
      await clean(request).catch((error) => expect(error).toBeInstanceOf(ConfabError));
    }
  });
});

describe.each(IMAGES)('%s', (name) => {
  test('looks the same, pixel by pixel', async () => {
    const path = await cleaned(fixture(name));
    expect(path).not.toBe(fixture(name));
    expect(Buffer.compare(await pixels(path), await pixels(fixture(name)))).toBe(0);
  });
});

describe.each(['photo.jpg', 'picture.png', 'picture.webp', 'moving.gif'])('%s', (name) => {
  test('loses what follows its end', async () => {
    const tailed = changed(name, (bytes) =>
      Buffer.concat([bytes, Buffer.from('<script>SecretTail')]),
    );
    const path = await cleaned(tailed);
    expect(readFileSync(path).equals(readFileSync(await cleaned(fixture(name))))).toBe(true);
  });
});

describe('how an image lies', () => {
  test('stays told, and nothing else', async () => {
    const { orientation, exif } = await sharp(await cleaned(fixture('photo.jpg'))).metadata();
    expect(orientation).toBe(6);
    expect(exif?.subarray(-26)).toEqual(Buffer.from(exifOf(6)));
  });

  test('is what its pixels say in a WebP, as browsers have it', async () => {
    expect((await sharp(fixture('picture.webp')).metadata()).orientation).toBe(6);
    const { orientation, exif } = await sharp(await cleaned(fixture('picture.webp'))).metadata();
    expect([orientation, exif]).toEqual([undefined, undefined]);
  });

  test('stays told in a PNG', async () => {
    const path = join(dir, 'turned.png');
    const turned = sharp(fixture('picture.png')).withExif({ IFD0: { Make: 'SecretCam' } });
    await turned.withMetadata({ orientation: 8 }).toFile(path);
    const result = await cleaned(path);
    expect((await sharp(result).metadata()).orientation).toBe(8);
    expect(readFileSync(result).includes('Secret')).toBe(false);
  });
});

describe('JPEG', () => {
  const segment = (marker: number, body: string) =>
    Buffer.concat([Buffer.from([0xff, marker, 0, body.length + 2]), Buffer.from(body, 'latin1')]);

  test('keeps its colour profile and the note on its colours', async () => {
    const path = join(dir, 'cmyk.jpg');
    await sharp(fixture('picture.png'))
      .toColourspace('cmyk')
      .withIccProfile('cmyk')
      .jpeg()
      .toFile(path);
    const result = await cleaned(path);
    expect((await sharp(result).metadata()).icc).toEqual((await sharp(path).metadata()).icc);
    expect(readFileSync(result).includes('Adobe')).toBe(true);
    expect(Buffer.compare(await pixels(result), await pixels(path))).toBe(0);
  });

  test('progressive ones with comments between their scans look the same', async () => {
    const plain = join(dir, 'plain.jpg');
    await sharp(fixture('picture.png')).jpeg({ progressive: true }).toFile(plain);
    const bytes = readFileSync(plain);
    const scan = bytes.indexOf(
      Buffer.from([0xff, 0xda]),
      bytes.indexOf(Buffer.from([0xff, 0xda])) + 2,
    );
    const path = join(dir, 'noted.jpg');
    const notes = [
      segment(0xfe, 'SecretNote'),
      segment(0xe2, 'MPF\0Secret'),
      segment(0xed, 'Photoshop 3.0\0Secret'),
    ];
    writeFileSync(path, Buffer.concat([bytes.subarray(0, scan), ...notes, bytes.subarray(scan)]));
    const result = await cleaned(path);
    expect(readFileSync(result).includes('Secret')).toBe(false);
    expect(Buffer.compare(await pixels(result), await pixels(plain))).toBe(0);
  });

  test('loses the preview in its JFIF header', async () => {
    const path = changed('photo.jpg', (bytes) => {
      const preview = `JFIF\0\x01\x01\0\0\x01\0\x01\x02\x01Secret`;
      return Buffer.concat([bytes.subarray(0, 2), segment(0xe0, preview), bytes.subarray(20)]);
    });
    expect(readFileSync(path).includes('Secret')).toBe(true);
    expect(readFileSync(await cleaned(path)).includes('Secret')).toBe(false);
  });

  test('without any image data is refused', async () => {
    const bytes = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xd9]);
    const request = requestForBytes(
      bytes,
      { mimeType: 'image/jpeg', mediaType: 'image', extension: 'jpg' },
      dir,
    );
    await expect(clean(request)).rejects.toMatchObject({ code: 'corrupt_media' });
  });
});

test('a moving PNG keeps its frames', async () => {
  const chunk = (type: string, body: string) => {
    const bytes = Buffer.alloc(12 + body.length);
    bytes.writeUInt32BE(body.length);
    bytes.write(type + body, 4, 'latin1');
    return bytes;
  };
  const path = changed('picture.png', (bytes) => {
    const frames = [
      chunk('acTL', '\0\0\0\x02\0\0\0\0'),
      chunk('tEXt', 'Secret'),
      chunk('fcTL', 'frame'),
    ];
    return Buffer.concat([bytes.subarray(0, 33), ...frames, bytes.subarray(33)]);
  });
  const result = readFileSync(await cleaned(path)).toString('latin1');
  expect([
    result.includes('acTL'),
    result.includes('fcTLframe'),
    result.includes('Secret'),
  ]).toEqual([true, true, false]);
});

test('a moving GIF keeps how often it repeats', async () => {
  const path = join(dir, 'loop.gif');
  await sharp(fixture('moving.gif'), { animated: true })
    .gif({ loop: 3, delay: [70, 90] })
    .toFile(path);
  const { loop, delay } = await sharp(await cleaned(path), { animated: true }).metadata();
  expect({ loop, delay }).toEqual({ loop: 3, delay: [70, 90] });
});

test('what is no picture or film is left alone', async () => {
  expect(await cleaned(fixture('README.md'))).toBe(fixture('README.md'));
  expect(await cleaned(fixture('picture.bmp'))).toBe(fixture('picture.bmp'));
});
