import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fixture } from '../../../testing/fixtures';
import { requestFor } from '../../../testing/request';
import { clean } from './clean';
import { movieBlanks } from './movie';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'movie-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const cleaned = async (path: string) => readFileSync(await clean(await requestFor(path, dir)));

async function cleanedBytes(...boxes: Uint8Array[]): Promise<Buffer> {
  const path = join(dir, 'film');
  writeFileSync(path, Buffer.concat(boxes));
  return cleaned(path);
}

function box(type: string, ...parts: (string | Uint8Array)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part as string, 'latin1')));
  const header = Buffer.alloc(8);
  header.writeUInt32BE(8 + body.length);
  header.write(type, 4, 'latin1');
  return Buffer.concat([header, body]);
}

const numbers = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [i, value] of values.entries()) bytes.writeUInt32BE(value, i * 4);
  return bytes;
};
const handler = (kind: string) => box('hdlr', numbers(0, 0), kind, numbers(0, 0, 0), '\0');
const FTYP = box('ftyp', 'isom', numbers(0));

describe.each(['film.mp4', 'film.mov', 'song.m4a'])('%s', (name) => {
  test('keeps its sound and images, and their places', async () => {
    const before = readFileSync(fixture(name));
    const after = await cleaned(fixture(name));
    const start = before.indexOf('mdat') - 4;
    const end = start + before.readUInt32BE(start);
    expect(after.length).toBe(before.length);
    expect(after.subarray(start, end).equals(before.subarray(start, end))).toBe(true);
    expect(after.indexOf('moov')).toBe(before.indexOf('moov'));
  });
});

test('music keeps its title and artist, but not the program that wrote it', async () => {
  const after = (await cleaned(fixture('song.m4a'))).toString('latin1');
  expect(readFileSync(fixture('song.m4a')).includes('Lavf')).toBe(true);
  expect([after.includes('Song'), after.includes('\xa9ART'), after.includes('Lavf')]).toEqual([
    true,
    true,
    false,
  ]);
});

test('user data of cameras go, whatever they are called', async () => {
  const userData = box(
    'udta',
    box('loci', 'Secret'),
    box('smta', 'Secret'),
    box('name', 'Track'),
    numbers(0),
  );
  const after = await cleanedBytes(FTYP, box('moov', box('trak', userData), userData));
  expect(after.includes('Secret')).toBe(false);
  expect(after.toString('latin1').split('Track')).toHaveLength(3);
});

test('boxes at the top that are no part of the film go', async () => {
  const after = await cleanedBytes(
    FTYP,
    box('moov', box('uuid', 'Secret')),
    box('uuid', 'Secret'),
    box('mdat', 'film'),
    box('mpvd', 'Secret'),
  );
  expect([after.includes('Secret'), after.includes('film')]).toEqual([false, true]);
});

describe('a track of measurements', () => {
  const tables = (offset: number, wide: boolean) =>
    box(
      'stbl',
      box('stsz', numbers(0, 0, 3, 6, 6, 6)),
      box('stsc', numbers(0, 2, 1, 2, 1, 2, 1, 1)),
      wide
        ? box('co64', numbers(0, 2, 0, offset, 0, offset + 16))
        : box('stco', numbers(0, 2, offset, offset + 16)),
    );
  const track = (kind: string, offset: number, wide = false) =>
    box('trak', box('mdia', handler(kind), box('minf', tables(offset, wide))));
  const data = box('mdat', 'SecretSecretfilmSecretmore');
  const start = FTYP.length + 8;

  test.each([false, true])(
    'goes with its samples, of two in one place and another (64 bits: %p)',
    async (wide) => {
      const after = await cleanedBytes(FTYP, data, box('moov', track('meta', start, wide)));
      expect(after.subarray(start, start + 26).toString('latin1')).toBe(
        `${'\0'.repeat(12)}film${'\0'.repeat(6)}more`,
      );
      expect(after.includes('trak')).toBe(false);
    },
  );

  test('is told from tracks of images and sound', async () => {
    const file = [FTYP, data, box('moov', track('vide', start), track('soun', start))];
    expect((await cleanedBytes(...file)).equals(Buffer.concat(file))).toBe(true);
  });

  test('that lies about its places harms no more than its file', async () => {
    const file = [FTYP, data, box('moov', track('meta', 0xffffff00))];
    expect((await cleanedBytes(...file)).includes('SecretSecretfilmSecretmore')).toBe(true);
  });
});

describe('a film whose index is made to exhaust', () => {
  const data = box('mdat', Buffer.alloc(4_000));
  const lying = (places: number, samples: number, bytes: number) =>
    box(
      'trak',
      box(
        'mdia',
        handler('meta'),
        box(
          'minf',
          box(
            'stbl',
            box('stsz', numbers(0, bytes, samples)),
            box('stsc', numbers(0, 1, 1, 1, 1)),
            box('stco', numbers(0, places), Buffer.alloc(4 * places)),
          ),
        ),
      ),
    );

  test('names the same bytes over and over: they are blanked once', async () => {
    const path = join(dir, 'film');
    writeFileSync(path, Buffer.concat([FTYP, box('moov', lying(50_000, 50_000, 4_000)), data]));
    const file = await open(path);
    const blanks = movieBlanks(file, (await file.stat()).size);
    expect((await blanks.finally(() => file.close())).length).toBeLessThan(5);
  });

  test.each([
    ['more samples than a recorder writes', box('moov', lying(3_000_000, 0xffffffff, 1)), 1],
    ['the same bytes in each of many indexes', box('moov', lying(1, 1, 4_000)), 100],
  ])('has %s: it is refused', async (_, index, times) => {
    const indexes = Array.from({ length: times }, () => index);
    await expect(cleanedBytes(FTYP, ...indexes, data)).rejects.toMatchObject({
      code: 'media_too_complex',
    });
  });

  const many = Buffer.concat(Array.from({ length: 1_000_000 }, () => box('abcd')));
  test.each([
    ['in the index', [box('moov', box('udta', many))]],
    ['beside it', [box('moov'), many]],
  ])('has a million empty boxes %s: it is refused', async (_, boxes) => {
    await expect(cleanedBytes(FTYP, ...boxes)).rejects.toMatchObject({ code: 'media_too_complex' });
  });

  test('has tracks in tracks in tracks', async () => {
    const sizes = Array.from({ length: 50_000 }, (_, i) => 8 * (i + 1)).reverse();
    const nested = Buffer.concat(
      sizes.map((size) => Buffer.concat([numbers(size), Buffer.from('trak')])),
    );
    const after = await cleanedBytes(FTYP, box('moov', nested), data);
    expect(after.length).toBe(FTYP.length + 8 + nested.length + data.length);
  });
});

test('a film without an index is refused', async () => {
  await expect(cleanedBytes(FTYP, box('mdat', 'film'))).rejects.toMatchObject({
    code: 'corrupt_media',
  });
});
