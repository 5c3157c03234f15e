import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { eventually } from '../../packages/server/src/testing/waiting';
import { Cable } from '../support/cable';
import { freePort } from '../support/mortal-server';
import { UpdatedApp } from '../support/next-build';
import { storedIn, untilStored } from '../support/page-stores';
import { WebWorld, withBrowser } from '../support/web-world';

const PATIENCE_MS = 90_000;

/** Resolves when the page's worker has kept the app. */
const untilKept = (page: Page) =>
  page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated');

async function write(page: Page, text: string): Promise<void> {
  await page.getByLabel('Write a message').fill(text);
  await page.keyboard.press('Enter');
}

const bubble = (page: Page, text: string) => page.getByRole('log').getByText(text, { exact: true });

/** By this a page tells of which build it is. */
const scriptOf = (page: Page) =>
  page.evaluate(() => document.querySelector('script')?.getAttribute('src') ?? '');

/** Resolves when a page is of another build than before. */
const untilRenewed = (page: Page, before: string) =>
  eventually(async () => (await scriptOf(page).catch(() => before)) !== before, 'reload');

/** What was sent and what came back of it are one. */
const untilOne = (page: Page, text: string) =>
  eventually(async () => (await bubble(page, text).count()) === 1, 'one bubble');

describe.skipIf(!withBrowser)('without a network', () => {
  let world: WebWorld;
  let app: UpdatedApp;
  let cable: Cable;
  beforeAll(async () => {
    app = await UpdatedApp.make();
    const port = await freePort();
    cable = await Cable.to(port);
    world = await WebWorld.start({
      webFiles: Promise.resolve(app),
      env: { PORT: String(port), RATE_LIMITS: 'off' },
    });
    world.url = cable.url;
  }, PATIENCE_MS);
  afterEach(() => cable.mend());
  afterAll(async () => {
    await world.stop();
    await cable.stop();
    await app.drop();
  });

  /** Somebody in a conversation with somebody else, who is not at a browser. */
  async function conversation(name: string) {
    const other = await world.server.user('other');
    const user = await world.server.user(name);
    const chat = await user.direct(other);
    await other.send(chat.id, `for ${name}`);
    const place = `${world.url}/app/chats/${chat.id}`;
    const person = await world.at(user, { path: `/app/chats/${chat.id}` });
    await bubble(person.page, `for ${name}`).waitFor();
    const sent = async () => {
      type History = { items: { content: string }[] };
      const history = await user.must<History>('GET', `/api/messages/${chat.id}`);
      return history.items.map(({ content }) => content);
    };
    return { person, other, chat, place, sent };
  }

  /** As browsers tell it, and for sockets that are open too. */
  async function setOffline({ context }: { context: BrowserContext }, isOffline: boolean) {
    await context.setOffline(isOffline);
    if (isOffline) cable.cut();
    else cable.mend();
  }

  const leave = async (...all: { context: BrowserContext }[]) => {
    await Promise.all(all.map(({ context }) => context.close()));
  };

  test(
    'the app opens with its chats, takes messages, and sends each once when it is back',
    async () => {
      const { person, place, sent } = await conversation('ann');
      const { page, faults } = person;
      await untilKept(page);
      await untilStored(page, 'for ann');
      await setOffline(person, true);
      await page.getByText('You are offline').waitFor();
      await write(page, 'from the train');
      await bubble(page, 'from the train').waitFor();
      await untilStored(page, 'from the train', 'outbox');
      await page.reload();
      await bubble(page, 'for ann').waitFor();
      await bubble(page, 'from the train').waitFor();
      await page.goto(`${world.url}/app/`);
      await page.getByRole('navigation', { name: 'Chats' }).getByText('other').first().waitFor();
      await page.goto(place);
      await write(page, 'and another');
      await bubble(page, 'and another').waitFor();
      expect(await sent()).toEqual(['for ann']);
      await setOffline(person, false);
      await eventually(async () => (await sent()).length === 3, 'sending');
      expect(await sent()).toEqual(['for ann', 'from the train', 'and another']);
      await untilOne(page, 'from the train');
      expect(faults).toEqual([]);
      await leave(person);
    },
    PATIENCE_MS,
  );

  test(
    'a picture that does not come leaves the initials, until the connection is back',
    async () => {
      const { person, other } = await conversation('jan');
      const { page, context } = person;
      const group = await other.group('Pictures', person.user);
      const picture = Bun.file(join(import.meta.dir, '../../packages/web/src/public/icon-192.png'));
      const headers = { 'content-type': 'image/png' };
      await other.fetch(`/api/chats/${group.id}/avatar`, { method: 'PUT', headers, body: picture });
      await page.reload();
      const list = page.getByRole('navigation', { name: 'Chats' });
      await list.locator('img').waitFor();
      await untilStored(page, '/media/avatars/');
      await context.route('**/avatars/**', (route) => route.abort());
      await page.reload();
      await list.locator('.avatar', { hasText: 'P' }).waitFor();
      await context.unroute('**/avatars/**');
      await setOffline(person, true);
      await page.getByText('You are offline.').waitFor();
      await setOffline(person, false);
      await list.locator('img').waitFor();
      await leave(person);
    },
    PATIENCE_MS,
  );

  test(
    'the app can be installed',
    async () => {
      const { page, context } = await world.person('ida');
      await untilKept(page);
      const session = await context.newCDPSession(page);
      const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
      const { errors, data = '{}' } = await session.send('Page.getAppManifest');
      // Windows that keep nothing, as those of tests, install nothing either.
      const others = installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito');
      expect([errors, others]).toEqual([[], []]);
      const { icons } = JSON.parse(data) as { icons: { src: string; sizes: string }[] };
      const sizes = await page.evaluate(
        async (sources) => {
          const images = sources.map(async (src) => {
            const { width, height } = await createImageBitmap(await (await fetch(src)).blob());
            return `${width}x${height}`;
          });
          return Promise.all(images);
        },
        icons.flatMap(({ src }) => (src.endsWith('.png') ? [src] : [])),
      );
      expect(sizes).toEqual(['192x192', '512x512', '512x512']);
      await context.close();
    },
    PATIENCE_MS,
  );

  test(
    'what one tab left is sent by the other, once',
    async () => {
      const { person, place, sent } = await conversation('bob');
      const { page, context, faults } = person;
      const second = await context.newPage();
      await second.goto(place);
      await bubble(second, 'for bob').waitFor();
      await setOffline(person, true);
      await page.getByText('You are offline').waitFor();
      await write(page, 'from the first tab');
      await bubble(page, 'from the first tab').waitFor();
      await write(second, 'from the second');
      await bubble(second, 'from the second').waitFor();
      await untilStored(page, 'from the first tab', 'outbox');
      await page.close();
      await bubble(second, 'from the first tab').waitFor();
      await setOffline(person, false);
      await eventually(async () => (await sent()).length === 3, 'sending');
      await untilOne(second, 'from the first tab');
      expect((await sent()).sort()).toEqual(['for bob', 'from the first tab', 'from the second']);
      expect(faults).toEqual([]);
      await leave(person);
    },
    PATIENCE_MS,
  );

  test(
    'a session that ends in one tab ends in all, keeps nothing to read, and begins in all',
    async () => {
      const { person, place } = await conversation('cat');
      const { page, context, user, faults } = person;
      const second = await context.newPage();
      await second.goto(place);
      await bubble(second, 'for cat').waitFor();
      await untilStored(second, 'for cat');
      await page.evaluate(() => localStorage.removeItem('confab.session'));
      await second.getByRole('button', { name: 'Sign in' }).waitFor();
      await second.getByLabel('Username or email').fill(user.username);
      await second.getByLabel('Password', { exact: true }).fill('password');
      await second.getByRole('button', { name: 'Sign in' }).click();
      await second.getByRole('navigation', { name: 'Chats' }).getByText('for cat').waitFor();
      const third = await context.newPage();
      await third.goto(`${world.url}/app/sign-in`);
      await third.getByRole('navigation', { name: 'Chats' }).getByText('for cat').waitFor();
      expect(faults).toEqual([]);
      await leave(person);
    },
    PATIENCE_MS,
  );

  test(
    'a session that the server ends leaves no chats behind in the browser',
    async () => {
      const { person } = await conversation('dan');
      const { page, user } = person;
      await untilStored(page, 'for dan');
      type Sessions = { items: { id: number; is_current: boolean }[] };
      const device = await user.signIn();
      const { items } = await device.must<Sessions>('GET', '/api/auth/sessions');
      for (const { id, is_current } of items) {
        if (!is_current) await device.must('DELETE', `/api/auth/sessions/${id}`);
      }
      await page.getByText('You were signed out').waitFor();
      await eventually(async () => (await storedIn(page, 'chats')).length === 0, 'no chats');
      await leave(person);
    },
    PATIENCE_MS,
  );

  test(
    'a server that restarts is waited for, and gets what was written meanwhile',
    async () => {
      const { person, sent } = await conversation('eve');
      const { page, faults } = person;
      await world.server.restart(async () => {
        await write(page, 'while you were away');
        await page.getByText('No connection').waitFor();
        await bubble(page, 'while you were away').waitFor();
      });
      await eventually(async () => (await sent()).includes('while you were away'), 'sending');
      await page.getByText('No connection').waitFor({ state: 'detached' });
      await untilOne(page, 'while you were away');
      expect(faults).toEqual([]);
      await leave(person);
    },
    PATIENCE_MS,
  );

  test(
    'over a slow one everything comes, late',
    async () => {
      const { person, place, sent } = await conversation('flo');
      const { page, context, faults } = person;
      await untilKept(page);
      const session = await context.newCDPSession(page);
      await session.send('Network.emulateNetworkConditions', {
        offline: false,
        latency: 400,
        downloadThroughput: 20_000,
        uploadThroughput: 10_000,
      });
      await page.goto(place);
      await bubble(page, 'for flo').waitFor();
      await write(page, 'slowly');
      await eventually(async () => (await sent()).includes('slowly'), 'sending');
      await untilOne(page, 'slowly');
      expect(faults).toEqual([]);
      await leave(person);
    },
    PATIENCE_MS,
  );

  test(
    'a page that is open goes on when the server has a new build, and takes it when asked',
    async () => {
      const { person, chat } = await conversation('gus');
      const { page, context, faults } = person;
      await page.goto(`${world.url}/app/`);
      await untilKept(page);
      const second = await context.newPage();
      await second.goto(`${world.url}/app/`);
      const before = await scriptOf(page);
      await app.update();
      await world.server.restart();
      await page.getByText('A new version of Confab is there').waitFor();
      // What this build loads only now is not on the server any more.
      await page.getByRole('navigation', { name: 'Chats' }).getByText('for gus').click();
      await bubble(page, 'for gus').waitFor();
      await page.getByRole('button', { name: 'Reload' }).click();
      await untilRenewed(page, before);
      await bubble(page, 'for gus').waitFor();
      // The other tab is of the old build still, and what it loads comes from there.
      expect(await scriptOf(second)).toBe(before);
      await second.getByRole('navigation', { name: 'Chats' }).getByText('for gus').click();
      await bubble(second, 'for gus').waitFor();
      await second.getByRole('button', { name: 'Reload' }).click();
      await untilRenewed(second, before);
      expect(new URL(second.url()).pathname).toBe(`/app/chats/${chat.id}`);
      expect(faults).toEqual([]);
      await leave(person);
    },
    PATIENCE_MS,
  );

  test(
    'a new build is taken even where the browser does not let go of the old one’s worker',
    async () => {
      const { person } = await conversation('hal');
      const { page, context, faults } = person;
      await untilKept(page);
      // So the new worker is never told to take over.
      await context.addInitScript(() => {
        ServiceWorker.prototype.postMessage = () => {};
      });
      await page.reload();
      await bubble(page, 'for hal').waitFor();
      const before = await scriptOf(page);
      await app.update();
      await world.server.restart();
      await page.getByRole('button', { name: 'Reload' }).click();
      await untilRenewed(page, before);
      await bubble(page, 'for hal').waitFor();
      const isWaiting = () =>
        navigator.serviceWorker
          .getRegistration('/app/')
          .then((registration) => registration?.waiting?.state);
      expect(await page.evaluate(isWaiting)).toBe('installed');
      expect(await page.getByText('A new version of Confab is there').count()).toBe(0);
      expect(faults).toEqual([]);
      await leave(person);
    },
    PATIENCE_MS,
  );
});
