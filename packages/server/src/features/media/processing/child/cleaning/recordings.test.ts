import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fixture } from '../../../testing/fixtures';
import { requestFor } from '../../../testing/request';
import { clean } from './clean';
import { withChecksum } from './ogg-pages';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'recordings-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

/** Programs that write and read tags as others do. */
const areMissing = !Bun.which('ffmpeg') || !Bun.which('ffprobe');

const TOLD = {
  title: 'A Song',
  artist: 'The Band',
  album: 'An Album',
  comment: 'Secret comment',
  location: 'Secret +48.8584+002.2945/',
  GPSLatitude: 'Secret 48.8584',
};
const KEPT = { title: 'A Song', artist: 'The Band', album: 'An Album' };

function run(program: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

/** One of the recordings with tags that a program wrote, and more that it may be told. */
function told(name: string, more: readonly string[] = []): string {
  const path = join(dir, `told-${more.length}-${name.replace('av/', '')}`);
  const tags = Object.entries(TOLD).flatMap(([key, value]) => ['-metadata', `${key}=${value}`]);
  const stream = name.endsWith('.ogg')
    ? tags.map((word) => (word === '-metadata' ? '-metadata:s' : word))
    : [];
  const args = ['-i', fixture(name), '-c', 'copy', ...tags, ...stream, ...more, path];
  run('ffmpeg', ['-v', 'error', ...args]);
  return path;
}

function tagsOf(path: string): Record<string, string> {
  const show = ['-show_entries', 'format_tags:stream_tags', '-of', 'json', path];
  const { format, streams } = JSON.parse(run('ffprobe', ['-v', 'error', ...show]));
  const all = Object.entries({ ...streams?.[0]?.tags, ...format?.tags }) as [string, string][];
  return Object.fromEntries(all.map(([key, value]) => [key.toLowerCase(), value]));
}

/** A checksum of the sound; it fails where anything about the file is damaged. */
const soundOf = (path: string): string =>
  run('ffmpeg', [
    ...['-v', 'error', '-xerror', '-err_detect', 'crccheck+bitstream+explode', '-i', path],
    ...['-map', '0:a', '-f', 'md5', '-'],
  ]);

const cleaned = async (path: string) => clean(await requestFor(path, dir));

describe.skipIf(areMissing).each<[string, string, string[]]>([
  ['ID3 2.3', 'av/tags-cover.mp3', ['-id3v2_version', '3']],
  ['ID3 2.4', 'av/tags-cover.mp3', ['-id3v2_version', '4']],
  ['ID3 of both kinds', 'av/tags-cover.mp3', ['-write_id3v1', '1']],
  ['FLAC', 'av/flac.flac', []],
  ['Ogg Vorbis', 'av/vorbis.ogg', []],
  ['Ogg Opus', 'av/opus.ogg', []],
])('a recording with tags as %s has them', (_, name, more) => {
  test('loses place and comment, and keeps what describes the music', async () => {
    const path = told(name, more);
    const [before, result] = [readFileSync(path), await cleaned(path)];
    const after = readFileSync(result);
    expect(before.includes('Secret')).toBe(true);
    expect([after.includes('Secret'), after.includes('48.8584')]).toEqual([false, false]);
    expect(after.length).toBe(before.length);
    expect(tagsOf(result)).toMatchObject(KEPT);
    expect(soundOf(result)).toBe(soundOf(path));
    // A clean file is left alone.
    expect(await cleaned(result)).toBe(result);
  });
});

test.skipIf(areMissing)('the cover of a song stays', async () => {
  const path = told('av/tags-cover.mp3');
  const show = ['-v', 'error', '-select_streams', 'v', '-show_entries', 'stream=codec_name,width'];
  const covers = [path, await cleaned(path)].map((file) => run('ffprobe', [...show, file]));
  expect(covers[0]).toContain('codec_name');
  expect(covers[1]).toBe(covers[0] as string);
});

describe('an ID3 tag', () => {
  const SOUND = readFileSync(fixture('av/tags-cover.mp3')).subarray(-4000);
  const seven = (size: number) => [21, 14, 7, 0].map((shift) => (size >> shift) & 0x7f);
  const tag = (version: number, flags: number, body: Uint8Array, footer = 0) =>
    Buffer.concat([
      Buffer.from('ID3'),
      Buffer.from([version, 0, flags, ...seven(body.length)]),
      body,
      Buffer.alloc(footer, 'Secret'),
    ]);
  const size = (version: number, length: number) => {
    if (version === 2) return [length >> 16, (length >> 8) & 0xff, length & 0xff];
    const plain = Buffer.alloc(4);
    plain.writeUInt32BE(length);
    return [...(version === 4 ? seven(length) : plain), 0, 0];
  };
  const frame = (version: number, id: string, text: string) =>
    Buffer.concat([
      Buffer.from(id),
      Buffer.from(size(version, text.length + 1)),
      Buffer.from([0]),
      Buffer.from(text, 'latin1'),
    ]);
  const MEANINGS = {
    2: ['GEO', 'TT2', 'COM', 'TXX'],
    3: ['GEOB', 'TIT2', 'COMM', 'PRIV'],
    4: ['GEOB', 'TIT2', 'COMM', 'XYZZ'],
  } as const;
  async function cleanedBytes(...parts: Uint8Array[]): Promise<Buffer> {
    const path = join(dir, 'song.mp3');
    writeFileSync(path, Buffer.concat(parts));
    const recognised = { mimeType: 'audio/mpeg', mediaType: 'audio', extension: 'mp3' } as const;
    return readFileSync(await clean({ path, recognised, outputDir: dir }));
  }

  test.each([2, 3, 4] as const)('of version 2.%d keeps its title alone', async (version) => {
    const frames = MEANINGS[version].map((id) =>
      frame(version, id, /^TT2|TIT2/.test(id) ? 'A Song' : 'engSecret'),
    );
    const before = tag(version, 0, Buffer.concat([...frames, Buffer.alloc(20)]));
    const after = await cleanedBytes(before, SOUND);
    expect(after.length).toBe(before.length + SOUND.length);
    expect(after.includes('Secret')).toBe(false);
    const title = frame(version, MEANINGS[version][1], 'A Song');
    expect(after.subarray(10, 10 + title.length).equals(title)).toBe(true);
    const rest = after.subarray(10 + title.length, before.length);
    expect(rest.every((byte) => byte === 0)).toBe(true);
    expect(after.subarray(before.length).equals(SOUND)).toBe(true);
  });

  test('with sizes as iTunes wrote them keeps a long title', async () => {
    const long = frame(3, 'TIT2', 'x'.repeat(200));
    const body = Buffer.concat([long, frame(4, 'COMM', 'Secret')]);
    const after = await cleanedBytes(tag(4, 0, body), SOUND);
    expect([after.includes('x'.repeat(200)), after.includes('Secret')]).toEqual([true, false]);
  });

  test('that is unsynchronised, extended, or has a footer, is read all the same', async () => {
    const title = frame(3, 'TIT2', 'A\xff\xe0B');
    const written = Buffer.from(title.toString('latin1').replace('\xff', '\xff\0'), 'latin1');
    const secret = frame(3, 'COMM', 'Secret');
    const shifted = await cleanedBytes(tag(3, 0x80, Buffer.concat([secret, written])), SOUND);
    expect([shifted.includes(title), shifted[5]]).toEqual([true, 0]);
    const extension = Buffer.from([0, 0, 0, 6, 0, 0, 0, 0, 0, 0]);
    const extended = tag(3, 0x40, Buffer.concat([extension, title, secret]));
    expect((await cleanedBytes(extended, SOUND)).includes(title)).toBe(true);
    const footed = tag(4, 0x10, Buffer.concat([frame(4, 'TIT2', 'A'), frame(4, 'COMM', 'B')]), 10);
    const after = await cleanedBytes(footed, SOUND);
    expect([after.includes('Secret'), after[5], after[9]]).toEqual([false, 0, footed.length - 10]);
    for (const file of [shifted, after]) expect(file.subarray(-4000).equals(SOUND)).toBe(true);
  });

  test('that makes no sense goes, and one longer than its file is refused', async () => {
    const odd = tag(9, 0, Buffer.from('Secret, and more'));
    expect((await cleanedBytes(odd, SOUND)).includes('Secret')).toBe(false);
    const broken = tag(3, 0, Buffer.from('COMM\xff\xff\xff\xff\0\0Secret', 'latin1'));
    expect((await cleanedBytes(broken, SOUND)).includes('Secret')).toBe(false);
    const lie = tag(3, 0, Buffer.alloc(90_000)).subarray(0, 100);
    await expect(cleanedBytes(lie)).rejects.toMatchObject({ code: 'corrupt_media' });
  });

  test('of the first version keeps the number of its track, and APE beside it its title', async () => {
    const item = (key: string, value: string) => {
      const head = Buffer.alloc(8);
      head.writeUInt32LE(value.length);
      return Buffer.concat([head, Buffer.from(`${key}\0${value}`)]);
    };
    const items = Buffer.concat([
      item('Title', 'A Song'),
      item('Comment', 'Secret'),
      item('Year', '1'),
    ]);
    const footer = Buffer.alloc(32);
    footer.write('APETAGEX');
    footer.writeUInt32LE(2000, 8);
    footer.writeUInt32LE(items.length + 32, 12);
    footer.writeUInt32LE(3, 16);
    const old = Buffer.alloc(128);
    old.write('TAGA Song');
    old.write('Secret place', 97);
    old[126] = 7;
    const after = await cleanedBytes(SOUND, items, footer, old);
    expect(after.includes('Secret')).toBe(false);
    expect(after.includes('Title\0A Song')).toBe(true);
    expect(after.includes('Comment\0      ')).toBe(true);
    expect(after.includes('TAGA Song')).toBe(true);
    expect(after.at(-2)).toBe(7);
  });
});

test('what programs keep in a FLAC file for themselves goes', async () => {
  const flac = readFileSync(fixture('av/flac.flac'));
  const info = flac.subarray(0, 42);
  const block = Buffer.concat([Buffer.from([2, 0, 0, 10]), Buffer.from('testSecret')]);
  const path = join(dir, 'kept.flac');
  writeFileSync(path, Buffer.concat([info, block, flac.subarray(42)]));
  const after = readFileSync(await cleaned(path));
  expect(after.subarray(42, 56)).toEqual(Buffer.from([1, 0, 0, 10, ...Buffer.alloc(10)]));
  expect(after.subarray(56).includes('fLaC')).toBe(false);
});

test.skipIf(areMissing)(
  'comments of an Ogg file that lie over several pages go, and their checksums fit',
  async () => {
    const long = `Secret${'x'.repeat(100_000)}Secret`;
    const path = told('av/vorbis.ogg', ['-metadata:s', `lyrics=${long}`]);
    const result = await cleaned(path);
    const after = readFileSync(result);
    expect([after.includes('Secret'), after.includes('xxxx')]).toEqual([false, false]);
    expect(tagsOf(result)).toMatchObject(KEPT);
    expect(soundOf(result)).toBe(soundOf(path));
  },
);

test('tags without end are refused', async () => {
  const path = join(dir, 'endless');
  const recognised = { mimeType: 'audio/flac', mediaType: 'audio', extension: 'flac' } as const;
  const blocks = Buffer.concat([Buffer.from('fLaC'), Buffer.alloc(8_000)]);
  const comments = Buffer.from([0x84, 0, 0, 8, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]);
  const tags = Buffer.concat(
    Array.from({ length: 20 }, () => Buffer.from('ID3\x03\0\0\0\0\0\0', 'latin1')),
  );
  for (const bytes of [blocks, Buffer.concat([Buffer.from('fLaC'), comments]), tags]) {
    writeFileSync(path, bytes);
    await expect(clean({ path, recognised, outputDir: dir })).rejects.toMatchObject({
      code: 'media_too_complex',
    });
  }
});

test('the checksum of a page is the one that others wrote', () => {
  const ogg = readFileSync(fixture('av/opus.ogg'));
  const page = ogg.subarray(0, ogg.indexOf('OggS', 4));
  expect(withChecksum(page).equals(page)).toBe(true);
});
