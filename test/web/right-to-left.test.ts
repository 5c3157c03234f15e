import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { WebWorld, withBrowser } from '../support/web-world';

const PATIENCE_MS = 60_000;
const PHONE = { viewport: { width: 360, height: 740 } };
const SIZES: [string, BrowserContextOptions][] = [
  ['wide', {}],
  ['on a phone', PHONE],
];

/** Where something lies that has a place of its own, in pixels from the left edge of the window. */
interface Place {
  readonly what: string;
  readonly left: number;
  readonly right: number;
}

/** Turns the page around. In one go, so that nothing can come into it meanwhile. */
const turn = (page: Page) =>
  page.evaluate(() => {
    const kinds =
      'a, button, input, textarea, select, h1, h2, h3, label, legend, img, svg, .avatar';
    const layout = (): Place[] =>
      [...document.querySelectorAll<HTMLElement>(kinds)]
        .filter((each) => each.checkVisibility({ visibilityProperty: true }))
        .filter((each) => !each.closest('.skip-link, .unseen'))
        // Within a sentence the language decides, and not the page.
        .filter((each) => getComputedStyle(each).display !== 'inline')
        .map((each) => {
          const { left, right } = each.getBoundingClientRect();
          return { what: each.outerHTML.slice(0, 120), left, right };
        });
    const before = layout();
    document.documentElement.dir = 'rtl';
    const after = layout();
    const isCut = document.documentElement.scrollWidth > innerWidth;
    return { before, after, width: innerWidth, isCut };
  });

/** What does not lie in a page from right to left as its mirror image would, or does not fit in. */
async function unmirrored(page: Page): Promise<string[]> {
  const { before, after, width, isCut } = await turn(page);
  const wrong = after.filter(({ left, right }, index) => {
    const was = before[index];
    const isMirrored = was !== undefined && Math.abs(width - was.right - left) <= 2;
    return !isMirrored || left < -1 || right > width + 1;
  });
  expect(after.length).toBe(before.length);
  expect(after.length).toBeGreaterThan(5);
  return [...wrong.map(({ what }) => what), ...(isCut ? ['wider than the window'] : [])];
}

describe.skipIf(!withBrowser)('from right to left', () => {
  let world: WebWorld;
  beforeAll(async () => {
    world = await WebWorld.start();
  }, PATIENCE_MS);
  afterAll(() => world.stop());

  test.each(SIZES)('the door is mirrored: %s', async (_name, options) => {
    const { page, context } = await world.visitor(options);
    for (const path of ['/app/sign-in', '/app/register']) {
      await page.goto(world.url + path);
      await page.getByRole('heading').first().waitFor();
      expect({ path, wrong: await unmirrored(page) }).toEqual({ path, wrong: [] });
    }
    await context.close();
  });

  test.each(SIZES)('the app is mirrored: %s', async (_name, options) => {
    const ann = await world.person('ann', options);
    const ben = await world.server.user('ben');
    const chat = await ann.user.direct(ben);
    await ben.send(chat.id, 'Hello!');
    await ann.user.send(chat.id, 'Hello yourself!');
    const pages = ['profile', 'appearance', 'notifications', 'privacy', 'sessions', 'account'];
    const places: [string, string][] = [
      ['chats/new', 'New chat'],
      [`chats/${chat.id}/info`, 'Close'],
      [`people/${ben.id}`, 'Message'],
      ['notifications', 'Notifications'],
      ['search?q=hello', 'Search'],
      ['settings', 'Settings'],
      ...pages.map((page): [string, string] => [`settings/${page}`, 'Back']),
    ];
    for (const [place, sign] of places) {
      // Pages show more once the server has said who one is.
      const known = ann.page.waitForResponse('**/api/auth/me');
      await ann.page.goto(`${world.url}/app/${place}`);
      await known;
      await ann.page
        .getByRole('main')
        .getByText(sign)
        .or(ann.page.getByLabel(sign))
        .first()
        .waitFor({ state: 'attached' });
      await ann.page.locator('.spinner').first().waitFor({ state: 'detached' });
      const wrong = await unmirrored(ann.page);
      expect({ place, wrong }).toEqual({ place, wrong: [] });
    }
    expect(ann.faults).toEqual([]);
    await ann.context.close();
  });
});
