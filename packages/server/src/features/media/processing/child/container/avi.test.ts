import { describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfabError } from '@confab/protocol/failure';
import { fixture } from '../../../testing/fixtures';
import { DECODERS, requestFor, Scratch } from '../../../testing/processing';
import { processVideo } from '../video/process-video';
import { readAvi } from './avi';

const FILM = fixture('av/film.avi');
const AVI = 'video/x-msvideo';
const facts = { width: 320, height: 180, rotation: 0, codec: 'mpeg4', duration: 2.1 } as const;

describe.each(DECODERS)('an AVI with posters by $by', ({ by, tools, missing }) => {
  test.skipIf(missing)('tells its size and duration', async () => {
    using scratch = new Scratch();
    const result = await processVideo(requestFor(FILM, AVI, scratch.output), tools);
    expect(result).toMatchObject(facts);
    const poster = { width: 320, height: 180 };
    expect(result.thumbnail).toEqual(by === 'ffmpeg' ? expect.objectContaining(poster) : null);
  });
});

/** What its headers say after a change of its bytes. */
async function changed(change: (bytes: Buffer) => Uint8Array) {
  using scratch = new Scratch();
  const path = join(scratch.output, 'changed.avi');
  await Bun.write(path, change(readFileSync(FILM)));
  return await readAvi(path);
}

const FORMAT = readFileSync(FILM).indexOf('strf') + 8;

test.each([
  ['turned upside down', -180, 180],
  ['higher', 400, 400],
])('a picture that is %s', async (_, stored, height) => {
  const { picture } = await changed((bytes) => {
    bytes.writeInt32LE(stored, FORMAT + 8);
    return bytes;
  });
  expect(picture?.height).toBe(height);
});

test('a picture that nobody could display is refused', async () => {
  const change = (bytes: Buffer) => {
    bytes.writeInt32LE(100_000, FORMAT + 4);
    return bytes;
  };
  await expect(changed(change)).rejects.toMatchObject({ code: 'media_too_complex' });
});

test('one without headers is refused', async () => {
  const change = (bytes: Buffer) => bytes.subarray(0, 12);
  await expect(changed(change)).rejects.toMatchObject({ code: 'corrupt_media' });
});

test('is an answer or a refusal wherever it breaks off, and whatever its numbers claim', async () => {
  for (let at = 0; at < 800; at += 3) {
    const isFine = (error: unknown) => expect(error).toBeInstanceOf(ConfabError);
    await changed((bytes) => bytes.subarray(0, at)).catch(isFine);
    await changed((bytes) => {
      bytes.writeUInt32LE(0xfffffff0, at);
      return bytes;
    }).catch(isFine);
  }
});
