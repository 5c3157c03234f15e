import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { TestServer } from '../testing/server';

const ALLOWED = 'https://chat.example.org';
const names = (headers: Headers) =>
  [...headers.keys()].filter((name) => name.startsWith('access-control'));

describe('calls from pages of other origins', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ env: { CORS_ORIGINS: `${ALLOWED}, http://localhost:3000` } });
  });
  afterAll(() => server.stop());

  const ask = (method: string, path: string, origin: string) =>
    fetch(server.url + path, {
      method,
      headers: { origin, 'access-control-request-method': 'PUT' },
    });

  test.each([ALLOWED, 'http://localhost:3000'])('are allowed from %s', async (origin) => {
    for (const [path, status] of [
      ['/health', 200],
      ['/api/auth/me', 401],
      ['/nowhere', 404],
    ] as const) {
      const answer = await ask('GET', path, origin);
      expect(answer.status).toBe(status);
      expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
      expect(answer.headers.get('access-control-expose-headers')).toContain('Retry-After');
      expect(answer.headers.get('vary')).toContain('Origin');
    }
  });

  test.each(['https://evil.example', 'http://chat.example.org', `${ALLOWED}.evil.example`, 'null'])(
    'are told nothing from %s',
    async (origin) => {
      for (const method of ['GET', 'OPTIONS']) {
        const answer = await ask(method, '/api/auth/me', origin);
        expect(names(answer.headers)).toEqual([]);
      }
    },
  );

  test.each(['/api/auth/me', '/api/chats/1/members/2', '/openapi.json', '/api/messages/1'])(
    'ask before whether they may: OPTIONS %s',
    async (path) => {
      const answer = await ask('OPTIONS', path, ALLOWED);
      expect(answer.status).toBe(204);
      expect(answer.headers.get('access-control-allow-origin')).toBe(ALLOWED);
      expect(answer.headers.get('access-control-allow-methods')).toContain('PUT');
      expect(answer.headers.get('access-control-allow-headers')).toContain('Authorization');
    },
  );

  test('with * are allowed from everywhere, without credentials', async () => {
    const open = await TestServer.start({ env: { CORS_ORIGINS: '*' } });
    const headers = { origin: 'https://anywhere.example' };
    const answer = await fetch(`${open.url}/health`, { headers });
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://anywhere.example');
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    await open.stop();
  });
});
