import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Media, MediaLink } from '@confab/protocol';
import type { Browser, Page } from 'playwright-core';
import { text, upload } from '../packages/server/src/testing/files';
import { TestServer } from '../packages/server/src/testing/server';
import type { TestUser } from '../packages/server/src/testing/user';
import { eventually } from '../packages/server/src/testing/waiting';
import { openBrowser, withBrowser } from './support/chromium';
import { FFMPEG, MADE_SECONDS, type MadeFile, made } from './support/made-files';
import { PLAYER_PAGE } from './support/player-page';

const FIXTURES = join(import.meta.dir, '../packages/server/src/features/media/testing/fixtures');
const PATIENCE_MS = 60_000;

interface Played {
  duration: number;
  width: number;
  seekable: number;
}

interface Shown {
  width: number;
  height: number;
  left: { red: number; green: number; blue: number };
}

describe.skipIf(!withBrowser || FFMPEG === null)('in a browser', () => {
  let server: TestServer;
  let ann: TestUser;
  let browser: Browser;
  let page: Page;
  const folder = mkdtempSync(join(tmpdir(), 'confab-browser-'));
  beforeAll(async () => {
    server = await TestServer.start({ env: { RATE_LIMITS: 'off' } });
    ann = await server.user('ann');
    browser = await openBrowser();
  }, PATIENCE_MS);
  afterAll(async () => {
    await browser.close();
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  const open = async () => {
    page = await browser.newPage();
    await page.route(`${server.url}/player`, (route) =>
      route.fulfill({ contentType: 'text/html', body: PLAYER_PAGE }),
    );
    await page.goto(`${server.url}/player`);
  };
  const sent = async (name: string, bytes: Uint8Array<ArrayBuffer>): Promise<Media> => {
    const [media] = await upload(ann, [{ name, type: '', bytes }]);
    // Uploads do not wait long for what is made of them.
    return eventually(async () => {
      const info = await ann.must<Media>('GET', `${media?.url}/info`);
      return info.is_processed && info;
    }, 'the server to be done');
  };
  const linkTo = async (media: Media, query = '') =>
    (await ann.must<MediaLink>('GET', `${media.url}/link${query}`)).url;
  const inPage = <T>(call: string, ...values: string[]) =>
    page.evaluate<T>(`${call}(${values.map((value) => JSON.stringify(value)).join()})`);

  const PLAYED: [name: MadeFile, element: string, width: number][] = [
    ['film.mp4', 'video', 320],
    ['tail.mp4', 'video', 320],
    ['film.webm', 'video', 320],
    ['tone.mp3', 'audio', 0],
    ['tone.ogg', 'audio', 0],
    ['tone.m4a', 'audio', 0],
  ];
  test.each(PLAYED)(
    '%s plays from wherever one likes',
    async (name, element, width) => {
      await open();
      const parts: (string | undefined)[] = [];
      page.on('response', (response) => {
        if (response.status() === 206) parts.push(response.headers()['content-range']);
      });
      const media = await sent(name, await made(folder, name));
      const played = await inPage<Played>('play', element, await linkTo(media));
      expect(Math.abs(played.duration - MADE_SECONDS)).toBeLessThan(0.3);
      expect(played.width).toBe(width);
      expect(played.seekable).toBeCloseTo(played.duration, 1);
      expect(parts.every((part) => part?.endsWith(`/${media.file_size}`))).toBe(true);
      expect(parts.length).toBeGreaterThan(0);
      await page.close();
    },
    PATIENCE_MS,
  );

  test(
    'pictures and thumbnails are shown as they are',
    async () => {
      await open();
      for (const name of [
        'still.jpg',
        'still.png',
        'still.webp',
        'moving.gif',
        'film.mp4',
      ] as const) {
        const media = await sent(name, await made(folder, name));
        const small = await inPage<Shown>('show', await linkTo(media, '?variant=thumbnail'));
        const sides = media.media_type === 'image' ? [480, 270] : [320, 180];
        expect([small.width, small.height]).toEqual(sides);
        // The test picture is red on its left.
        expect(small.left.red, name).toBeGreaterThan(200);
        expect(small.left.green + small.left.blue, name).toBeLessThan(100);
        if (media.media_type !== 'image') continue;
        const whole = await inPage<Shown>('show', await linkTo(media));
        expect([whole.width, whole.height]).toEqual([640, 360]);
      }
      for (const name of ['photo.avif', 'photo.jpg', 'picture.png', 'picture.bmp']) {
        const media = await sent(name, new Uint8Array(readFileSync(join(FIXTURES, name))));
        const whole = await inPage<Shown>('show', await linkTo(media));
        expect([whole.width, whole.height]).toEqual([
          media.width as number,
          media.height as number,
        ]);
      }
      const photo = await sent(
        'photo.jpg',
        new Uint8Array(readFileSync(join(FIXTURES, 'photo.jpg'))),
      );
      await page.goto(server.url + (await linkTo(photo)));
      expect(await page.evaluate<number>('document.images[0].naturalWidth')).toBe(
        photo.width as number,
      );
      await page.close();
    },
    PATIENCE_MS,
  );

  test(
    'documents are saved, never opened',
    async () => {
      await open();
      const pdf = new Uint8Array(readFileSync(join(FIXTURES, 'documents/two-pages.pdf')));
      const page_ = text('words first, then <script>document.title = "run"</script>', 'page.txt');
      const [asText] = await upload(ann, [page_]);
      for (const media of [await sent('two-pages.pdf', pdf), asText as Media]) {
        const download = page.waitForEvent('download');
        await page.goto(server.url + (await linkTo(media))).catch(() => undefined);
        expect((await download).suggestedFilename()).toBe(media.original_filename);
        expect(await page.title()).toBe('Player');
      }
      await page.close();
    },
    PATIENCE_MS,
  );

  test(
    'nothing is shown to other hosts’ pages',
    async () => {
      const media = await sent('still.png', await made(folder, 'still.png'));
      const address = server.url + (await linkTo(media));
      page = await browser.newPage();
      await page.route('http://elsewhere.example/', (route) =>
        route.fulfill({ contentType: 'text/html', body: PLAYER_PAGE }),
      );
      await page.goto('http://elsewhere.example/');
      await expect(inPage('show', address)).rejects.toThrow();
      await page.close();
    },
    PATIENCE_MS,
  );
});
