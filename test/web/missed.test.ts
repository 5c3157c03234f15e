import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import type { Chat } from '@confab/protocol';
import type { Page } from 'playwright-core';
import { eventually } from '../../packages/server/src/testing/waiting';
import { Cable } from '../support/cable';
import { freePort } from '../support/mortal-server';
import { untilStored } from '../support/page-stores';
import { WebWorld, withBrowser } from '../support/web-world';

const PATIENCE_MS = 60_000;

const log = (page: Page) => page.getByRole('log');
const row = (page: Page, seq: number) => page.locator(`[data-seq="${seq}"]`);

/** How far below the top of the conversation a row stands, in pixels; null if it is not in view. */
const placeOf = (page: Page, seq: number) =>
  page.evaluate((seq) => {
    const one = document.querySelector(`[data-seq="${seq}"]`);
    const frame = one?.closest('.timeline')?.getBoundingClientRect();
    if (!one || !frame) return null;
    const { top, bottom } = one.getBoundingClientRect();
    return top < frame.bottom && bottom > frame.top ? top - frame.top : null;
  }, seq);

describe.skipIf(!withBrowser)('what came while there was no connection', () => {
  let world: WebWorld;
  let cable: Cable;
  beforeAll(async () => {
    const port = await freePort();
    cable = await Cable.to(port);
    world = await WebWorld.start({ env: { PORT: String(port), RATE_LIMITS: 'off' } });
    world.url = cable.url;
  }, PATIENCE_MS);
  afterEach(() => cable.mend());
  afterAll(async () => {
    await world.stop();
    await cable.stop();
  });

  /** Somebody at the end of a chat, who wrote all that is in it. */
  async function reader(count: number) {
    const [user, other] = [await world.server.user('ann'), await world.server.user('ben')];
    const chat = await user.direct(other);
    const write = async (from: number, to: number, by = other) => {
      for (let n = from; n <= to; n++) await by.send(chat.id, `message ${n}\nof two lines`);
    };
    await write(1, count, user);
    const person = await world.at(user, { path: `/app/chats/${chat.id}` });
    const unread = async () => (await user.must<Chat>('GET', `/api/chats/${chat.id}`)).unread_count;
    await row(person.page, count).waitFor();
    return { person, page: person.page, chat, write, unread };
  }

  for (const missed of [40, 700]) {
    test(
      `is read from where it begins, if these are ${missed} messages`,
      async () => {
        const { person, page, write, unread } = await reader(30);
        cable.cut();
        await page.getByText('No connection to the server').first().waitFor();
        await write(31, 30 + missed);
        cable.mend();
        await log(page).getByText('New messages').waitFor();
        await eventually(async () => (await placeOf(page, 31)) !== null, 'the first one in view');
        await eventually(async () => (await unread()) < missed, 'to read');
        expect(await unread()).toBeGreaterThan(missed - 40);
        expect(await placeOf(page, 30 + missed)).toBeNull();
        await person.context.close();
      },
      PATIENCE_MS,
    );
  }

  test(
    'is read from there too where the page begins with what it kept',
    async () => {
      const { person, page, chat, write, unread } = await reader(30);
      const open = Promise.withResolvers<void>();
      await untilStored(page, 'message 30');
      await page.goto('about:blank');
      await page.route('**/api/auth/ws-ticket', async (route) => {
        await open.promise;
        await route.continue();
      });
      await write(31, 70);
      await page.goto(`${world.url}/app/chats/${chat.id}`);
      await row(page, 30).waitFor();
      open.resolve();
      await log(page).getByText('New messages').waitFor();
      await eventually(async () => (await placeOf(page, 31)) !== null, 'the first one in view');
      await eventually(async () => (await unread()) < 40, 'to read');
      expect(await placeOf(page, 70)).toBeNull();
      await person.context.close();
    },
    PATIENCE_MS,
  );

  test(
    'shows at the end if it fits, and what follows it does too',
    async () => {
      const { person, page, write, unread } = await reader(30);
      cable.cut();
      await page.getByText('No connection to the server').first().waitFor();
      await write(31, 32);
      cable.mend();
      await log(page).getByText('New messages').waitFor();
      await eventually(async () => (await unread()) === 0, 'to read all');
      await write(33, 60);
      await eventually(async () => (await placeOf(page, 60)) !== null, 'the last one in view');
      await person.context.close();
    },
    PATIENCE_MS,
  );

  test(
    'does not take anybody away from what they read',
    async () => {
      const { person, page, write, unread } = await reader(60);
      await log(page).hover();
      await page.mouse.wheel(0, -1_500);
      const newest = page.getByRole('button', { name: 'To the newest message' });
      await newest.waitFor();
      const seq = await eventually(async () => {
        for (let n = 1; n <= 60; n++) if (((await placeOf(page, n)) ?? -1) >= 0) return n;
        return undefined;
      }, 'a row in view');
      cable.cut();
      await page.getByText('No connection to the server').first().waitFor();
      const before = await placeOf(page, seq);
      await write(61, 80);
      cable.mend();
      await eventually(async () => (await unread()) === 20, 'to be unread');
      await newest.getByText('20').waitFor();
      expect(await placeOf(page, seq)).toBe(before);
      await person.context.close();
    },
    PATIENCE_MS,
  );
});
