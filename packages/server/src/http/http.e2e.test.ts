import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { ENDPOINTS, Problem } from '@confab/protocol';
import { TestServer } from '../testing/server';
import { call, type TestUser } from '../testing/user';

describe('HTTP', () => {
  let server: TestServer;
  let ann: TestUser;
  beforeAll(async () => {
    server = await TestServer.start({ env: { ENCRYPTION_MODE: 'assisted' } });
    // Some paths are for administrators alone.
    ann = await server.admin('ann');
  });
  afterAll(() => server.stop());

  const ask = (method: string, path: string, init: RequestInit = {}) =>
    fetch(server.url + path, { method, ...init });
  const signedIn = () => ({ headers: { authorization: `Bearer ${ann.token}` } });

  describe('errors', () => {
    test.each([
      ['GET', '/nowhere', 404, 'not_found'],
      ['GET', '/api', 404, 'not_found'],
      ['GET', '/api/auth/me', 401, 'unauthorized'],
      ['GET', '/api/chats/x', 401, 'unauthorized'],
      ['PATCH', '/api/chats', 405, 'method_not_allowed'],
      ['DELETE', '/health', 405, 'method_not_allowed'],
      ['POST', '/api/auth/login', 422, 'invalid'],
    ])('%s %s is a problem document: %d %s', async (method, path, status, code) => {
      const answer = await ask(method, path);
      expect(answer.status).toBe(status);
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      const problem = Problem.parse(await answer.json());
      expect(problem).toMatchObject({ type: 'about:blank', status, code });
      expect(problem.request_id).toBe(answer.headers.get('x-request-id') as string);
      expect(problem.errors !== undefined).toBe(status === 422);
    });

    test.each(['', 'Bearer', 'Bearer ', 'Basic YTpi', 'Bearer a b', 'Bearer x.y.z', 'Token abc'])(
      'the Authorization "%s" is refused with 401',
      async (authorization) => {
        const answer = await ask('GET', '/api/auth/me', { headers: { authorization } });
        expect(answer.status).toBe(401);
        expect(answer.headers.get('www-authenticate')).toBe('Bearer');
      },
    );

    test('the scheme of the Authorization may be in any case', async () => {
      const headers = { authorization: `bearer ${ann.token}` };
      expect((await ask('GET', '/api/auth/me', { headers })).status).toBe(200);
    });

    test('every field at fault is named, by its path', async () => {
      const body = JSON.stringify({ username: '?', email: 'x', password: 1 });
      const answer = await ask('POST', '/api/auth/register', { body });
      const { errors } = Problem.parse(await answer.json());
      expect(errors?.map((error) => error.path).sort()).toEqual(['email', 'password', 'username']);
    });

    test('what fails inside is told without its text', async () => {
      const broken = await TestServer.start();
      const bob = await broken.user('bob');
      broken.services.messages.page = () => Promise.reject(new Error('secret of the database'));
      const answer = await bob.call('GET', '/api/messages/1');
      expect(answer.body).toMatchObject({ status: 500, code: 'internal' });
      expect(JSON.stringify(answer.body)).not.toContain('secret of');
      await broken.stop();
    });
  });

  describe('methods', () => {
    const readable = Object.values(ENDPOINTS).filter(
      (endpoint) => endpoint.method === 'get' && !endpoint.path.includes('{'),
    );
    const paths = readable.map((endpoint) => endpoint.path);
    const documents = ['/docs', '/redoc', '/docs/events', '/openapi.json', '/asyncapi.json'];

    test.each([...paths, ...documents])('HEAD %s is GET without a body', async (path) => {
      const query = path.endsWith('/search') ? '?q=a' : '';
      const [get, head] = [
        await ask('GET', path + query, signedIn()),
        await ask('HEAD', path + query, signedIn()),
      ];
      expect([head.status, await head.text()]).toEqual([200, '']);
      expect(head.headers.get('content-type')).toBe(get.headers.get('content-type') as string);
      const length = head.headers.get('content-length');
      expect([null, get.headers.get('content-length')]).toContain(length);
      await get.body?.cancel();
    });

    test('HEAD of what is refused tells the same length', async () => {
      const path = '/api/chats/700000000';
      const [get, head] = [await ask('GET', path, signedIn()), await ask('HEAD', path, signedIn())];
      expect([get.status, head.status]).toEqual([404, 404]);
      expect(head.headers.get('content-length')).toBe(String((await get.bytes()).length));
    });

    test.each([...paths, ...documents])('OPTIONS %s tells the methods', async (path) => {
      const answer = await ask('OPTIONS', path);
      expect(answer.status).toBe(204);
      const allowed = answer.headers.get('allow')?.split(', ');
      expect(allowed).toEqual(expect.arrayContaining(['GET', 'HEAD', 'OPTIONS']));
    });

    test('405 tells the methods that would do', async () => {
      const answer = await ask('PATCH', '/api/auth/me');
      expect(answer.headers.get('allow')).toBe('GET, PUT, DELETE, HEAD, OPTIONS');
    });

    test('OPTIONS of nothing is 404', async () => {
      expect((await ask('OPTIONS', '/nowhere')).status).toBe(404);
    });

    test.each([...paths, ...documents])('%s/ is found with a slash at its end', async (path) => {
      const query = path.endsWith('/search') ? '?q=a' : '';
      const answer = await ask('GET', `${path === '/' ? '' : path}/${query}`, signedIn());
      expect(answer.status).toBe(200);
      await answer.body?.cancel();
    });

    test('a body comes through with a slash at the end of the path', async () => {
      const body = JSON.stringify({ username: ann.username, password: 'password' });
      expect((await ask('POST', '/api/auth/login/', { body })).status).toBe(200);
    });
  });

  describe('bodies', () => {
    const login = (body: RequestInit['body'], headers: Record<string, string> = {}) =>
      ask('POST', '/api/auth/login', { body: body ?? null, headers });
    const good = () => JSON.stringify({ username: ann.username, password: 'password' });

    test.each([
      ['application/json', 200],
      ['application/json; charset=utf-8', 200],
      ['APPLICATION/JSON', 200],
      ['application/vnd.api+json', 200],
      ['text/plain', 415],
      ['multipart/form-data; boundary=x', 415],
      ['application/octet-stream', 415],
    ])('of %s are answered with %d', async (type, status) => {
      expect((await login(good(), { 'content-type': type })).status).toBe(status);
    });

    test('as forms are taken by login alone', async () => {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const answer = await ask('POST', '/api/auth/register', { body: 'username=x', headers });
      expect(answer.status).toBe(415);
    });

    test.each(['gzip', 'br', 'deflate'])('encoded as %s are refused with 415', async (encoding) => {
      const headers = { 'content-type': 'application/json', 'content-encoding': encoding };
      const answer = await login(Bun.gzipSync(Buffer.from(good())), headers);
      expect(answer.status).toBe(415);
      expect(await answer.json()).toMatchObject({ code: 'unsupported_media_type' });
    });

    test.each([
      ['half of it', '{"username":'],
      ['no UTF-8', new Uint8Array([0x22, 0xff, 0x22])],
      ['too deep to be true', '['.repeat(10_000)],
    ])('that are no JSON (%s) are refused with 400', async (_, body) => {
      const answer = await login(body, { 'content-type': 'application/json' });
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ code: 'invalid_json' });
    });

    const refusalOf = async (answer: Response): Promise<unknown[]> => {
      const { code } = Problem.parse(await answer.json());
      return [answer.status, code];
    };
    const TOO_LARGE = [413, 'too_large'];

    test.each([
      ['POST', '/api/auth/login', 16],
      ['PUT', '/api/auth/me', 16],
      ['POST', '/api/reports', 16],
      ['POST', '/api/messages/1', 128],
      ['POST', '/api/messages/scheduled', 128],
      ['POST', '/api/chats/group', 512],
      ['POST', '/api/sync', 512],
    ])('of %s %s have at most %d KiB, with and without a length', async (method, path, kib) => {
      const bytes = kib * 1024;
      const headers = { ...signedIn().headers, 'content-type': 'application/json' };
      const send = (body: RequestInit['body']) =>
        ask(method, path, { body: body ?? null, headers });
      const chunk = new Uint8Array(bytes / 2 + 1).fill(32);
      const endless = new ReadableStream({
        start(controller) {
          for (let i = 0; i < 2; i++) controller.enqueue(chunk);
          controller.close();
        },
      });
      expect(await refusalOf(await send('['.padEnd(bytes)))).toEqual([400, 'invalid_json']);
      expect(await refusalOf(await send('['.padEnd(bytes + 1)))).toEqual(TOO_LARGE);
      expect(await refusalOf(await send(endless))).toEqual(TOO_LARGE);
    });

    test('that are forms have at most 4 KiB', async () => {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const form = `username=${ann.username}&password=password&`;
      expect((await login(form.padEnd(4096, 'a=b&'), headers)).status).toBe(200);
      expect(await refusalOf(await login(form.padEnd(4097, 'a=b&'), headers))).toEqual(TOO_LARGE);
    });

    test('with __proto__ change nothing', async () => {
      const body = '{"__proto__":{"is_admin":true},"constructor":{"prototype":{"x":1}},"bio":"me"}';
      const headers = { ...signedIn().headers, 'content-type': 'application/json' };
      const answer = await ask('PUT', '/api/auth/me', { body, headers });
      expect(await answer.json()).toMatchObject({ bio: 'me' });
      expect(({} as Record<string, unknown>).is_admin).toBeUndefined();
      expect(({} as Record<string, unknown>).x).toBeUndefined();
    });
  });

  test('JSON answers are not cached and not sniffed', async () => {
    const { headers } = await call(server.url, 'GET', '/api/auth/me', { token: ann.token });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-type')).toContain('application/json');
  });
});
