import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Media } from '@confab/protocol';
import { upload } from '../packages/server/src/testing/files';
import { TestServer } from '../packages/server/src/testing/server';
import type { TestUser } from '../packages/server/src/testing/user';
import { eventually } from '../packages/server/src/testing/waiting';
import { FFMPEG, MADE_SECONDS, type MadeFile, made } from './support/made-files';

const DOCUMENTS = join(
  import.meta.dir,
  '../packages/server/src/features/media/testing/fixtures/documents',
);
const OFFICE = 'application/vnd.openxmlformats-officedocument';
const OPEN = 'application/vnd.oasis.opendocument';
const PATIENCE_MS = 60_000;

type Expected = Partial<Media> & { thumbnail?: boolean };
const film = (mime_type: string, codec: string): Expected => ({
  ...{ mime_type, codec, media_type: 'video', width: 320, height: 180, rotation: 0 },
  thumbnail: true,
});
const tone = (mime_type: string, codec: string): Expected => ({
  ...{ mime_type, codec, media_type: 'audio', width: null },
});
const still = (mime_type: string, more: Expected = {}): Expected => ({
  ...{ mime_type, media_type: 'image', width: 640, height: 360, duration: null },
  ...{ is_animated: false, thumbnail: true },
  ...more,
});
const document = (mime_type: string, thumbnail = false): Expected => ({
  ...{ mime_type, media_type: 'document', thumbnail },
});

const MADE: [name: MadeFile, expected: Expected][] = [
  ['film.mp4', film('video/mp4', 'avc')],
  ['tail.mp4', film('video/mp4', 'avc')],
  ['film.mov', film('video/quicktime', 'avc')],
  ['film.mkv', film('video/x-matroska', 'avc')],
  ['film.webm', film('video/webm', 'vp9')],
  ['tone.mp3', { ...tone('audio/mpeg', 'mp3'), tags: { title: 'A tone' } }],
  ['tone.ogg', tone('audio/ogg', 'vorbis')],
  ['tone.opus', tone('audio/ogg', 'opus')],
  ['tone.m4a', tone('audio/mp4', 'aac')],
  ['tone.wav', tone('audio/wav', 'pcm-s16')],
  ['tone.flac', tone('audio/flac', 'flac')],
  ['tone.aac', tone('audio/aac', 'aac')],
  ['still.jpg', still('image/jpeg')],
  ['still.png', still('image/png')],
  ['still.webp', still('image/webp')],
  ['still.bmp', still('image/bmp')],
  ['still.tiff', still('image/tiff', { media_type: 'document' })],
  ['moving.gif', still('image/gif', { is_animated: true })],
];

const GIVEN: [name: string, expected: Expected][] = [
  ['two-pages.pdf', document('application/pdf', true)],
  ['letter.docx', document(`${OFFICE}.wordprocessingml.document`)],
  ['table.xlsx', document(`${OFFICE}.spreadsheetml.sheet`)],
  ['slides.pptx', document(`${OFFICE}.presentationml.presentation`)],
  ['letter.odt', document(`${OPEN}.text`, true)],
  ['table.ods', document(`${OPEN}.spreadsheet`, true)],
  ['slides.odp', document(`${OPEN}.presentation`, true)],
  ['letter.doc', document('application/msword')],
  ['table.xls', document('application/vnd.ms-excel')],
];

const WRITTEN: [name: string, content: string, mimeType: string][] = [
  ['letter.txt', 'Dear Ann,\n', 'text/plain'],
  ['table.csv', 'a,b\n1,2\n', 'text/csv'],
  ['notes.md', '# Notes\n', 'text/markdown'],
  ['data.json', '{"a": 1}', 'application/json'],
];

describe('files as other programs make them', () => {
  let server: TestServer;
  let ann: TestUser;
  const folder = mkdtempSync(join(tmpdir(), 'confab-made-'));
  beforeAll(async () => {
    server = await TestServer.start({ env: { RATE_LIMITS: 'off' } });
    ann = await server.user('ann');
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  async function taken(name: string, bytes: Uint8Array<ArrayBuffer> | string): Promise<Media> {
    // Without a claimed type, as from programs that know none.
    const [media] = await upload(ann, [{ name, type: '', bytes }]);
    return eventually(async () => {
      const info = await ann.must<Media>('GET', `${media?.url}/info`);
      return info.is_processed && info;
    }, `all that is to know of ${name}`);
  }

  async function check(media: Media, { thumbnail = false, ...expected }: Expected): Promise<void> {
    expect(media).toMatchObject(expected as Partial<Media>);
    expect(media.thumbnail_path !== null).toBe(thumbnail);
    if (media.media_type === 'audio' || media.media_type === 'video') {
      expect(Math.abs((media.duration ?? 0) - MADE_SECONDS)).toBeLessThan(0.2);
    }
    if (media.media_type === 'audio') expect(media.waveform).toHaveLength(64);
    if (media.thumbnail_path === null) return;
    const [width = 0, height = 0] = [media.thumbnail_width ?? 0, media.thumbnail_height ?? 0];
    expect(Math.max(width, height)).toBeLessThanOrEqual(480);
    const answer = await ann.fetch(media.thumbnail_path);
    expect(answer.headers.get('content-type')).toBe('image/webp');
    const content = Buffer.from(await answer.arrayBuffer());
    expect(content.toString('latin1', 8, 12)).toBe('WEBP');
  }

  test.skipIf(FFMPEG === null).each(MADE)(
    '%s',
    async (name, expected) => {
      await check(await taken(name, await made(folder, name)), expected);
    },
    PATIENCE_MS,
  );

  test.each(GIVEN)('%s', async (name, expected) => {
    await check(await taken(name, new Uint8Array(readFileSync(join(DOCUMENTS, name)))), expected);
  });

  test.each(WRITTEN)('%s', async (name, content, mimeType) => {
    await check(await taken(name, content), document(mimeType));
  });
});
