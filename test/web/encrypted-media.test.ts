import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { FFMPEG, made } from '../support/made-files';
import { openChat, setUp, startEncrypted } from '../support/secret-web';
import { TamperingProxy } from '../support/tampering-proxy';
import { type Person, WebWorld, withBrowser } from '../support/web-world';

const PATIENCE_MS = 120_000;
const SEALED_CHUNK = 1024 * 1024 + 16;
const NOT_AS_SENT = 'This cannot be decrypted with the keys that are here';

/** Resolves when a worker answers for the page. */
const untilControlled = (page: Page) =>
  page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated');

/** A sound of three chunks and a half. */
function sound(): Buffer {
  const samples = Buffer.alloc(3.5 * 1024 * 1024);
  for (let at = 0; at < samples.length; at += 2) samples.writeInt16LE((at * 37) % 8000, at);
  const head = Buffer.alloc(44);
  head.write('RIFF    WAVEfmt ', 'latin1');
  head.writeUInt32LE(36 + samples.length, 4);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(22_050, 24);
  head.writeUInt32LE(44_100, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36, 'latin1');
  head.writeUInt32LE(samples.length, 40);
  return Buffer.concat([head, samples]);
}

describe.skipIf(!withBrowser || !FFMPEG)('films and sounds in encrypted chats', () => {
  const folder = mkdtempSync(join(tmpdir(), 'confab-web-media-'));
  let world: WebWorld;
  let proxy: TamperingProxy;
  let ann: Person;
  let ben: Person;
  let chat: number;
  /** Ben's. */
  let recoveryKey: string;
  let filmBytes: number;
  /** How many bytes of files the server gave out. */
  let given = 0;

  beforeAll(async () => {
    world = await WebWorld.start();
    proxy = TamperingProxy.start(world.server.url);
    world.url = proxy.url;
    [ann, ben] = await Promise.all([world.person('ann'), world.person('ben')]);
    [recoveryKey] = await Promise.all([setUp(ben, world), setUp(ann, world)]);
    chat = await startEncrypted(ann, ben, world);
    filmBytes = (await made(folder, 'long.mp4')).length;
    await openChat(ben, chat, world);
    await send({ name: 'tone.wav', mimeType: 'audio/wav', buffer: sound() });
    await send(join(folder, 'long.mp4'));
    await openButton(ben.page).waitFor();
    await untilControlled(ben.page);
  }, PATIENCE_MS);
  afterAll(async () => {
    expect([...ann.faults, ...ben.faults]).toEqual([]);
    await world.stop();
    await proxy.stop();
    rmSync(folder, { recursive: true });
  });
  beforeEach(() => {
    given = 0;
    tamper(() => false);
  });

  async function send(file: Parameters<Locator['setInputFiles']>[0]): Promise<void> {
    await ann.page.locator('.composer input[type=file]').setInputFiles(file);
    await ann.page.getByLabel('Write a message').press('Enter');
  }

  /** Counts what is given out, and turns a bit in what begins at certain places. */
  function tamper(isWanted: (start: number) => boolean): void {
    proxy.tampering = {
      bytes: (bytes, call, range) => {
        if (!call.startsWith('GET /api/media/')) return bytes;
        given += bytes.length;
        const start = Number(/bytes=(\d+)-/.exec(range ?? '')?.[1] ?? -1);
        if (isWanted(start)) bytes[100] = (bytes[100] ?? 0) ^ 1;
        return bytes;
      },
    };
  }

  const openButton = (page: Page) => page.getByRole('button', { name: 'Open video long.mp4' });
  const filmIn = (page: Page) => page.getByRole('dialog').locator('video');
  const addressOf = (page: Page) =>
    filmIn(page).evaluate((one) => new URL((one as HTMLVideoElement).src).pathname);
  const seek = (page: Page, to: number) =>
    filmIn(page).evaluate((one, seconds) => {
      (one as HTMLVideoElement).currentTime = seconds;
    }, to);
  /** Resolves when the film plays behind a place of it. Decrypting all of it before takes its time. */
  const playsBehind = (page: Page, from: number) =>
    page.waitForFunction(
      (at) => {
        const film = document.querySelector<HTMLVideoElement>('dialog video');
        return film !== null && film.currentTime > at;
      },
      from,
      { timeout: 60_000 },
    );

  async function watch(page: Page): Promise<string> {
    await openButton(page).click();
    await filmIn(page).waitFor();
    await playsBehind(page, 0.2);
    return addressOf(page);
  }

  async function close(page: Page): Promise<void> {
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  }

  const statusOf = (page: Page, address: string) =>
    page.evaluate(
      async (url) => (await fetch(url, { headers: { range: 'bytes=0-9' } })).status,
      address,
    );

  test(
    'a film plays, and at its end, before all of it was fetched',
    async () => {
      expect(filmBytes).toBeGreaterThan(8 * SEALED_CHUNK);
      expect(await watch(ben.page)).toStartWith('/app/decrypted/');
      await seek(ben.page, 57);
      await playsBehind(ben.page, 57.2);
      expect(given).toBeGreaterThan(SEALED_CHUNK);
      expect(given).toBeLessThan(filmBytes * 0.75);
      await seek(ben.page, 30);
      await playsBehind(ben.page, 30.2);
      const kept = await ben.page.evaluate(async () => {
        const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
        const requests = await Promise.all(caches_.map((cache) => cache.keys()));
        return requests.flat().map(({ url }) => url);
      });
      expect(kept.length).toBeGreaterThan(0);
      expect(kept.filter((url) => url.includes('/decrypted/'))).toEqual([]);
      await close(ben.page);
    },
    PATIENCE_MS,
  );

  test(
    'an address is of its page alone, and ends with it',
    async () => {
      const address = await watch(ben.page);
      const tab = await ben.context.newPage();
      await tab.goto(`${world.url}/app/chats/${chat}`);
      await untilControlled(tab);
      const other = await watch(tab);
      expect(other).not.toBe(address);
      expect(await statusOf(tab, address)).toBe(404);
      expect(await statusOf(ben.page, other)).toBe(404);
      expect(await statusOf(tab, other)).toBe(206);
      expect(await statusOf(ben.page, address)).toBe(206);
      await tab.close();
      await ben.page.reload();
      await openButton(ben.page).waitFor();
      await untilControlled(ben.page);
      expect(await statusOf(ben.page, address)).toBe(404);
      expect(await watch(ben.page)).not.toBe(address);
      await close(ben.page);
    },
    PATIENCE_MS,
  );

  test(
    'a chunk that was changed stops the film, and says why',
    async () => {
      await ben.page.reload();
      await openButton(ben.page).waitFor();
      tamper((start) => start >= 6 * SEALED_CHUNK);
      await watch(ben.page);
      await seek(ben.page, 50);
      await ben.page.getByRole('alert').getByText(NOT_AS_SENT).waitFor();
      expect(await filmIn(ben.page).count()).toBe(0);
      tamper(() => false);
      await ben.page.getByRole('alert').getByRole('button', { name: 'Try again' }).click();
      await playsBehind(ben.page, 50.2);
      await close(ben.page);
    },
    PATIENCE_MS,
  );

  test(
    'a chunk that was changed stops a sound, and says why',
    async () => {
      await ben.page.reload();
      tamper((start) => start >= 2 * SEALED_CHUNK);
      const player = ben.page.getByRole('group', { name: 'tone.wav' });
      await player.getByRole('button', { name: /^Play/ }).click();
      await player.getByRole('button', { name: /^Pause/ }).waitFor();
      const position = player.getByRole('slider', { name: 'Position' });
      const { width = 0 } = (await position.boundingBox()) ?? {};
      await position.click({ position: { x: width * 0.8, y: 5 } });
      await ben.page.getByText(NOT_AS_SENT).waitFor();
      await player.getByRole('button', { name: /^Play/ }).waitFor();
    },
    PATIENCE_MS,
  );

  /** Takes the worker away from pages that are opened from then on. */
  const withoutWorker = ({ context }: Person) =>
    context.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'serviceWorker'));

  /** Lets pages that are opened from then on believe in a worker, which leaves all to the network. */
  async function withIdleWorker({ context, page }: Person): Promise<void> {
    // One that is still being installed would come all the same.
    await untilControlled(page);
    await page.evaluate(async () => {
      const all = await navigator.serviceWorker.getRegistrations();
      await Promise.all(all.map((one) => one.unregister()));
    });
    await context.addInitScript(() => {
      const never = new Promise(() => {});
      const idle = {
        controller: {},
        ready: never,
        register: () => never,
        getRegistration: async () => undefined,
        startMessages: () => {},
        addEventListener: () => {},
      };
      Object.defineProperty(Navigator.prototype, 'serviceWorker', { get: () => idle });
    });
  }

  test.each([
    ['there is no worker', withoutWorker],
    ['the worker is not asked, or an old one', withIdleWorker],
  ])(
    'a film is decrypted whole where %s',
    async (_, prepare) => {
      const other = await world.at(await ben.user.signIn());
      const { page, context, faults } = other;
      await prepare(other);
      await page.goto(`${world.url}/app/chats/${chat}`);
      await page.getByRole('main').getByRole('button', { name: 'Let this device in' }).click();
      await page.getByRole('tab', { name: 'Recovery key' }).click();
      await page.getByLabel('Recovery key', { exact: true }).fill(recoveryKey);
      await page.getByRole('button', { name: 'Use recovery key' }).click();
      await openButton(page).click();
      await playsBehind(page, 0.2);
      expect(await filmIn(page).getAttribute('src')).toStartWith('blob:');
      expect(given).toBeGreaterThanOrEqual(filmBytes);
      expect(faults).toEqual([]);
      await context.close();
    },
    PATIENCE_MS,
  );
});
