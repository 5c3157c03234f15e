import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { FakeProcessor } from '../testing/fake-processor';
import { text, upload } from '../testing/files';
import { type Before, nothingLeft, takeStock } from '../testing/leftovers';
import { TestServer } from '../testing/server';
import { storedFiles } from '../testing/stored';
import type { TestUser } from '../testing/user';
import { eventually } from '../testing/waiting';

const PATH = '/api/media/tus';
const PIECE = { 'content-type': 'application/offset+octet-stream' };
const HELLO = Buffer.from('hello world');

describe('a resumable upload with bad intent', () => {
  let server: TestServer;
  let ann: TestUser;
  let ben: TestUser;
  let before: Before;
  beforeAll(async () => {
    const env = { MAX_UPLOAD_MB: '1', RATE_LIMITS: 'off' };
    server = await TestServer.start({ env, media: { processor: new FakeProcessor() } });
    [ann, ben] = [await server.user('ann'), await server.user('ben')];
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    before = await takeStock(server);
  });
  afterEach(() => nothingLeft(server, before));

  const ask = (
    user: TestUser,
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body: BodyInit | null = null,
  ) => user.fetch(path, { method, body, headers: { 'tus-resumable': '1.0.0', ...headers } });
  const create = (headers: Record<string, string>, user = ann) => ask(user, 'POST', PATH, headers);
  const created = async (size: number, metadata = '') => {
    const extra: Record<string, string> = metadata ? { 'upload-metadata': metadata } : {};
    const answer = await create({ 'upload-length': String(size), ...extra });
    expect(answer.status).toBe(201);
    return answer.headers.get('location') ?? '';
  };
  const patch = (at: string, offset: string, body: BodyInit = HELLO, user = ann) =>
    ask(user, 'PATCH', at, { ...PIECE, 'upload-offset': offset }, body);
  const end = async (at: string) => expect((await ask(ann, 'DELETE', at)).status).toBe(204);

  test.each<[string, Record<string, string>]>([
    ['no length', {}],
    ['a length that comes later', { 'upload-defer-length': '1' }],
    ['a negative length', { 'upload-length': '-5' }],
    ['half a byte', { 'upload-length': '5.5' }],
    ['a length without end', { 'upload-length': 'Infinity' }],
    ['a length beyond all numbers', { 'upload-length': '9'.repeat(40) }],
    ['a length in another way', { 'upload-length': '0x10' }],
    ['metadata that is none', { 'upload-length': '5', 'upload-metadata': 'filename %%%' }],
    ['much metadata', { 'upload-length': '5', 'upload-metadata': `a ${'QUFB'.repeat(5000)}` }],
    [
      'a message that is a lie',
      { 'upload-length': '5', 'upload-metadata': `message_id ${btoa('-1')}` },
    ],
    ['parts to be joined', { 'upload-concat': 'final;/api/media/tus/a /api/media/tus/b' }],
    ['another version', { 'upload-length': '5', 'tus-resumable': '0.2.2' }],
  ])('is not begun with %s', async (_, headers) => {
    const answer = await create(headers);
    expect([400, 412, 413, 422, 431]).toContain(answer.status);
  });

  test('reaches no other file by its path', async () => {
    for (const id of [
      '..%2f..%2fsecret',
      '%2e%2e/%2e%2e/secret',
      `${ann.id}-..%2f..%2fsecret`,
      '-',
      `${ann.id}-${'0'.repeat(32)}.json`,
    ]) {
      for (const method of ['HEAD', 'DELETE', 'PATCH']) {
        const headers: Record<string, string> =
          method === 'PATCH' ? { ...PIECE, 'upload-offset': '0' } : {};
        const answer = await ask(
          ann,
          method,
          `${PATH}/${id}`,
          headers,
          method === 'PATCH' ? HELLO : null,
        );
        expect([404, 405], `${method} ${id}`).toContain(answer.status);
      }
    }
    expect(storedFiles(server.directory)).toEqual(before.files);
  });

  test('takes no more bytes than it said, and only where it is', async () => {
    const at = await created(5);
    for (const offset of ['1', '-1', 'x', '', '5', '1e3']) {
      expect([400, 403, 409, 422]).toContain((await patch(at, offset)).status);
    }
    const tooMuch = await patch(at, '0', HELLO);
    expect([400, 413]).toContain(tooMuch.status);
    const other = { 'content-type': 'text/plain', 'upload-offset': '0' };
    expect([400, 415]).toContain((await ask(ann, 'PATCH', at, other, HELLO)).status);
    await ask(ann, 'DELETE', at);
  });

  test('is not another’s under whatever method it is called', async () => {
    const at = await created(HELLO.length);
    const override = { 'x-http-method-override': 'DELETE', ...PIECE, 'upload-offset': '0' };
    expect((await ask(ben, 'PATCH', at, override, HELLO)).status).toBe(404);
    expect((await ask(ben, 'POST', at, override)).status).toBeGreaterThanOrEqual(400);
    expect((await ask(ann, 'HEAD', at)).headers.get('upload-offset')).toBe('0');
    await end(at);
  });

  test('goes to no message of somebody else', async () => {
    const chat = await ben.direct(ben);
    const { id } = await ben.send(chat.id, 'mine');
    const metadata = `message_id ${btoa(String(id))}`;
    const answer = await create({ 'upload-length': '5', 'upload-metadata': metadata });
    expect(answer.status).toBe(404);
  });

  test('ends without a trace when its message is deleted before its end', async () => {
    const chat = await ann.direct(ann);
    const { id } = await ann.send(chat.id, 'soon gone');
    const at = await created(HELLO.length, `message_id ${btoa(String(id))}`);
    await ann.must('DELETE', `/api/messages/${id}`);
    expect((await patch(at, '0')).status).toBe(409);
    expect((await ask(ann, 'HEAD', at)).status).toBe(404);
  });

  test('sent to its end twice at once is one file', async () => {
    const at = await created(HELLO.length);
    const answers = await Promise.all([1, 2, 3].map(() => patch(at, '0')));
    const ids = answers
      .map((answer) => answer.headers.get('x-media-id'))
      .filter((id) => id !== null);
    expect(new Set(ids).size).toBe(1);
    expect((await takeStock(server)).rows).toBe(before.rows + 1);
    expect((await ann.call('DELETE', `/api/media/${ids[0]}`)).status).toBe(204);
  });

  test('of a session that ends meanwhile waits for its owner', async () => {
    const phone = await ann.signIn();
    const at = await created(HELLO.length);
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    let answer = '';
    socket.on('error', () => {});
    socket.on('data', (data) => {
      answer += data.toString();
    });
    socket.write(
      `PATCH ${at} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${phone.token}\r\ntus-resumable: 1.0.0\r\n` +
        `upload-offset: 0\r\ncontent-type: ${PIECE['content-type']}\r\ncontent-length: ${HELLO.length}\r\n\r\nhello`,
    );
    const path = join(server.directory, 'incoming/tus', at.slice(at.lastIndexOf('/') + 1));
    await eventually(() => statSync(path).size === 'hello'.length, 'the beginning of it');
    await phone.must('POST', '/api/auth/logout');
    socket.write(' world');
    await eventually(() => answer.includes('HTTP/1.1 401'), 'the refusal');
    socket.destroy();
    const rest = await patch(at, String(HELLO.length), '');
    const id = rest.headers.get('x-media-id');
    expect((await ann.call('DELETE', `/api/media/${id}`)).status).toBe(204);
  });

  test('is begun twenty times by one user, not more', async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => create({ 'upload-length': '5' })),
    );
    const begun = answers.flatMap((answer) => answer.headers.get('location') ?? []);
    expect(begun.length).toBeLessThanOrEqual(20);
    for (const at of begun) await end(at);
  });

  test('has harmed nobody', async () => {
    const [media] = await upload(ben, [text('still there')]);
    expect((await ben.call('DELETE', media?.url ?? '')).status).toBe(204);
  });
});
