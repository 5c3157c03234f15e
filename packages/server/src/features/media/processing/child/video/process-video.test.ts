import { describe, expect, test } from 'bun:test';
import { basename } from 'node:path';
import sharp from 'sharp';
import { fixture } from '../../../testing/fixtures';
import { DECODERS, outcomeOf, requestFor, Scratch, TOOLS } from '../../../testing/processing';
import { processVideo } from './process-video';

const lying = { width: 320, height: 180, rotation: 0 } as const;
const upright = { width: 180, height: 320, rotation: 270 } as const;
const FILMS = [
  ['h264-aac.mp4', 'video/mp4', { ...lying, codec: 'avc' }, 2],
  ['vp9-opus.webm', 'video/webm', { ...lying, codec: 'vp9' }, 2.008],
  ['h264-vorbis.mkv', 'video/x-matroska', { ...lying, codec: 'avc' }, 2.003],
  ['hevc.mp4', 'video/mp4', { ...lying, codec: 'hevc' }, 2],
  ['phone-rotated.mov', 'video/quicktime', { ...upright, codec: 'avc' }, 2],
] as const;

/** The dominating channel at a place of the picture, as parts of its width and height. */
async function colourAt(path: string, across: number, down: number): Promise<string> {
  const { data, info } = await sharp(path).raw().toBuffer({ resolveWithObject: true });
  const column = Math.floor(info.width * across);
  const row = Math.floor(info.height * down);
  const at = (row * info.width + column) * info.channels;
  const [red = 0, green = 0, blue = 0] = data.subarray(at, at + 3);
  return `${red > 128 ? 'R' : ''}${green > 128 ? 'G' : ''}${blue > 128 ? 'B' : ''}`;
}

describe.each(DECODERS)('a poster by $by', ({ tools, missing }) => {
  test.skipIf(missing).each(FILMS)('%s', async (name, mimeType, picture, duration) => {
    using scratch = new Scratch();
    const result = await processVideo(
      requestFor(fixture(`av/${name}`), mimeType, scratch.output),
      tools,
    );
    expect(result).toMatchObject({ ...picture, duration, tags: null, waveform: null });
    expect(result.thumbhash).toMatch(/^[\w+/]{20,}=*$/);
    const { width, height } = picture;
    expect(result.thumbnail).toMatchObject({ mimeType: 'image/webp', width, height });
    expect(scratch.results()).toEqual([basename(result.thumbnail?.path ?? '')]);
  });

  test.skipIf(missing)('is turned as the picture is displayed', async () => {
    using scratch = new Scratch();
    const path = fixture('av/phone-rotated.mov');
    const request = requestFor(path, 'video/quicktime', scratch.output);
    const { thumbnail } = await processVideo(request, tools);
    // The bars of the source run from red at the left to cyan at the right.
    expect(await colourAt(thumbnail?.path ?? '', 0.9, 0.95)).toBe('R');
    expect(await colourAt(thumbnail?.path ?? '', 0.2, 0.03)).toBe('GB');
  });
});

test('a video without any decoder still tells its size, but has no poster', async () => {
  using scratch = new Scratch();
  const film = requestFor(fixture('av/h264-aac.mp4'), 'video/mp4', scratch.output);
  const result = await processVideo(film, { ...TOOLS, ffmpeg: '/bin/false' });
  expect(result).toMatchObject({
    ...lying,
    codec: 'avc',
    duration: 2,
    thumbnail: null,
    thumbhash: null,
  });
  expect(scratch.results()).toEqual([]);
});

test('sound alone in a video’s container is measured as a recording', async () => {
  using scratch = new Scratch();
  const voice = requestFor(fixture('av/voice.webm'), 'video/webm', scratch.output);
  const result = await processVideo(voice, TOOLS);
  expect(result).toMatchObject({ width: null, height: null, codec: 'opus', duration: 2.008 });
});

test('a kind of video that nobody here reads is stored with nothing known', async () => {
  using scratch = new Scratch();
  const path = await scratch.file('film.flv', 'FLV\x01');
  const result = await processVideo(requestFor(path, 'video/x-flv', scratch.output), TOOLS);
  expect(result).toMatchObject({ width: null, duration: null, thumbnail: null });
});

test.each([
  ['nothing', ''],
  ['text', 'not a film at all'],
  ['a header alone', '\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom'],
])('%s that claims to be MP4 is damaged', async (_name, content) => {
  using scratch = new Scratch();
  const path = await scratch.file('film.mp4', content);
  const work = processVideo(requestFor(path, 'video/mp4', scratch.output), TOOLS);
  expect(await outcomeOf(work)).toBe('corrupt_media');
});
