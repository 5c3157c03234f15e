import { describe, expect, test } from 'bun:test';
import { COMMANDS, EVENTS } from '@confab/protocol';
import { ASSETS } from './assets';
import { docsApp } from './docs-app';

const app = docsApp({ version: '1.2.3' });
const get = (path: string, headers: Record<string, string> = {}) => app.request(path, { headers });
const text = async (path: string) => (await get(path)).text();

const PAGES = ['/docs', '/redoc', '/docs/events'];
const DOCUMENTS = ['/openapi.json', '/asyncapi.json'];
const ASSET_PATHS = Object.keys(ASSETS).map((name) => `/docs/assets/${name}`);
const ALL = [...PAGES, ...DOCUMENTS, ...ASSET_PATHS];

describe('every resource', () => {
  test.each(ALL)('%s is there, with a type and a validator', async (path) => {
    const response = await get(path);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^(text\/|application\/json|image\/)/);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('cache-control')).toBe('no-cache');
    expect((await response.text()).length).toBeGreaterThan(100);
  });

  test.each(ALL)('%s answers HEAD like GET, without the body', async (path) => {
    const [head, full] = await Promise.all([app.request(path, { method: 'HEAD' }), get(path)]);
    expect(head.status).toBe(200);
    expect(Object.fromEntries(head.headers)).toEqual(Object.fromEntries(full.headers));
    expect(await head.text()).toBe('');
  });

  test('is not sent again to those who have it', async () => {
    const etag = (await get('/docs')).headers.get('etag') ?? '';
    for (const sent of [etag, etag.replace('W/', ''), `"other", ${etag}`, '*']) {
      const response = await get('/docs', { 'if-none-match': sent });
      expect(response.status).toBe(304);
      expect(await response.text()).toBe('');
      expect(response.headers.get('etag')).toBe(etag);
    }
    expect((await get('/docs', { 'if-none-match': '"other"' })).status).toBe(200);
  });

  test('is compressed for those who can read it', async () => {
    const path = '/docs/assets/swagger-ui-bundle.js';
    const response = await get(path, { 'accept-encoding': 'br, gzip;q=0.8' });
    expect(response.headers.get('content-encoding')).toBe('gzip');
    expect(response.headers.get('vary')).toBe('accept-encoding');
    const packed = new Uint8Array(await response.arrayBuffer());
    expect(response.headers.get('content-length')).toBe(String(packed.byteLength));
    expect(new TextDecoder().decode(Bun.gunzipSync(packed))).toBe(await text(path));
    for (const refused of ['', 'br', 'gzip;q=0', 'gzip; q=0.0']) {
      expect(
        (await get(path, { 'accept-encoding': refused })).headers.has('content-encoding'),
      ).toBe(false);
    }
  });

  test.each(['/docs/assets/nope.js', '/docs/assets/../docs-app.ts', '/docs/assets/'])(
    '%s is none',
    async (path) => {
      expect((await get(path)).status).toBe(404);
    },
  );
});

describe('nothing is loaded from other hosts', () => {
  test.each(PAGES)('%s names only its own assets', async (path) => {
    const html = await text(path);
    const loads = [...html.matchAll(/<(?:script|link|img|iframe)\b[^>]*?(?:src|href)="([^"]*)"/g)];
    expect(loads.length).toBeGreaterThan(0);
    for (const [, url = ''] of loads) expect(ASSET_PATHS).toContain(url);
    expect(html).not.toMatch(/https?:\/\/(?!localhost)[a-z]+\.[a-z]+\/[^"<]*\.(js|css|woff2?)/);
  });

  test.each(['swagger-init.js', 'redoc-init.js', 'pages.css', 'events.css'])(
    '%s names no host',
    async (name) => {
      expect(await text(`/docs/assets/${name}`)).not.toMatch(/https?:\/\/|['"(]\/\/[a-z]/);
    },
  );

  test.each(ASSET_PATHS.filter((path) => path.endsWith('.css')))(
    '%s imports nothing',
    async (path) => {
      const css = await text(path);
      expect(css).not.toMatch(/@import|url\(\s*["']?(https?:)?\/\//);
    },
  );

  test('the bundles fetch neither fonts nor logos', async () => {
    for (const name of ['redoc.standalone.js', 'swagger-ui-bundle.js']) {
      const bundle = await text(`/docs/assets/${name}`);
      expect(bundle).not.toMatch(
        /fonts\.(googleapis|gstatic)|cdn\.redoc\.ly|cdn\.jsdelivr|unpkg\.com/,
      );
    }
    // Swagger UI's badge would; it is turned off.
    expect(await text('/docs/assets/swagger-init.js')).toContain('validatorUrl: null');
  });

  test.each(PAGES)('%s has a policy that forbids it', async (path) => {
    const policy = (await get(path)).headers.get('content-security-policy') ?? '';
    expect(policy).toStartWith("default-src 'none'");
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval/);
    expect(policy).not.toMatch(/script-src[^;]*unsafe-inline/);
  });

  test.each(PAGES)('%s has no inline script, style or handler', async (path) => {
    const html = await text(path);
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>|<style|\sstyle=|\son[a-z]+=/i);
  });

  test('the page of events runs no script at all', async () => {
    const response = await get('/docs/events');
    expect(response.headers.get('content-security-policy')).not.toMatch(/script-src|unsafe-inline/);
    expect(await response.text()).not.toContain('<script');
  });
});

describe('the page of events', () => {
  test('shows every command and every event, and links to each', async () => {
    const html = await text('/docs/events');
    const frames = [
      ...Object.keys(COMMANDS).map((name) => `command-${name}`),
      ...Object.keys(EVENTS)
        .filter((name) => name !== 'ack')
        .map((name) => `event-${name}`),
    ];
    for (const anchor of frames) {
      expect(html).toContain(`<article id="${anchor}"`);
      expect(html).toContain(`<li><a href="#${anchor}"`);
    }
  });

  test('has no dead links within and no id twice', async () => {
    const html = await text('/docs/events');
    const ids = [...html.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, target] of html.matchAll(/href="#([^"]*)"/g)) expect(ids).toContain(target);
  });

  test('tells close codes, errors and limits', async () => {
    const html = await text('/docs/events');
    for (const told of ['4401', 'rate_limited', '16,384', 'bearer.']) expect(html).toContain(told);
  });

  test('escapes what it shows', async () => {
    const odd = docsApp({ version: '<img src=x onerror=alert(1)>' });
    const html = await (await odd.request('/docs/events')).text();
    expect(html).not.toContain('<img');
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;');
  });
});

test('the documents carry the version and the configured limits', async () => {
  const configured = docsApp({ version: '9.9.9', limits: { groupMembers: 77 } });
  for (const path of DOCUMENTS) {
    expect(await (await configured.request(path)).json()).toMatchObject({
      info: { version: '9.9.9' },
      'x-confab-limits': { groupMembers: 77 },
    });
  }
});

test('pages are found with a slash at the end as well', async () => {
  for (const path of PAGES) expect((await get(`${path}/`)).status).toBe(200);
});
