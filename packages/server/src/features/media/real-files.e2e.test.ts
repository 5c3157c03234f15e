import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Media } from '@confab/protocol';
import { type TestFile, tryUpload, upload } from '../../testing/files';
import { ManualClock } from '../../testing/manual-clock';
import { startS3, type TestS3 } from '../../testing/s3-server';
import { TestServer } from '../../testing/server';
import { storedFiles } from '../../testing/stored';
import type { TestUser } from '../../testing/user';
import { eventually } from '../../testing/waiting';

/** Files are looked into by children that yield to all others: a busy machine lets them wait. */
setDefaultTimeout(60_000);
const PATIENCE_MS = 40_000;

const FIXTURES = join(import.meta.dir, 'testing/fixtures');

const file = (path: string, type: string): TestFile => ({
  name: path.slice(path.lastIndexOf('/') + 1),
  type,
  bytes: new Uint8Array(readFileSync(join(FIXTURES, path))),
});

const KINDS: [path: string, type: string, media: Media['media_type'], thumbnail: boolean][] = [
  ['photo.jpg', 'image/jpeg', 'image', true],
  ['photo.heic', 'image/heic', 'image', true],
  ['photo.avif', 'image/avif', 'image', true],
  ['moving.gif', 'image/gif', 'image', true],
  ['documents/two-pages.pdf', 'application/pdf', 'document', true],
  ['av/opus.ogg', 'audio/ogg', 'audio', false],
  ['av/tags-cover.mp3', 'audio/mpeg', 'audio', true],
  ['av/h264-aac.mp4', 'video/mp4', 'video', false],
];

describe.each(['disk', 's3'] as const)('real files, looked into for real, kept in %s', (kind) => {
  let server: TestServer;
  let ann: TestUser;
  let s3: TestS3 | undefined;
  beforeAll(async () => {
    s3 = kind === 's3' ? await startS3() : undefined;
    server = await TestServer.start({ env: { ...s3?.env } });
    ann = await server.user('ann');
  });
  afterAll(async () => {
    await server.stop();
    await s3?.stop();
  });

  /** As it is once all is known of it. */
  const known = (media: Media | undefined): Promise<Media> =>
    eventually(
      async () => {
        const info = await ann.must<Media>('GET', `${media?.url}/info`);
        return info.is_processed && info;
      },
      'what there is to know of the file',
      PATIENCE_MS,
    );

  test.each(KINDS)('%s', async (path, type, mediaType, hasThumbnail) => {
    const [uploaded] = await upload(ann, [file(path, type)]);
    const media = await known(uploaded);
    expect(media).toMatchObject({ mime_type: type, media_type: mediaType } as Partial<Media>);
    if (mediaType === 'image' || mediaType === 'video') expect(media.width).toBeGreaterThan(0);
    if (mediaType === 'audio' || mediaType === 'video') expect(media.duration).toBeGreaterThan(0);
    if (hasThumbnail) {
      const thumbnail = await ann.fetch(media.thumbnail_path ?? '');
      expect(thumbnail.headers.get('content-type')).toBe('image/webp');
      expect(Buffer.from(await thumbnail.arrayBuffer()).toString('latin1', 8, 12)).toBe('WEBP');
    }
    const whole = new Uint8Array(await (await ann.fetch(media.url)).arrayBuffer());
    expect(whole.length).toBe(media.file_size);
    const head = await ann.fetch(media.url, { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe(String(media.file_size));
    const part = await ann.fetch(media.url, { headers: { range: 'bytes=10-19' } });
    expect([part.status, new Uint8Array(await part.arrayBuffer())]).toEqual([
      206,
      whole.slice(10, 20),
    ]);
  });

  test.each([
    ['told.tif', 'image/tiff', 'Secret'],
    ['told.webm', 'video/webm', 'Secret'],
    ['song.m4a', 'audio/mp4', 'Lavf'],
  ])('%s comes to nobody with what it tells', async (path, type, secret) => {
    const sent = file(path, type);
    expect(Buffer.from(sent.bytes as Uint8Array).includes(secret)).toBe(true);
    const [media] = await upload(ann, [sent]);
    const got = Buffer.from(await (await ann.fetch(media?.url ?? '')).arrayBuffer());
    expect([got.length, got.includes(secret)]).toEqual([sent.bytes.length, false]);
  });

  test('a damaged picture is refused, and nothing is left of it', async () => {
    const { bytes, ...rest } = file('photo.jpg', 'image/jpeg');
    const half = new Uint8Array(bytes as Uint8Array<ArrayBuffer>).slice(0, 300);
    // On a clock that stands still, an answer waits for what is found, however long that takes.
    const clock = new ManualClock(Date.now());
    const patient = await TestServer.start({ clock, env: { ...s3?.env } });
    const answer = await tryUpload(await patient.user('ann'), [{ ...rest, bytes: half }]);
    expect(answer.body).toMatchObject({ status: 422, code: 'corrupt_media' } as never);
    await eventually(() => storedFiles(patient.directory).length === 0, 'nothing of it');
    await patient.stop();
  });

  test('a picture of oneself is made of a photo', async () => {
    const { bytes } = file('photo.jpg', 'image/jpeg');
    const response = await ann.fetch('/api/auth/me/avatar', {
      method: 'PUT',
      body: bytes,
      headers: { 'content-type': 'image/jpeg' },
    });
    const { avatar_url } = await response.json();
    expect((await fetch(server.url + avatar_url)).headers.get('content-type')).toBe('image/webp');
  });
});
