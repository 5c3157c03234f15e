import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { anyKey, BlobFolder, listed } from '../../testing/blob-contract';
import { ManualClock } from '../../testing/manual-clock';
import { locationAt } from '../../testing/s3-server';
import { eventually } from '../../testing/waiting';
import { S3Blobs, s3Client } from './s3-blobs';

/** Longer than a pause before another try, shorter than the wait for an answer. */
const PAUSE_MS = 1_000;

type Answer = (request: Request) => Response | Promise<Response>;

const refusal = (status: number, code: string) => (request: Request) => {
  const body = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>secret</Message></Error>`;
  return new Response(request.method === 'HEAD' ? null : body, { status });
};

describe('an S3 store', () => {
  const clock = new ManualClock();
  let folder: BlobFolder;
  let errors: unknown[];
  let answer: Answer;
  let server: Bun.Server<undefined>;
  let store: S3Blobs;
  beforeEach(() => {
    folder = new BlobFolder();
    errors = [];
    server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: (request) => answer(request) });
    store = storeAt(server.url.origin);
  });
  afterEach(async () => {
    await server.stop(true);
    folder.remove();
  });

  function storeAt(endpoint: string): S3Blobs {
    return new S3Blobs({
      client: s3Client(locationAt(endpoint)),
      incoming: folder.incoming,
      clock,
      randomId: randomUUID,
      onError: (error) => errors.push(error),
    });
  }

  const calls = (asked: S3Blobs, path: string): Record<string, () => Promise<unknown>> => ({
    adopt: () => asked.adopt(anyKey(), path, 'text/plain'),
    size: () => asked.size(anyKey()),
    read: () => asked.read(anyKey(), { start: 1, end: 2 }),
    lend: () => asked.withLocalFile(anyKey(), async () => 1),
    remove: () => asked.remove(anyKey()),
    list: () => listed(asked),
  });

  /** What the call failed with, while timers of at most so many milliseconds run out at once. */
  async function failure(call: () => Promise<unknown>, longest: number) {
    let pending = true;
    const failed = call().then(
      () => 'nothing',
      (error) => error,
    );
    const ended = failed.finally(() => {
      pending = false;
    });
    const due = () => clock.dueIn().filter((ms) => ms <= longest);
    while (pending) {
      await eventually(() => !pending || due().length > 0, 'its end or a timer');
      clock.advance(Math.max(0, ...due()));
    }
    return ended;
  }

  async function expectEach(asked: S3Blobs, code: string): Promise<void> {
    const path = folder.staged('kept');
    for (const [name, call] of Object.entries(calls(asked, path))) {
      const told = await failure(call, PAUSE_MS);
      expect([name, told.code, told.temporary]).toEqual([name, code, true]);
      expect(told.message).not.toContain('secret');
      expect(errors.splice(0)).not.toEqual([]);
    }
    expect(existsSync(path)).toBe(true);
    expect(readdirSync(folder.incoming)).toHaveLength(1);
  }

  test.each([
    [500, 'InternalError'],
    [503, 'SlowDown'],
    [403, 'AccessDenied'],
    [403, 'SignatureDoesNotMatch'],
  ])('that answers %i %s cannot be reached, and the operator hears why', async (status, code) => {
    answer = refusal(status, code);
    await expectEach(store, 'overloaded');
  });

  test('that is not there cannot be reached', async () => {
    await server.stop(true);
    await expectEach(store, 'overloaded');
  });

  test('that is full says so', async () => {
    answer = refusal(507, 'XMinioStorageFull');
    const path = folder.staged('kept');
    const adopted = store.adopt(anyKey(), path, 'text/plain');
    await expect(adopted).rejects.toMatchObject({ code: 'storage_full' });
    expect(existsSync(path)).toBe(true);
  });

  test('that does not answer is given up', async () => {
    const hung = Promise.withResolvers<void>();
    answer = () => hung.promise.then(() => new Response('too late'));
    const path = folder.staged('kept');
    for (const [name, call] of Object.entries(calls(store, path))) {
      const told = await failure(call, 60_000);
      expect([name, told]).toEqual([name, expect.objectContaining({ code: 'overloaded' })]);
    }
    expect(clock.dueIn()).toEqual([]);
    hung.resolve();
  });

  test('that breaks off breaks the download, which does not seem whole', async () => {
    const head = 'HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n';
    let breakOff = () => {};
    const breaking = Bun.listen({
      hostname: '127.0.0.1',
      port: 0,
      socket: {
        data: (socket) => {
          socket.write(head + 'x'.repeat(1000));
          breakOff = () => socket.end();
        },
      },
    });
    const content = await storeAt(`http://127.0.0.1:${breaking.port}`).read(anyKey());
    breakOff();
    const web = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response(content) });
    const downloaded = fetch(web.url).then((response) => response.arrayBuffer());
    await expect(downloaded).rejects.toThrow();
    await web.stop(true);
    breaking.stop(true);
  });

  test('that loses a part of a large file never makes an object of the others', async () => {
    const asked: string[] = [];
    answer = async (request) => {
      const { searchParams } = new URL(request.url);
      asked.push(`${request.method} ${[...searchParams.keys()].sort().join(' ')}`);
      await request.arrayBuffer();
      if (searchParams.get('partNumber') === '2') return refusal(500, 'InternalError')(request);
      const started = '<UploadId>one</UploadId>';
      const body = `<InitiateMultipartUploadResult>${started}</InitiateMultipartUploadResult>`;
      return new Response(searchParams.has('uploads') ? body : '', { headers: { etag: '"x"' } });
    };
    const path = folder.staged(Buffer.alloc(12 * 1024 * 1024));
    const adopted = store.adopt(anyKey(), path, 'text/plain');
    await expect(adopted).rejects.toMatchObject({ code: 'overloaded' });
    expect(existsSync(path)).toBe(true);
    expect(asked[0]).toBe('POST uploads');
    expect(asked).not.toContain('PUT ');
    expect(asked).not.toContain('POST uploadId');
    await eventually(() => asked.includes('DELETE uploadId'), 'The end of the upload');
  });
});
