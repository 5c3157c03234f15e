import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { once } from 'node:events';
import { connect } from 'node:net';
import { Writable } from 'node:stream';
import pino from 'pino';
import { FakeProcessor } from '../testing/fake-processor';
import { picture } from '../testing/files';
import { ManualClock } from '../testing/manual-clock';
import { TestServer } from '../testing/server';
import { SlowRequest } from '../testing/slow-request';
import type { TestUser } from '../testing/user';
import { eventually } from '../testing/waiting';

describe('a body that arrives late', () => {
  const clock = new ManualClock(Date.now());
  let server: TestServer;
  let ann: TestUser;
  beforeAll(async () => {
    server = await TestServer.start({ clock, media: { processor: new FakeProcessor() } });
    ann = await server.user('ann');
  });
  afterAll(() => server.stop());

  const begin = (
    user: TestUser | undefined,
    method: string,
    path: string,
    body: object | Uint8Array,
    headers: Record<string, string> = {},
  ) =>
    SlowRequest.begin(server.url, {
      method,
      path,
      headers,
      body: body instanceof Uint8Array ? body : JSON.stringify(body),
      ...(user && { user }),
    });
  const multipart = (bytes: Uint8Array) =>
    Buffer.concat([
      Buffer.from('--x\r\ncontent-disposition: form-data; name="file"; filename="a.png"\r\n\r\n'),
      bytes,
      Buffer.from('\r\n--x--\r\n'),
    ]);
  const endings: [string, (user: TestUser) => Promise<unknown>][] = [
    ['a logout', (user) => user.must('POST', '/api/auth/logout')],
    [
      'the end of its sender’s account',
      (user) => user.must('DELETE', '/api/auth/me', { password: 'password' }),
    ],
    [
      'a deactivation',
      (user) => server.services.administration.desk.run('deactivate', { username: user.username }),
    ],
  ];

  test.each(endings)('after %s does nothing', async (_, end) => {
    const user = await server.user('late');
    const { id } = await ann.group('Hiking', user);
    const requests = await Promise.all([
      begin(user, 'POST', `/api/messages/${id}`, { content: 'from beyond' }),
      begin(user, 'POST', '/api/chats/group', { name: 'Beyond', member_ids: [ann.id] }),
      begin(user, 'PUT', '/api/auth/me', { full_name: 'Ghost' }),
      begin(user, 'PUT', '/api/auth/me/privacy', { last_seen: 'nobody' }),
      begin(user, 'POST', '/api/reports', { user_id: ann.id, reason: 'boo' }),
    ]);
    await end(user);
    for (const request of requests) {
      const { status, text } = await request.finish();
      expect([status, JSON.parse(text).code]).toEqual([401, 'session_revoked']);
      request.leave();
    }
    const { items } = await ann.must<{ items: { content: string }[] }>(
      'GET',
      `/api/messages/${id}`,
    );
    expect(items.map(({ content }) => content)).not.toContain('from beyond');
  });

  test('after a logout is no file and no picture', async () => {
    const user = await server.user('late');
    const png = Buffer.from(picture().bytes);
    const made = await user.fetch('/api/media/tus', {
      method: 'POST',
      headers: { 'tus-resumable': '1.0.0', 'upload-length': String(png.length) },
    });
    const requests = await Promise.all([
      begin(user, 'POST', '/api/media/upload', multipart(png), {
        'Content-Type': 'multipart/form-data; boundary=x',
      }),
      begin(user, 'PUT', '/api/auth/me/avatar', png, { 'Content-Type': 'image/png' }),
      begin(user, 'PATCH', made.headers.get('location') ?? '', png, {
        'Content-Type': 'application/offset+octet-stream',
        'Tus-Resumable': '1.0.0',
        'Upload-Offset': '0',
      }),
    ]);
    await user.must('POST', '/api/auth/logout');
    for (const request of requests) {
      const { status, text } = await request.finish();
      expect([status, JSON.parse(text).code]).toEqual([401, 'session_revoked']);
      request.leave();
    }
  });

  test('does not make an administrator of somebody who is none any more', async () => {
    const user = await server.admin('former');
    const request = await begin(user, 'PUT', '/api/admin/retention', { days: 1 });
    await server.admin('other');
    await server.services.administration.desk.run('demote', { username: user.username });
    expect((await request.finish()).status).toBe(403);
    request.leave();
  });

  test('and by somebody who is still there is taken', async () => {
    const request = await begin(ann, 'PUT', '/api/auth/me', { full_name: 'Ann' });
    expect((await request.finish()).status).toBe(200);
    request.leave();
  });

  test('is waited for thirty seconds', async () => {
    const known = await begin(ann, 'PUT', '/api/auth/me', { full_name: 'Ann' });
    const unknown = await begin(undefined, 'POST', '/api/auth/login', { username: 'x' });
    clock.advance(29_000);
    const patient = await begin(ann, 'PUT', '/api/auth/me', { full_name: 'Ann' });
    // However long the answers take, less time goes by than the last one has.
    let left = 20_000;
    for (const request of [known, unknown]) {
      await eventually(() => {
        clock.advance(Math.min(left, 100));
        left = Math.max(0, left - 100);
        return request.isAnswered;
      }, 'the refusal');
      const { status, text } = await request.answer();
      expect([status, JSON.parse(text).code]).toEqual([408, 'body_incomplete']);
      request.leave();
    }
    expect((await patient.finish()).status).toBe(200);
    patient.leave();
  });
});

test('a body that comes slowly is not cut with the connections that are idle', async () => {
  const server = await TestServer.start({ idleS: 1, media: { processor: new FakeProcessor() } });
  try {
    const ann = await server.user('ann');
    const head = '--x\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\n\r\n';
    const upload = await SlowRequest.begin(server.url, {
      method: 'POST',
      path: '/api/media/upload',
      user: ann,
      headers: { 'Content-Type': 'multipart/form-data; boundary=x' },
      body: `${head}${'text'.repeat(1000)}\r\n--x--\r\n`,
    });
    const json = await SlowRequest.begin(server.url, {
      method: 'PUT',
      path: '/api/auth/me',
      user: ann,
      body: JSON.stringify({ full_name: 'Ann' }),
    });
    const idle = connect(Number(new URL(server.url).port), '127.0.0.1');
    idle.write('GET /health HTTP/1.1\r\nhost: x\r\n\r\n');
    idle.resume();
    await once(idle, 'close');
    expect((await json.finish()).status).toBe(200);
    expect((await upload.finish()).status).toBe(201);
    // Both are idle by now.
    await Promise.all([upload.closed, json.closed]);
  } finally {
    await server.stop();
  }
});

test('who leaves in the middle of a body leaves no line in the log', async () => {
  const lines: string[] = [];
  const sink = new Writable({
    write(line, _, done) {
      lines.push(String(line));
      done();
    },
  });
  const server = await TestServer.start({ log: pino({ level: 'info' }, sink) });
  lines.length = 0;
  const body = JSON.stringify({ username: 'nobody', password: 'password' });
  const parts = { method: 'POST', path: '/api/auth/login', body };
  const request = await SlowRequest.begin(server.url, parts);
  request.leave();
  // It waits for the requests that are being answered.
  await server.stop();
  expect(lines.filter((line) => !line.includes('"level":30'))).toEqual([]);
});
