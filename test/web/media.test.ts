import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Chat } from '@confab/protocol';
import { type TestFile, upload } from '../../packages/server/src/testing/files';
import { eventually } from '../../packages/server/src/testing/waiting';
import { FFMPEG, MADE_SECONDS, type MadeFile, made } from '../support/made-files';
import { nextFrame } from '../support/next-frame';
import { type Person, WebWorld, withBrowser } from '../support/web-world';

const PATIENCE_MS = 120_000;

describe.skipIf(!withBrowser || !FFMPEG)('files in messages', () => {
  const folder = mkdtempSync(join(tmpdir(), 'confab-web-media-'));
  let world: WebWorld;
  let ann: Person;
  let ben: Person['user'];
  let chat: Chat;
  beforeAll(async () => {
    world = await WebWorld.start();
    ann = await world.person('ann');
    ben = await world.server.user('ben');
    chat = await ann.user.direct(ben);
    await send('pictures', 'still.png', 'still.jpg', 'still.webp');
    await send('a film', 'film.mp4');
    await send('a melody', 'tone.mp3');
    await ann.page.goto(`${world.server.url}/app/chats/${chat.id}`);
    await ann.page.getByRole('log').getByText('a melody').waitFor();
  }, PATIENCE_MS);
  afterAll(async () => {
    expect(ann.faults).toEqual([]);
    await world.stop();
    rmSync(folder, { recursive: true });
  });

  async function send(content: string, ...names: MadeFile[]): Promise<void> {
    const files = await Promise.all(
      names.map(async (name) => ({ name, type: '', bytes: await made(folder, name) })),
    );
    await sendFiles(content, files);
  }

  async function sendFiles(content: string, files: TestFile[]): Promise<void> {
    const media_ids = (await upload(ben, files)).map(({ id }) => id);
    await ben.send(chat.id, content, { media_ids });
    // Then nothing moves any more while a test looks.
    const isProcessed = async (id: number) =>
      (await ben.must<{ is_processed: boolean }>('GET', `/api/media/${id}/info`)).is_processed;
    for (const id of media_ids) await eventually(() => isProcessed(id), 'the server to be done');
  }

  const gallery = () => ann.page.getByRole('dialog', { name: 'Photos and videos' });
  const tile = (name: string) => ann.page.getByRole('button', { name: `Open photo ${name}` });
  const place = (text: string) => gallery().getByText(text, { exact: true }).waitFor();

  test('pictures have their place before they are loaded', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const path = /\/media\/\d+/;
    await ann.page.route(path, async (route) => {
      await held;
      await route.continue();
    });
    await ann.page.reload();
    await tile('still.png').waitFor();
    // The list finds out first how high its rows are, and where its end is.
    const before = await eventually(async () => {
      const first = await tile('still.png').boundingBox();
      await nextFrame(ann.page);
      const second = await tile('still.png').boundingBox();
      return first !== null && Bun.deepEquals(first, second) && second;
    }, 'a list that stands still');
    // A blurred preview stands there meanwhile.
    const background = await tile('still.png').evaluate(
      (one) => getComputedStyle(one).backgroundImage,
    );
    expect(background).toStartWith('url("data:image/png');
    release();
    const picture = tile('still.png').locator('img');
    await eventually(
      () => picture.evaluate((one) => (one as HTMLImageElement).naturalWidth > 0),
      'the picture',
    );
    expect(await tile('still.png').boundingBox()).toEqual(before);
    await ann.page.unroute(path);
  });

  test('the gallery goes by keys, and the focus comes back to where it was', async () => {
    await tile('still.png').focus();
    await ann.page.keyboard.press('Enter');
    await place('1 of 4');
    await ann.page.keyboard.press('ArrowLeft');
    await place('1 of 4');
    await ann.page.keyboard.press('ArrowRight');
    await place('2 of 4');
    await gallery().getByRole('img', { name: 'still.jpg' }).waitFor();
    await ann.page.keyboard.press('Escape');
    await gallery().waitFor({ state: 'detached' });
    expect(await tile('still.png').evaluate((one) => one === document.activeElement)).toBe(true);
  });

  test('the browser’s back button closes the gallery and nothing else', async () => {
    await tile('still.jpg').click();
    await gallery().waitFor();
    await ann.page.goBack();
    await gallery().waitFor({ state: 'detached' });
    expect(new URL(ann.page.url()).pathname).toBe(`/app/chats/${chat.id}`);
    await tile('still.jpg').waitFor();
  });

  test('a picture is enlarged by wheel, keys and double click, and moved by the mouse', async () => {
    await tile('still.png').click();
    const picture = gallery().getByRole('img', { name: 'still.png' });
    await picture.waitFor();
    const size = async () => (await picture.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    await nextFrame(ann.page);
    const fit = await size();
    const [x, y] = [fit.x + fit.width / 2, fit.y + fit.height / 2];
    await ann.page.mouse.move(x, y);
    await ann.page.mouse.wheel(0, -400);
    await eventually(async () => (await size()).width > fit.width * 1.5, 'a larger picture');
    const before = await size();
    await ann.page.mouse.down();
    await ann.page.mouse.move(x + 80, y + 40);
    await ann.page.mouse.up();
    const after = await size();
    expect([after.x - before.x, after.y - before.y].map(Math.round)).toEqual([80, 40]);
    await ann.page.keyboard.press('0');
    await eventually(async () => (await size()).width === fit.width, 'the picture as it was');
    await ann.page.mouse.dblclick(x, y);
    await eventually(async () => (await size()).width > fit.width * 2, 'a larger picture');
    await gallery().getByRole('button', { name: 'Make smaller' }).click();
    await ann.page.keyboard.press('Escape');
    await gallery().waitFor({ state: 'detached' });
  });

  test('fingers swipe to the next picture, and pinch', async () => {
    const phone = await world.at(await ann.user.signIn(), {
      hasTouch: true,
      isMobile: true,
      viewport: { width: 360, height: 700 },
      path: `/app/chats/${chat.id}`,
    });
    await phone.page.getByRole('button', { name: 'Open photo still.png' }).tap();
    const open = phone.page.getByRole('dialog', { name: 'Photos and videos' });
    await open.getByText('1 of 4').waitFor();
    await nextFrame(phone.page);
    const devtools = await phone.context.newCDPSession(phone.page);
    const touch = (
      type: 'touchStart' | 'touchMove' | 'touchEnd',
      ...touchPoints: { x: number; y: number }[]
    ) => devtools.send('Input.dispatchTouchEvent', { type, touchPoints });
    await touch('touchStart', { x: 270, y: 450 });
    await touch('touchMove', { x: 170, y: 452 });
    await touch('touchMove', { x: 80, y: 454 });
    await touch('touchEnd');
    await open.getByText('2 of 4').waitFor();
    const picture = open.getByRole('img', { name: 'still.jpg' });
    await picture.waitFor();
    await nextFrame(phone.page);
    const width = async () => (await picture.boundingBox())?.width ?? 0;
    const before = await width();
    await touch('touchStart', { x: 160, y: 350 }, { x: 200, y: 350 });
    await touch('touchMove', { x: 100, y: 350 }, { x: 260, y: 350 });
    await touch('touchEnd');
    await eventually(async () => (await width()) > before * 2, 'a larger picture');
    expect(phone.faults).toEqual([]);
    await phone.context.close();
  });

  test('a film plays and seeks', async () => {
    await ann.page.getByRole('button', { name: 'Open video film.mp4' }).click();
    const film = gallery().locator('video');
    await film.waitFor();
    const at = () => film.evaluate((one) => (one as HTMLVideoElement).currentTime);
    await eventually(async () => (await at()) > 0.2, 'the film to play');
    await film.evaluate((one) => {
      (one as HTMLVideoElement).currentTime = 5;
    });
    await eventually(async () => (await at()) > 5.1, 'the film to go on from there');
    expect(await film.evaluate((one) => (one as HTMLVideoElement).videoWidth)).toBe(320);
    await gallery().getByRole('button', { name: 'Close' }).click();
    await gallery().waitFor({ state: 'detached' });
  });

  test('a sound plays, is sought in by the keyboard and by a click, and halted', async () => {
    const player = ann.page.getByRole('group', { name: /A tone/ });
    await player.getByRole('button', { name: /^Play/ }).click();
    const position = player.getByRole('slider', { name: 'Position' });
    const at = async () => Number(await position.getAttribute('aria-valuenow'));
    expect(await position.getAttribute('aria-valuemax')).toBe(String(MADE_SECONDS));
    await player.getByRole('button', { name: /^Pause/ }).waitFor();
    await position.press('ArrowRight');
    await eventually(async () => (await at()) >= 5, 'five seconds on');
    const box = (await position.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    await ann.page.mouse.click(box.x + box.width * 0.25, box.y + box.height / 2);
    await eventually(async () => (await at()) < 5, 'the first half');
    await player.getByRole('button', { name: 'Speed: 1 times' }).click();
    await player.getByRole('button', { name: 'Speed: 1.5 times' }).waitFor();
    // It may have come to its end on a slow machine.
    await position.press('Home');
    await player.getByRole('button', { name: /^(Play|Pause)/ }).waitFor();
    const play = player.getByRole('button', { name: /^Play/ });
    if (await play.isVisible()) await play.click();
    await player.getByRole('button', { name: /^Pause/ }).click();
    await player.getByRole('button', { name: /^Play/ }).waitFor();
  });

  test('a document is saved as it was sent', async () => {
    const bytes = Buffer.from(crypto.getRandomValues(new Uint8Array(300_000)));
    await sendFiles('a document', [{ name: 'odd & ends.bin', type: '', bytes }]);
    const button = ann.page.getByRole('button', { name: /^Save odd & ends\.bin/ });
    const coming = ann.page.waitForEvent('download');
    await button.click();
    const download = await coming;
    expect(download.suggestedFilename()).toBe('odd & ends.bin');
    expect(Buffer.compare(readFileSync(await download.path()), bytes)).toBe(0);
  });

  test('an address that ended is asked for anew', async () => {
    let refused = 0;
    await ann.page.route(/\/media\/\d+\?/, async (route) => {
      if (refused++ === 0) await route.fulfill({ status: 404 });
      else await route.continue();
    });
    await send('one more', 'still.bmp');
    const picture = tile('still.bmp').locator('img');
    await eventually(
      async () =>
        (await picture.count()) === 1 &&
        (await picture.evaluate((one) => (one as HTMLImageElement).naturalWidth > 0)),
      'the picture',
    );
    expect(refused).toBeGreaterThan(1);
    await ann.page.unroute(/\/media\/\d+\?/);
  });
});
