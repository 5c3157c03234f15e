import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { randomBytes, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { systemClock } from '../../../lib/clock';
import type { BlobStore } from '../../../storage/blobs/blob-store';
import { DiskBlobs } from '../../../storage/blobs/disk-blobs';
import { S3Blobs, s3Client } from '../../../storage/blobs/s3-blobs';
import { anyKey, BlobFolder } from '../../../testing/blob-contract';
import { startS3, type TestS3 } from '../../../testing/s3-server';
import { etagOf } from './conditions';
import { wantedRange } from './range';
import { type ServedFile, serveFile } from './serve';

const MIB = 1024 * 1024;

/** Over a real socket: what the runtime makes of an answer counts, not the answer. */
describe.each(['disk', 'S3'])('a file from %s', (kind) => {
  const folder = new BlobFolder();
  const content = randomBytes(3 * MIB + 5);
  const etag = () => etagOf(file.key);
  let s3: TestS3 | undefined;
  let store: BlobStore;
  let server: Bun.Server<undefined>;
  let file: ServedFile;

  beforeAll(async () => {
    s3 = kind === 'S3' ? await startS3() : undefined;
    const { incoming } = folder;
    const deps = { incoming, clock: systemClock, randomId: randomUUID, onError: () => {} };
    store = s3
      ? new S3Blobs({ client: s3Client(s3.location), ...deps })
      : new DiskBlobs(folder.path);
    file = await served(content);
    server = Bun.serve({
      hostname: '127.0.0.1',
      port: 0,
      fetch: (request) =>
        serveFile(request, file, store).catch((error) =>
          Response.json({ code: error.code, size: error.fileSize ?? null }, { status: 418 }),
        ),
    });
  });
  afterAll(async () => {
    await server.stop(true);
    await s3?.stop();
    folder.remove();
  });

  async function served(bytes: Uint8Array, mimeType = 'video/mp4'): Promise<ServedFile> {
    const key = anyKey();
    await store.adopt(key, folder.staged(bytes), mimeType);
    return { key, size: bytes.length, mimeType, filename: 'a b.mp4', access: 'checked' };
  }

  const ask = (headers: Record<string, string> = {}, method = 'GET') =>
    fetch(server.url, { method, headers: { 'accept-encoding': 'gzip', ...headers } });
  const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());
  const facts = ({ status, headers }: Response) => ({
    status,
    length: headers.get('content-length'),
    range: headers.get('content-range'),
  });
  /** Of a stream Bun tells no length. */
  const told = (length: number) => (kind === 'S3' ? null : String(length));

  test('comes whole, as what it is, with nothing allowed', async () => {
    const response = await ask();
    expect(facts(response)).toEqual({ status: 200, length: told(content.length), range: null });
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'accept-ranges': 'bytes',
      'cache-control': 'private, no-cache, no-transform',
      'content-disposition': 'inline; filename="a b.mp4"',
      'content-security-policy': expect.stringMatching(
        /^sandbox allow-same-origin; default-src 'none';/,
      ),
      'content-type': 'video/mp4',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      etag: etag(),
    });
    expect((await bytesOf(response)).equals(content)).toBe(true);
  });

  test('HEAD tells the same without the file', async () => {
    const [head, get] = [await ask({ range: 'bytes=1-2' }, 'HEAD'), await ask()];
    await get.body?.cancel();
    const lengthless = (response: Response) => {
      const { date: _, ...rest } = Object.fromEntries(response.headers);
      delete rest['content-length'];
      delete rest['transfer-encoding'];
      return { status: response.status, ...rest };
    };
    expect(lengthless(head)).toEqual(lengthless(get));
    expect(head.headers.get('content-length')).toBe(String(content.length));
    expect(await bytesOf(head)).toHaveLength(0);
  });

  test('a part comes as a part', async () => {
    const response = await ask({ range: `bytes=${MIB}-${2 * MIB}` });
    expect(facts(response)).toEqual({
      status: 206,
      length: told(MIB + 1),
      range: `bytes ${MIB}-${2 * MIB}/${content.length}`,
    });
    expect((await bytesOf(response)).equals(content.subarray(MIB, 2 * MIB + 1))).toBe(true);
  });

  test('what is beyond its end is told with its size', async () => {
    const response = await ask({ range: `bytes=${content.length}-` });
    expect(await response.json()).toEqual({
      code: 'range_not_satisfiable',
      size: content.length,
    });
  });

  test('whoever has it gets nothing', async () => {
    for (const tag of [etag(), `W/${etag()}`, `"x", ${etag()}`, '*']) {
      const response = await ask({ 'if-none-match': tag, range: 'bytes=0-1' });
      expect(response.status).toBe(304);
      expect(response.headers.get('etag')).toBe(etag());
      expect(await bytesOf(response)).toHaveLength(0);
    }
    const other = await ask({ 'if-none-match': '"other"' });
    expect((await bytesOf(other)).length).toBe(content.length);
  });

  test('a part is sent to those who have the rest of this version', async () => {
    const range = 'bytes=5-9';
    const same = await ask({ range, 'if-range': etag() });
    expect(same.status).toBe(206);
    expect((await bytesOf(same)).equals(content.subarray(5, 10))).toBe(true);
    const dated = 'Thu, 26 Nov 2026 07:18:16 GMT';
    for (const condition of [`W/${etag()}`, '"other"', dated]) {
      const response = await ask({ range, 'if-range': condition });
      expect(facts(response)).toEqual({ status: 200, length: told(content.length), range: null });
      expect((await bytesOf(response)).length).toBe(content.length);
    }
  });

  test('whoever wants another version is told so', async () => {
    const other = await ask({ 'if-match': '"other"' });
    expect(await other.json()).toMatchObject({ code: 'precondition_failed' });
    const same = await ask({ 'if-match': etag() }, 'HEAD');
    expect(same.status).toBe(200);
  });

  test('a lost file is not found', async () => {
    const kept = file;
    file = { ...kept, key: anyKey() };
    const statuses = [await ask(), await ask({}, 'HEAD'), await ask({ range: 'bytes=0-1' })];
    file = kept;
    for (const response of statuses) expect(response.status).toBe(418);
    expect(await statuses[0]?.json()).toMatchObject({ code: 'not_found' });
  });

  test('every range is answered as it was read, whatever the runtime thinks of it', async () => {
    const kept = file;
    const small = content.subarray(0, 40);
    const files = [await served(small), await served(Buffer.alloc(0))];
    const number = fc.oneof(fc.nat(60).map(String), fc.constantFrom('', '99999999999999999999'));
    const header = fc.oneof(
      fc.tuple(number, number).map(([a, b]) => `bytes=${a}-${b}`),
      fc.tuple(number, number, number).map(([a, b, c]) => `bytes=${a}-${b},${c}-`),
      fc
        .array(fc.constantFrom('bytes', 'Bytes', '=', ' ', '1', '7', '-', '+', ',', 'x'), {
          maxLength: 9,
        })
        .map((pieces) => pieces.join('')),
      fc
        .array(fc.constantFrom(' ', '1', '3', '-', '+', '.'), { maxLength: 5 })
        .map((pieces) => `bytes=${pieces.join('')}`),
    );
    const check = async (range: string, empty: boolean) => {
      file = files[empty ? 1 : 0] as ServedFile;
      // s3rver takes an end of 0 for none.
      if (s3 && /^bytes=0*-0+$/.test(range)) return;
      const response = await ask({ range });
      const wanted = wantedRange(range, file.size);
      const all = empty ? Buffer.alloc(0) : small;
      if (wanted.kind === 'unsatisfiable') expect(response.status).toBe(418);
      if (wanted.kind === 'whole')
        expect([response.status, await bytesOf(response)]).toEqual([200, all]);
      if (wanted.kind !== 'part') return;
      const { start, end } = wanted.range;
      expect(response.status).toBe(206);
      expect(response.headers.get('content-range')).toBe(`bytes ${start}-${end}/40`);
      expect((await bytesOf(response)).equals(all.subarray(start, end + 1))).toBe(true);
    };
    try {
      await fc.assert(fc.asyncProperty(header, fc.boolean(), check), { numRuns: 500 });
    } finally {
      file = kept;
    }
  });

  test('what a browser could run is only ever saved', async () => {
    const kept = file;
    const dispositionOf = async (mimeType: string) => {
      file = { ...kept, mimeType };
      const { headers } = await ask({}, 'HEAD');
      file = kept;
      expect(headers.get('content-security-policy')).not.toMatch(/allow-scripts|script-src/);
      return [headers.get('content-disposition')?.split(';')[0], headers.get('content-type')];
    };
    expect(await dispositionOf('image/png')).toEqual(['inline', 'image/png']);
    expect(await dispositionOf('audio/ogg')).toEqual(['inline', 'audio/ogg']);
    expect(await dispositionOf('image/svg+xml')).toEqual(['attachment', 'image/svg+xml']);
    expect(await dispositionOf('text/plain')).toEqual(['attachment', 'text/plain; charset=utf-8']);
    expect(await dispositionOf('application/pdf')).toEqual(['attachment', 'application/pdf']);
    const broken = ['attachment', 'application/octet-stream'];
    for (const odd of ['', 'video', 'video/x; a=b', 'text/html\r\nx: y', 'Image/PNG']) {
      expect(await dispositionOf(odd)).toEqual(broken);
    }
  });
});
