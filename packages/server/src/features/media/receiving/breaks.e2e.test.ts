import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { connect } from 'node:net';
import type { UploadAnswer } from '@confab/protocol';
import { FakeProcessor } from '../../../testing/fake-processor';
import { picture, text, tryUpload } from '../../../testing/files';
import { ManualClock } from '../../../testing/manual-clock';
import { TestServer } from '../../../testing/server';
import { storedFiles } from '../../../testing/stored';
import type { TestUser } from '../../../testing/user';
import { eventually } from '../../../testing/waiting';
import { HalfUpload } from '../testing/half-upload';

describe('uploads that break off', () => {
  let server: TestServer;
  let ann: TestUser;
  const clock = new ManualClock(Date.now());
  beforeAll(async () => {
    const media = { processor: new FakeProcessor() };
    const env = { MAX_UPLOAD_MB: '1', ACCESS_TOKEN_TTL_S: '86400' };
    server = await TestServer.start({ clock, media, env });
    ann = await server.user('ann');
  });
  afterAll(() => server.stop());

  const parts = () =>
    storedFiles(server.directory).filter((path) => path.startsWith('incoming/part-'));
  const underWay = (count: number) =>
    eventually(() => parts().length === count, `${count} uploads under way`);

  test('because the client goes away leave nothing', async () => {
    const half = new HalfUpload(server.url, ann);
    await underWay(1);
    half.socket.destroy();
    await underWay(0);
  });

  test('because nothing comes any more are given up', async () => {
    const half = new HalfUpload(server.url, ann);
    await underWay(1);
    await eventually(() => {
      clock.advance(1_000);
      return half.answer.includes('upload_incomplete');
    }, 'the refusal');
    expect(half.answer).toContain('HTTP/1.1 422');
    await underWay(0);
    half.socket.destroy();
  });

  test('do not keep a server from stopping', async () => {
    const half = new HalfUpload(server.url, ann);
    await underWay(1);
    await server.restart();
    await eventually(() => half.answer.includes('upload_incomplete'), 'the refusal');
    expect(parts()).toEqual([]);
    half.socket.destroy();
  });

  test('are four at a time of one user; others have room', async () => {
    const halves = [1, 2, 3, 4].map(() => new HalfUpload(server.url, ann));
    await underWay(4);
    const refused = await tryUpload(ann, [text('one more')]);
    expect(refused.body).toMatchObject({ status: 429, code: 'too_many_uploads' } as never);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    const ben = await server.user('ben');
    expect((await tryUpload(ben, [text('mine')])).status).toBe(201);
    for (const half of halves) half.socket.destroy();
    await underWay(0);
    await eventually(
      async () => (await tryUpload(ann, [text('again')])).status === 201,
      'room again',
    );
  });

  test('a length beyond all that is allowed is refused before anything is read', async () => {
    const half = new HalfUpload(server.url, ann, `content-length: ${100 * 2 ** 20}`);
    await eventually(() => half.answer.includes('HTTP/1.1 413'), 'the refusal');
    half.socket.destroy();
  });

  test('an endless body is cut at the limit', async () => {
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    let answer = '';
    socket.on('error', () => {});
    socket.on('data', (data) => {
      answer += data.toString();
    });
    const part = '--x\r\ncontent-disposition: form-data; name="file"; filename="endless"\r\n\r\n';
    socket.write(
      `POST /api/media/upload HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${ann.token}\r\n` +
        'content-type: multipart/form-data; boundary=x\r\ntransfer-encoding: chunked\r\n\r\n' +
        `${part.length.toString(16)}\r\n${part}\r\n`,
    );
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    await eventually(() => {
      if (!socket.destroyed) socket.write(chunk);
      return answer.includes('HTTP/1.1 413');
    }, 'the refusal');
    socket.destroy();
    await underWay(0);
  });

  test('a voice message says so, and a poster is a video’s alone', async () => {
    const form = new FormData();
    form.append('is_voice', '1');
    form.append('file', new Blob([picture().bytes], { type: 'image/png' }), 'a.png');
    const answer = await ann.fetch('/api/media/upload', { method: 'POST', body: form });
    const { items }: UploadAnswer = await answer.json();
    expect(items[0]).toMatchObject({ is_voice: false, media_type: 'image' } as never);
    const alone = new FormData();
    alone.append('poster', new Blob([picture().bytes], { type: 'image/png' }), 'a.png');
    const refused = await ann.fetch('/api/media/upload', { method: 'POST', body: alone });
    expect(refused.status).toBe(422);
  });

  test('begun by tus and never finished are erased after a day', async () => {
    const answer = await ann.fetch('/api/media/tus', {
      method: 'POST',
      headers: { 'tus-resumable': '1.0.0', 'upload-length': '10' },
    });
    expect(answer.status).toBe(201);
    const begun = () => storedFiles(server.directory).filter((path) => path.includes('/tus/'));
    expect(begun()).toHaveLength(2);
    clock.leap(25 * 3600_000);
    await eventually(() => begun().length === 0, 'the end of it');
  });
});
