import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { TestServer } from '../packages/server/src/testing/server';
import { openBrowser, withBrowser } from './support/chromium';

const SDK = join(import.meta.dir, '../packages/client/src/index.ts');

/** A page of its own origin, that can load the SDK as a bundler makes it for browsers. */
async function servePage() {
  const built = await Bun.build({ entrypoints: [SDK], target: 'browser' });
  const script = built.outputs[0];
  return Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: ({ url }) =>
      new URL(url).pathname === '/sdk.js'
        ? new Response(script, { headers: { 'Content-Type': 'text/javascript' } })
        : new Response('<!doctype html>', { headers: { 'Content-Type': 'text/html' } }),
  });
}

/** Runs in the page. */
async function sendFiles({ server, sdk }: { server: string; sdk: string }) {
  const { ConfabClient } = (await import(sdk)) as typeof import('@confab/client');
  const client = new ConfabClient({ server });
  await client.register({ username: 'zoe', email: 'zoe@example.org', password: 'password' });
  await client.connect();
  const notes = await client.openDirect(client.userId);
  const big = new File(['line of text\n'.repeat(400_000)], 'big.txt', { type: 'text/plain' });
  const small = new File(['hello'], 'größe "1".txt', { type: 'text/plain' });
  const told: number[] = [];
  await client.send(notes.id, {
    files: [big, small],
    onProgress: ({ bytes }) => void told.push(bytes),
  });
  await client.allSent();
  const media = client.messages(notes.id).at(-1)?.media ?? [];
  const [first, second] = media;
  if (!first || !second) throw new Error('The files are not there');
  const text = await new Response(await client.download(first)).text();
  const link = await fetch(await client.mediaUrl(second));
  await client.close();
  return {
    told,
    names: media.map((file) => file.original_filename),
    isWhole: text === (await big.text()),
    linked: await link.text(),
    total: big.size + small.size,
  };
}

describe.skipIf(!withBrowser)('in a page of another origin', () => {
  let page: Awaited<ReturnType<typeof servePage>>;
  let server: TestServer;
  let browser: Browser;
  beforeAll(async () => {
    page = await servePage();
    server = await TestServer.start({ env: { CORS_ORIGINS: page.url.origin } });
    browser = await openBrowser();
  }, 30_000);
  afterAll(async () => {
    await browser.close();
    await server.stop();
    await page.stop(true);
  });

  test('files are sent, and tell how far they are', async () => {
    const tab = await browser.newPage();
    await tab.goto(page.url.href);
    const { told, names, isWhole, linked, total } = await tab.evaluate(sendFiles, {
      server: server.url,
      sdk: '/sdk.js',
    });
    expect(names).toEqual(['big.txt', 'größe "1".txt']);
    expect([isWhole, linked]).toEqual([true, 'hello']);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    expect(told.length).toBeGreaterThan(3);
    expect(told.at(-1)).toBe(total);
  }, 60_000);
});
