import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test';
import type { Me, Media } from '@confab/protocol';
import { askDoor, doorPath } from '../../../app/operator-door';
import { readSettings } from '../../../config/settings';
import { systemClock } from '../../../lib/clock';
import { type BlobKey, newBlobKey } from '../../../storage/blobs/blob-key';
import type { BlobStore } from '../../../storage/blobs/blob-store';
import { openBlobs } from '../../../storage/blobs/open-blobs';
import { runAdmin } from '../../../testing/command-line';
import { DIALECTS } from '../../../testing/databases';
import { FakeProcessor } from '../../../testing/fake-processor';
import { PIXEL, picture, text, upload } from '../../../testing/files';
import { patientClock } from '../../../testing/patient-clock';
import { startS3, type TestS3 } from '../../../testing/s3-server';
import { TestServer } from '../../../testing/server';
import type { TestUser } from '../../../testing/user';
import { eventually } from '../../../testing/waiting';
import type { StorageReport } from './report';

/** Programs are started, each of which takes its time on a busy machine. */
setDefaultTimeout(120_000);

const STORES = ['disk', 'S3'] as const;
const PLACES = DIALECTS.flatMap((dialect) => STORES.map((store) => [dialect, store] as const));

describe.each(PLACES)('verifying files of %s on %s', (dialect, kind) => {
  let s3: TestS3 | undefined;
  let server: TestServer;
  let store: BlobStore;
  let ann: TestUser;

  beforeEach(async () => {
    s3 = kind === 'S3' ? await startS3() : undefined;
    server = await TestServer.start({
      dialect,
      clock: patientClock,
      env: { RATE_LIMITS: 'off', ...s3?.env },
      media: { processor: new FakeProcessor() },
    });
    const onError = (error: unknown) => {
      throw error;
    };
    store = await openBlobs(readSettings(server.env), { clock: systemClock, onError });
    ann = await server.user('ann');
  });
  afterEach(async () => {
    await server.stop();
    await s3?.stop();
  });

  const verify = async (repair = false) =>
    (await askDoor(doorPath(server.directory), {
      task: 'verifyStorage',
      input: { repair },
    })) as StorageReport;
  const put = async (content: string, kind: 'media' | 'thumbnails' = 'media') => {
    const key = newBlobKey(kind, 'txt', (n) => crypto.getRandomValues(new Uint8Array(n)));
    await putAs(key, content);
    return key;
  };
  const putAs = async (key: BlobKey, content: string) => {
    const path = `${server.directory}/incoming/made-${crypto.randomUUID()}`;
    await Bun.write(path, content);
    await store.adopt(key, path, 'text/plain');
  };
  const keys = async () => (await Array.fromAsync(store.list())).map(({ key }) => key);
  const sent = async () => {
    const chat = await ann.direct(ann);
    const media = await upload(ann, [picture(), text('some words')]);
    const ids = media.map((file) => file.id);
    return (await ann.send(chat.id, '', { media_ids: ids })).media as [Media, Media];
  };
  const firstOf = async (prefix: string) =>
    (await keys()).find((key) => key.startsWith(prefix)) as BlobKey;

  test('finds nothing where all is well', async () => {
    await sent();
    await ann.fetch('/api/auth/me/avatar', { method: 'PUT', body: PIXEL });
    const report = await verify();
    expect(report).toMatchObject({ files: 5, repaired: null });
    expect(report.bytes).toBeGreaterThan(PIXEL.length);
    for (const found of [report.orphans, report.missing, report.damaged]) {
      expect(found).toEqual({ count: 0, items: [] });
    }
  });

  test('finds files that nothing knows, and removes them when asked to', async () => {
    const files = await sent();
    const before = (await keys()).toSorted();
    const lost = [await put('one'), await put('two', 'thumbnails')];
    const report = await verify();
    expect(report.orphans.count).toBe(2);
    expect(report.orphans.items.map(({ key }) => key).toSorted()).toEqual(lost.toSorted());
    expect(await keys()).toHaveLength(before.length + 2);
    expect((await verify(true)).repaired).toEqual({ removed: 2, thumbnails: 0, recounted: 0 });
    expect((await keys()).toSorted()).toEqual(before);
    expect((await verify(true)).repaired).toEqual({ removed: 0, thumbnails: 0, recounted: 0 });
    for (const file of files) expect((await ann.fetch(file.url)).status).toBe(200);
  });

  test('finds files that are missing, and those of another size', async () => {
    const [pixel, words] = await sent();
    await ann.fetch('/api/auth/me/avatar', { method: 'PUT', body: PIXEL });
    const { id } = await ann.must<Me>('GET', '/api/auth/me');
    const all = await keys();
    const named = (end: string) => all.find((key) => key.endsWith(end)) as BlobKey;
    const [image, notes] = [named('.png'), named('.txt')];
    await store.remove(image);
    await store.remove(notes);
    await putAs(notes, 'cut');
    for (const key of all.filter((key) => key.startsWith('avatars/'))) await store.remove(key);
    const report = await verify(true);
    expect(report.damaged).toEqual({
      count: 1,
      items: [{ key: notes, of: `media ${words.id}` }],
    });
    expect(report.missing.items.map(({ of }) => of)).toEqual([
      `media ${pixel.id}`,
      `picture of user ${id}`,
      `picture of user ${id}`,
    ]);
    expect(report.repaired).toEqual({ removed: 0, thumbnails: 0, recounted: 0 });
    expect((await ann.fetch(pixel.url)).status).toBe(404);
  });

  test('has a thumbnail made anew that is missing', async () => {
    const [pixel] = await sent();
    const lost = await firstOf('thumbnails/');
    await store.remove(lost);
    expect((await ann.fetch(`${pixel.url}/thumbnail`)).status).toBe(404);
    const { missing, repaired } = await verify(true);
    expect(missing.items).toEqual([{ key: lost, of: `thumbnail of media ${pixel.id}` }]);
    expect(repaired).toEqual({ removed: 0, thumbnails: 1, recounted: 0 });
    await server.restart();
    await eventually(
      async () => (await ann.fetch(`${pixel.url}/thumbnail`)).status === 200,
      'a new thumbnail',
    );
    expect((await verify()).missing.count).toBe(0);
  });

  test('counts anew what files take, and leaves word of every repair', async () => {
    const files = await sent();
    const { id } = await ann.must<Me>('GET', '/api/auth/me');
    await server.change(`update media_usage set bytes = 5 where user_id = ${id}`);
    await server.change('insert into media_usage (user_id, bytes) values (700000000, 5)');
    expect((await verify()).repaired).toBeNull();
    const { repaired } = await verify(true);
    expect(repaired).toEqual({ removed: 0, thumbnails: 0, recounted: 2 });
    const room = await ann.must<Me>('GET', '/api/auth/me');
    expect(room.used_bytes).toBe(files.reduce((sum, file) => sum + file.file_size, 0));
    expect((await verify(true)).repaired).toMatchObject({ recounted: 0 });
    const log = (await askDoor(doorPath(server.directory), { task: 'auditLog', input: {} })) as {
      items: { action: string; details: unknown }[];
    };
    const nothing = { removed: 0, thumbnails: 0, recounted: 0 };
    expect(log.items.map(({ action, details }) => [action, details])).toEqual([
      ['storage.repair', nothing],
      ['storage.repair', repaired],
    ]);
  });

  test('takes nothing for lost that comes and goes meanwhile', async () => {
    const chat = await ann.direct(ann);
    let busy = true;
    const work = (async () => {
      while (busy) {
        const [file] = await upload(ann, [picture()]);
        const { id } = await ann.send(chat.id, '', { media_ids: [file?.id] });
        await ann.must('DELETE', `/api/messages/${id}`);
      }
    })();
    for (let n = 0; n < 8; n++) {
      const { orphans, missing } = await verify(true);
      expect([orphans.items, missing.items]).toEqual([[], []]);
    }
    busy = false;
    await work;
  });

  test('repairs nothing beside a database that knows no files', async () => {
    const key = await put('of another server');
    await expect(verify(true)).rejects.toMatchObject({ code: 'conflict' });
    expect(await keys()).toEqual([key]);
    expect((await verify()).orphans.count).toBe(1);
  });

  test('works on the command line, with the server and without', async () => {
    await sent();
    const admin = (...args: string[]) => runAdmin(server.env, ['storage', 'verify', ...args]);
    expect(await admin()).toMatchObject({ code: 0, out: expect.stringContaining('All is well.') });
    const lost = await put('one');
    const shown = await admin();
    expect(shown.out).toContain('1 stored, but not named in the database');
    expect(shown.out).toContain(lost);
    expect(shown.out).toContain('--repair');
    expect(shown.code).toBe(1);
    await server.restart(async () => {
      const offline = await admin('--repair', '--json');
      expect(JSON.parse(offline.out)).toMatchObject({ repaired: { removed: 1 } });
      expect(offline.code).toBe(0);
    });
    expect(await keys()).not.toContain(lost);
    await store.remove(await firstOf('media/'));
    expect([(await admin()).code, (await admin('--repair', '--json')).code]).toEqual([1, 1]);
  });
});
