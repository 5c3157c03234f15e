import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Media, Message } from '@confab/protocol';
import { Upload } from 'tus-js-client';
import { FakeProcessor } from '../../../testing/fake-processor';
import { PIXEL } from '../../../testing/files';
import { TestServer } from '../../../testing/server';
import { storedFiles } from '../../../testing/stored';
import type { TestUser } from '../../../testing/user';
import { eventually } from '../../../testing/waiting';

const PATH = '/api/media/tus';
const BIG = Buffer.alloc(300_000, 'text ');

describe('uploads that go on after a break', () => {
  let server: TestServer;
  let ann: TestUser;
  let ben: TestUser;
  beforeAll(async () => {
    const env = { MAX_UPLOAD_MB: '1', USER_QUOTA_MB: '6', RATE_LIMITS: 'off' };
    server = await TestServer.start({ env, media: { processor: new FakeProcessor() } });
    [ann, ben] = [await server.user('ann'), await server.user('ben')];
  });
  afterAll(() => server.stop());

  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const metadata = (fields: Record<string, string>) =>
    Object.entries(fields)
      .map(([name, value]) => `${name} ${base64(value)}`)
      .join(',');
  const ask = (
    user: TestUser,
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body: BodyInit | null = null,
  ) => user.fetch(path, { method, body, headers: { 'tus-resumable': '1.0.0', ...headers } });
  const create = (size: number, fields: Record<string, string> = {}, user = ann) =>
    ask(user, 'POST', PATH, {
      'upload-length': String(size),
      'upload-metadata': metadata({ filename: 'notes.txt', filetype: 'text/plain', ...fields }),
    });
  const created = async (size: number, fields: Record<string, string> = {}) => {
    const answer = await create(size, fields);
    expect(answer.status).toBe(201);
    return answer.headers.get('location') ?? '';
  };
  const patch = (at: string, offset: number, body: Uint8Array<ArrayBuffer>, user = ann) =>
    ask(
      user,
      'PATCH',
      at,
      { 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' },
      body,
    );
  const offsetOf = async (at: string) =>
    Number((await ask(ann, 'HEAD', at)).headers.get('upload-offset'));

  test('come in parts, also over a restart of the server, and become a file', async () => {
    const at = await created(BIG.length);
    expect((await patch(at, 0, BIG.subarray(0, 100_000))).status).toBe(204);
    expect(await offsetOf(at)).toBe(100_000);
    await server.restart();
    expect(await offsetOf(at)).toBe(100_000);
    expect((await patch(at, 5, BIG.subarray(5))).status).toBe(409);
    const last = await patch(at, 100_000, BIG.subarray(100_000));
    expect(last.status).toBe(204);
    const id = last.headers.get('x-media-id');
    const media = await ann.must<Media>('GET', `/api/media/${id}/info`);
    expect(media).toMatchObject({ original_filename: 'notes.txt', file_size: BIG.length });
    const whole = await (await ann.fetch(media.url)).arrayBuffer();
    expect(Buffer.from(whole).equals(BIG)).toBe(true);
    // Whoever did not get that answer learns it from the next one.
    const again = await ask(ann, 'HEAD', at);
    expect(again.headers.get('x-media-id')).toBe(id);
    expect(storedFiles(server.directory).filter((path) => path.includes('incoming'))).toEqual([]);
  });

  /** A client that sends most of a file, and then nothing. */
  async function halfSent(at: string) {
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    const half = { socket, answer: '', come: () => 0 };
    socket.on('error', () => {});
    socket.on('data', (data) => {
      half.answer += data.toString();
    });
    socket.write(
      `PATCH ${at} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${ann.token}\r\n` +
        'tus-resumable: 1.0.0\r\nupload-offset: 0\r\n' +
        `content-type: application/offset+octet-stream\r\ncontent-length: ${BIG.length}\r\n\r\n`,
    );
    socket.write(BIG.subarray(0, 200_000));
    const id = at.slice(at.lastIndexOf('/') + 1);
    half.come = () => statSync(join(server.directory, 'incoming/tus', id)).size;
    await eventually(() => half.come() > 0, 'the first bytes');
    return half;
  }

  test('whose server stops are told to go on with it', async () => {
    const at = await created(BIG.length);
    const half = await halfSent(at);
    await server.restart();
    await eventually(() => half.answer.includes('"code":"upload_incomplete"'), 'the answer');
    half.socket.destroy();
    expect(half.answer).toContain('HTTP/1.1 422');
    expect(await offsetOf(at)).toBe(half.come());
    expect((await ask(ann, 'DELETE', at)).status).toBe(204);
  });

  test('that break off keep what had come', async () => {
    const at = await created(BIG.length);
    const { socket, come } = await halfSent(at);
    socket.destroy();
    const offset = await eventually(async () => {
      const known = await offsetOf(at);
      return known > 0 && known === come() && known;
    }, 'the end of what came');
    const last = await patch(at, offset, BIG.subarray(offset));
    expect(last.headers.get('x-media-id')).not.toBeNull();
    const media = await ann.must<Media>('GET', `/api/media/${last.headers.get('x-media-id')}/info`);
    const whole = await (await ann.fetch(media.url)).arrayBuffer();
    expect(Buffer.from(whole).equals(BIG)).toBe(true);
  });

  test('are understood by a client that others made', async () => {
    let mediaId: string | undefined;
    await new Promise<void>((resolve, reject) => {
      const upload = new Upload(BIG, {
        endpoint: server.url + PATH,
        chunkSize: 100_000,
        retryDelays: [],
        headers: { authorization: `Bearer ${ann.token}` },
        metadata: { filename: 'notes.txt', filetype: 'text/plain' },
        onAfterResponse: (_request, response) => {
          mediaId = response.getHeader('x-media-id') ?? mediaId;
        },
        onSuccess: () => resolve(),
        onError: reject,
      });
      upload.start();
    });
    const media = await ann.must<Media>('GET', `/api/media/${mediaId}/info`);
    expect(media.file_size).toBe(BIG.length);
  });

  test('go to a message that is there already', async () => {
    const chat = await ann.direct(ann);
    const sent = await ann.send(chat.id, '', { message_type: 'image' });
    const at = await created(PIXEL.length, {
      filename: 'pixel.png',
      filetype: 'image/png',
      message_id: String(sent.id),
    });
    const last = await patch(at, 0, PIXEL);
    const page = await ann.must<{ items: Message[] }>('GET', `/api/messages/${chat.id}`);
    expect(page.items[0]?.media.map((file) => file.id as number)).toEqual([
      Number(last.headers.get('x-media-id')),
    ]);
  });

  test('come with their creation, when they are small', async () => {
    const answer = await ask(
      ann,
      'POST',
      PATH,
      {
        'upload-length': '5',
        'upload-metadata': metadata({ filename: 'a.txt' }),
        'content-type': 'application/offset+octet-stream',
      },
      'hello',
    );
    expect(answer.status).toBe(201);
    expect(Number(answer.headers.get('x-media-id'))).toBeGreaterThan(0);
  });

  test('tell in plain words what they cannot be', async () => {
    const at = await created(10);
    const piece = { 'content-type': 'application/offset+octet-stream' };
    const begin = (headers: Record<string, string>) => ask(ann, 'POST', PATH, headers);
    const put = (headers: Record<string, string>) => ask(ann, 'PATCH', at, headers, 'hello');
    const told: [() => Promise<Response>, number, string, string][] = [
      [() => begin({ 'upload-length': '0' }), 422, 'invalid', 'empty'],
      [() => begin({}), 422, 'invalid', 'Upload-Length'],
      [() => begin({ 'upload-length': '2000000' }), 413, 'too_large', '1,048,576 bytes'],
      [
        () => begin({ 'upload-length': '5', 'upload-metadata': 'filename %%%' }),
        422,
        'invalid',
        'Upload-Metadata',
      ],
      [
        () => begin({ 'upload-length': '5', 'tus-resumable': '0.2.2' }),
        412,
        'precondition_failed',
        'Tus-Resumable: 1.0.0',
      ],
      [() => put(piece), 422, 'invalid', 'Upload-Offset'],
      [() => put({ ...piece, 'upload-offset': 'x' }), 422, 'invalid', 'Upload-Offset'],
      [() => put({ 'upload-offset': '0' }), 415, 'unsupported_media_type', 'offset+octet-stream'],
      [
        () => put({ 'content-type': 'text/plain', 'upload-offset': '0' }),
        415,
        'unsupported_media_type',
        'offset+octet-stream',
      ],
      [
        () => put({ ...piece, 'upload-offset': '7' }),
        409,
        'conflict',
        'from byte 7, but 0 have come',
      ],
      [
        () => ask(ann, 'PATCH', at, { ...piece, 'upload-offset': '0' }, 'hello hello hello'),
        413,
        'too_large',
        '10 bytes',
      ],
      [() => ask(ann, 'DELETE', `${PATH}/1-1-x`), 404, 'not_found', 'no such upload'],
    ];
    for (const [asked, status, code, words] of told) {
      const answer = await asked();
      expect(answer.headers.get('tus-resumable'), words).toBe('1.0.0');
      const problem = await answer.json();
      expect(problem, words).toMatchObject({ status, code });
      expect(problem.detail).toContain(words);
    }
    await ask(ann, 'DELETE', at);
  });

  test('speak their protocol also to those who are not signed in', async () => {
    const answer = await fetch(server.url + PATH, { method: 'POST' });
    expect([answer.status, answer.headers.get('tus-resumable')]).toEqual([401, '1.0.0']);
  });

  test('are their creator’s alone', async () => {
    const at = await created(10);
    const missing = `${PATH}/${ben.id}-${'0'.repeat(32)}`;
    for (const method of ['HEAD', 'DELETE']) {
      expect((await ask(ben, method, at)).status).toBe(404);
      expect((await ask(ben, method, missing)).status).toBe(404);
    }
    expect((await patch(at, 0, BIG.subarray(0, 10), ben)).status).toBe(404);
    expect(await offsetOf(at)).toBe(0);
    const unsigned = await fetch(server.url + at, { method: 'HEAD' });
    expect(unsigned.status).toBe(401);
    expect((await ask(ann, 'DELETE', at)).status).toBe(204);
    expect((await ask(ann, 'HEAD', at)).status).toBe(404);
  });

  test('are named by the path alone, whatever else the address says', async () => {
    const at = await created(10);
    const own = (await create(10, {}, ben)).headers.get('location') ?? '';
    const both = `${own}?x=/${at.slice(at.lastIndexOf('/') + 1)}`;
    await patch(both, 0, BIG.subarray(0, 5), ben);
    expect((await ask(ben, 'DELETE', both)).status).toBe(204);
    const hers = await ask(ann, 'HEAD', at);
    expect([hers.status, hers.headers.get('upload-offset')]).toEqual([200, '0']);
    expect((await ask(ben, 'HEAD', own)).status).toBe(404);
    await ask(ann, 'DELETE', at);
  });

  test.each([
    ['too large', 2 ** 20 + 1, {}, 413],
    ['empty', 0, {}, 422],
    ['for no message', 5, { message_id: '700000000' }, 404],
    ['for nonsense', 5, { message_id: 'x' }, 422],
  ])('%s are refused at once', async (_, size, fields, status) => {
    const answer = await create(size, fields);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
  });

  test('of what is not what it claims to be end without a trace', async () => {
    const at = await created(5, { filename: 'a.png', filetype: 'image/png' });
    const answer = await patch(at, 0, Buffer.from('hello'));
    expect([answer.status, (await answer.json()).code]).toEqual([415, 'type_mismatch']);
    expect((await ask(ann, 'HEAD', at)).status).toBe(404);
  });

  test('find no room on a full disk, and go on when there is some', async () => {
    const at = await created(BIG.length);
    const path = join(server.directory, 'incoming/tus', at.slice(at.lastIndexOf('/') + 1));
    rmSync(path);
    symlinkSync('/dev/full', path);
    const answer = await patch(at, 0, BIG);
    expect([answer.status, (await answer.json()).code]).toEqual([507, 'storage_full']);
    rmSync(path);
    writeFileSync(path, '');
    expect((await patch(at, 0, BIG)).headers.get('x-media-id')).not.toBeNull();
  });

  test('take room from their beginning, all of a user together', async () => {
    const cat = await server.user('cat');
    const answers = await Promise.all(Array.from({ length: 6 }, () => create(2 ** 20, {}, cat)));
    expect(answers.map((answer) => answer.status)).toEqual(Array(6).fill(201));
    const refused = await create(1, {}, cat);
    expect([refused.status, (await refused.json()).code]).toEqual([413, 'quota_exceeded']);
    const [first] = answers;
    await ask(cat, 'DELETE', first?.headers.get('location') ?? '');
    expect((await create(2 ** 19, {}, cat)).status).toBe(201);
    expect((await create(2 ** 19 + 1, {}, cat)).status).toBe(413);
  });

  test('that are begun at the same time find room as far as there is some', async () => {
    const eve = await server.user('eve');
    const answers = await Promise.all(Array.from({ length: 8 }, () => create(2 ** 20, {}, eve)));
    const counts = [201, 413].map((code) => answers.filter(({ status }) => status === code).length);
    expect(counts).toEqual([6, 2]);
  });

  test('are twenty of a user at most', async () => {
    const dan = await server.user('dan');
    for (let n = 0; n < 20; n++) expect((await create(1, {}, dan)).status).toBe(201);
    const refused = await create(1, {}, dan);
    expect([refused.status, (await refused.json()).code]).toEqual([429, 'too_many_uploads']);
  });

  test('tell what they can', async () => {
    const answer = await fetch(server.url + PATH, { method: 'OPTIONS' });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('tus-version')).toBe('1.0.0');
    expect(answer.headers.get('tus-max-size')).toBe(String(2 ** 20));
  });
});
