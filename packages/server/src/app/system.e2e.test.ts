import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { ServerInfo, Status } from '@confab/protocol';
import { DIALECTS } from '../testing/databases';
import { FakeProcessor } from '../testing/fake-processor';
import { PIXEL, picture, text, tryUpload, upload } from '../testing/files';
import { patientClock } from '../testing/patient-clock';
import { TestServer } from '../testing/server';
import { call } from '../testing/user';

describe.each(DIALECTS)('what a server tells of itself on %s', (dialect) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ dialect, env: { TRUSTED_PROXIES: '127.0.0.1' } });
  });
  afterAll(() => server.stop());

  const get = <T = Record<string, unknown>>(path: string) => call<T>(server.url, 'GET', path);

  test('is its name, version and links that work', async () => {
    const { body } = await get<ReturnType<typeof ServerInfo.parse>>('/');
    expect(ServerInfo.parse(body)).toEqual(body);
    for (const path of Object.values(body.links).filter((link) => /^\/[^{ ]*$/.test(link))) {
      expect((await get(path)).status).toBe(200);
    }
  });

  test('is that it lives and is ready', async () => {
    expect((await get('/health')).body).toEqual({ status: 'ok' });
    expect((await get('/ready')).body).toMatchObject({ status: 'ready' });
  });

  test('is how much it holds, and no secret', async () => {
    const ann = await server.user('ann');
    const chat = await ann.direct(ann);
    await ann.send(chat.id, 'one');
    const socket = await ann.connect();
    const { body } = await get('/api/status');
    expect(Status.parse(body)).toEqual(body as never);
    expect(body).toMatchObject({ users: 1, chats: 1, messages: 1, connections: 1 });
    socket.close();
  });

  test('is no metrics, unless they are switched on', async () => {
    expect((await get('/metrics')).status).toBe(404);
    const open = await TestServer.start({ dialect, env: { METRICS: 'on' } });
    const answer = await call<string>(open.url, 'GET', '/metrics');
    expect(answer.headers.get('content-type')).toContain('text/plain');
    expect(answer.body).toContain('confab_connections 0');
    await open.stop();
  });

  test('is counts of files, once metrics are switched on', async () => {
    const processor = new FakeProcessor();
    const open = await TestServer.start({
      dialect,
      clock: patientClock,
      env: { METRICS: 'on' },
      media: { processor },
    });
    const ann = await open.user('ann');
    const metrics = async () => (await call<string>(open.url, 'GET', '/metrics')).body;
    expect(await metrics()).toContain('confab_media_queue 0');
    await upload(ann, [picture(), picture(), text('hello')]);
    await tryUpload(ann, [text('<html></html>')]);
    const after = await metrics();
    for (const line of [
      'confab_uploads_total{media_type="image"} 2',
      'confab_uploads_total{media_type="document"} 1',
      `confab_upload_bytes_total ${2 * PIXEL.length + 5}`,
      'confab_uploads_refused_total{code="unsupported_media_type"} 1',
      'confab_media_processed_total{outcome="done"} 3',
      'confab_media_queue 0',
    ]) {
      expect(after).toContain(`\n${line}\n`);
    }
    await open.stop();
  });

  test('believes X-Forwarded-For of a trusted proxy', async () => {
    const ann = await server.user('bob');
    const body = { username: ann.username, password: 'password' };
    const headers = { 'x-forwarded-for': '198.51.100.1, 203.0.113.9', 'user-agent': 'Phone' };
    await call(server.url, 'POST', '/api/auth/login', { body, headers });
    const { items } = await ann.must<{ items: unknown[] }>('GET', '/api/auth/sessions');
    expect(items[0]).toMatchObject({ ip: '203.0.113.9', device: 'Phone' });
  });
});

test('X-Forwarded-For of anybody else is not believed', async () => {
  const server = await TestServer.start();
  const ann = await server.user('ann');
  const body = { username: ann.username, password: 'password' };
  const headers = { 'x-forwarded-for': '203.0.113.9' };
  await call(server.url, 'POST', '/api/auth/login', { body, headers });
  const { items } = await ann.must<{ items: unknown[] }>('GET', '/api/auth/sessions');
  expect(items[0]).toMatchObject({ ip: '127.0.0.1' });
  await server.stop();
});

test('a server whose database is gone is alive and not ready', async () => {
  const server = await TestServer.start();
  server.services.bus.ping = () => Promise.reject(new Error('gone'));
  const answer = await call(server.url, 'GET', '/ready');
  expect(answer.body).toMatchObject({ status: 503, code: 'not_ready' });
  expect(answer.body.detail).toBe('Cannot reach the bus');
  expect(answer.headers.get('retry-after')).toBe('5');
  expect((await call(server.url, 'GET', '/health')).status).toBe(200);
  await server.stop();
});
