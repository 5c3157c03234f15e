import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { existsSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSettings } from '../../config/settings';
import { systemClock } from '../../lib/clock';
import { anyKey, BlobFolder, contentOf } from '../../testing/blob-contract';
import { startS3, type TestS3 } from '../../testing/s3-server';
import { openBlobs } from './open-blobs';

const S3_NAMES = [
  'S3_ENDPOINT',
  'S3_BUCKET',
  'S3_REGION',
  'S3_ACCESS_KEY_ID',
  'S3_SECRET_ACCESS_KEY',
];

describe('the store that the settings name', () => {
  const folder = new BlobFolder();
  let s3: TestS3;
  beforeAll(async () => {
    s3 = await startS3();
  });
  afterAll(async () => {
    await s3.stop();
    folder.remove();
  });

  const open = (env: Record<string, string>) =>
    openBlobs(readSettings({ STORAGE_DIR: folder.path, ...env }), {
      clock: systemClock,
      onError: () => {},
    });
  const inS3 = () => ({
    S3_ENDPOINT: s3.location.endpoint,
    S3_BUCKET: s3.location.bucket,
    S3_REGION: s3.location.region,
    S3_ACCESS_KEY_ID: s3.location.accessKeyId,
    S3_SECRET_ACCESS_KEY: s3.location.secretAccessKey,
  });

  test('is the disk, when none does', async () => {
    const [store, key] = [await open({}), anyKey()];
    await store.adopt(key, folder.staged('here'), 'text/plain');
    expect(existsSync(join(folder.path, key))).toBe(true);
  });

  test('makes its folders', async () => {
    const STORAGE_DIR = join(folder.path, 'new', 'one');
    await open({ STORAGE_DIR });
    expect(readdirSync(STORAGE_DIR)).toEqual(['incoming']);
  });

  test('is the bucket, of which nothing comes to the disk', async () => {
    const [store, key] = [await open(inS3()), anyKey()];
    await store.adopt(key, folder.staged('there'), 'text/plain');
    expect(existsSync(join(folder.path, key))).toBe(false);
    expect(String(await contentOf(store, key))).toBe('there');
  });

  test('puts away the copies that a crash left, but no fresh ones and no uploads', async () => {
    const paths = ['s3-copy-old', 's3-copy-new', 'upload-old'].map((name) =>
      join(folder.incoming, name),
    );
    for (const path of paths) writeFileSync(path, 'x');
    for (const path of [paths[0], paths[2]]) utimesSync(path as string, 1, 1);
    await open(inS3());
    expect(paths.map((path) => existsSync(path))).toEqual([false, true, true]);
  });

  test.each(S3_NAMES)('that is named but for %s stops the start', async (name) => {
    const opened = open({ ...inS3(), [name]: '' });
    await expect(opened).rejects.toThrow(`${name} must be set as well`);
    await expect(opened).rejects.toMatchObject({ name: 'SettingsError' });
  });

  test('that does not exist stops the start, and is named', async () => {
    const missing = open({ ...inS3(), S3_BUCKET: 'nobodys' });
    await expect(missing).rejects.toThrow('S3_BUCKET names nobodys, which does not exist');
    const nowhere = open({ ...inS3(), S3_ENDPOINT: 'http://127.0.0.1:1' });
    await expect(nowhere).rejects.toThrow('http://127.0.0.1:1 cannot be used (ConnectionRefused)');
  });

  test.each([
    ['InvalidAccessKeyId', 'does not know S3_ACCESS_KEY_ID'],
    ['SignatureDoesNotMatch', 'does not know S3_ACCESS_KEY_ID'],
    ['AccessDenied', 'may not list, write and delete'],
    ['AuthorizationHeaderMalformed', 'S3_REGION or S3_ENDPOINT is not that of the bucket'],
    ['InternalError', 'cannot be used (InternalError)'],
  ])('that answers %s stops the start with a plain sentence', async (code, sentence) => {
    const body = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>x</Message></Error>`;
    const server = Bun.serve({
      hostname: '127.0.0.1',
      port: 0,
      fetch: () => new Response(body, { status: 403 }),
    });
    const opened = open({ ...inS3(), S3_ENDPOINT: server.url.origin });
    await expect(opened).rejects.toThrow(sentence);
    await server.stop(true);
  });
});
