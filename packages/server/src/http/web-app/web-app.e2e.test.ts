import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { TestServer } from '../../testing/server';
import { readWebFiles } from './web-files';

const SCRIPT = 'console.log("hello");\n'.repeat(100);

/** A folder as the builder makes it. */
function builtFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'confab-web-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'stamp'), 'a'.repeat(64));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Confab</title>');
  writeFileSync(join(folder, 'assets/main-1.js'), SCRIPT);
  writeFileSync(join(folder, 'assets/main-1.js.br'), brotliCompressSync(SCRIPT));
  writeFileSync(join(folder, 'assets/main-1.js.gz'), gzipSync(SCRIPT));
  return folder;
}

describe('with a web app', () => {
  const folder = builtFolder();
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ webFiles: readWebFiles(folder) });
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(server.url + path, { headers, redirect: 'manual' });

  test.each([
    '/app',
    '/app/',
    '/app/chats/12/messages/345',
    '/app/invite/abc',
    '/app/no/such/place',
  ])('its page is at %s', async (path) => {
    const page = await get(path);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('cache-control')).toBe('no-cache');
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|http|\*/);
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    expect(await page.text()).toContain('<title>Confab');
  });

  test.each([
    ['br', 'br'],
    ['gzip, deflate, br;q=0.9', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0, gzip;q=0.5', 'gzip'],
    ['gzip;q=0', null],
    ['bro', null],
    ['', null],
  ])(
    'its script comes to who accepts “%s” as %p, and stays with them',
    async (accepted, encoding) => {
      const script = await get('/app/assets/main-1.js', { 'accept-encoding': accepted });
      expect(script.headers.get('content-encoding')).toBe(encoding);
      expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
      expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(script.headers.get('vary')).toContain('accept-encoding');
      expect(await script.text()).toBe(SCRIPT);
    },
  );

  test('the page is not sent twice', async () => {
    const etag = (await get('/app/')).headers.get('etag') ?? '';
    expect((await get('/app/', { 'if-none-match': etag })).status).toBe(304);
    expect((await get('/app/', { 'if-none-match': 'W/"other"' })).status).toBe(200);
  });

  test.each([
    '/app/assets/main-2.js',
    '/app/assets/main-1.js.br',
    '/app/..%2f..%2fetc/passwd.txt',
    '/app/%2e%2e/stamp.x',
    '/app/assets/%00.js',
    '/app/sw.js',
  ])('there is no file %s', async (path) => {
    const answer = await get(path);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ code: 'not_found' });
  });

  test('browsers are sent from / to it, programs are told of the API', async () => {
    const browser = await get('/', { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' });
    expect([browser.status, browser.headers.get('location')]).toEqual([302, '/app/']);
    for (const accept of ['*/*', 'application/json']) {
      const program = await get('/', { accept });
      expect(await program.json()).toMatchObject({ name: 'Confab' });
    }
  });
});

test('a server without one has nothing there, and its address is the API’s', async () => {
  const server = await TestServer.start();
  expect((await fetch(`${server.url}/app/`)).status).toBe(404);
  const answer = await fetch(server.url, { headers: { accept: 'text/html' } });
  expect(await answer.json()).toMatchObject({ name: 'Confab' });
  await server.stop();
});

test('one that cannot be built is said to be missing, and nothing else is', async () => {
  const broken = Promise.reject(new Error('no'));
  broken.catch(() => {});
  const server = await TestServer.start({ webFiles: broken });
  const answer = await fetch(`${server.url}/app/`);
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({ code: 'not_ready' });
  expect((await fetch(`${server.url}/health`)).status).toBe(200);
  await server.stop();
});
