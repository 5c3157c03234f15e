import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { openBrowser } from '../support/chromium';
import { withBrowser } from '../support/web-world';

const PAGE = join(import.meta.dir, '../support/stores-page.ts');

async function servePage() {
  const built = await Bun.build({ entrypoints: [PAGE], target: 'browser' });
  const script = built.outputs[0];
  return Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: ({ url }) =>
      new URL(url).pathname === '/page.js'
        ? new Response(script, { headers: { 'Content-Type': 'text/javascript' } })
        : new Response('<!doctype html><script type="module" src="/page.js"></script>', {
            headers: { 'Content-Type': 'text/html' },
          }),
  });
}

describe.skipIf(!withBrowser)('the stores of a browser', () => {
  let server: Awaited<ReturnType<typeof servePage>>;
  let browser: Browser;
  beforeAll(async () => {
    [server, browser] = await Promise.all([servePage(), openBrowser()]);
  }, 30_000);
  afterAll(async () => {
    await browser.close();
    await server.stop(true);
  });

  test('obey the rules of all stores', async () => {
    const page = await browser.newPage();
    await page.goto(server.url.href);
    await page.waitForFunction('globalThis.tryAll');
    const outcome = (await page.evaluate('tryAll()')) as Record<string, string>;
    const broken = Object.entries(outcome).filter(([, how]) => how !== 'kept');
    expect(broken).toEqual([]);
    expect(Object.keys(outcome)).toHaveLength(12);
  }, 30_000);
});
