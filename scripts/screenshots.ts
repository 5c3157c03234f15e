/** Makes docs/screenshots: the main screens, light and dark, wide and narrow. Needs Chromium. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { TestUser } from '../packages/server/src/testing/user';
import { WebWorld } from '../test/support/web-world';
import { populate } from './screenshots/world';

const FOLDER = join(import.meta.dir, '../docs/screenshots');
const WIDE = { viewport: { width: 1280, height: 800 } };
const PHONE = { viewport: { width: 390, height: 780 }, hasTouch: true };

interface Shot {
  name: string;
  path: string;
  /** What has to be there before the picture is taken. */
  until: (page: Page) => Promise<unknown>;
}

async function settled(page: Page): Promise<void> {
  // Pictures of what a narrow screen does not show are not loaded.
  await page.waitForFunction(() =>
    [...document.images].every(
      (image) => !image.checkVisibility() || (image.complete && image.naturalWidth > 0),
    ),
  );
  await page.evaluate(() => document.fonts.ready);
}

async function take(world: WebWorld, user: TestUser, shots: readonly Shot[]): Promise<void> {
  for (const scheme of ['light', 'dark'] as const) {
    for (const [size, options] of Object.entries({ wide: WIDE, phone: PHONE })) {
      const { page, context } = await world.at(await user.signIn(), {
        ...options,
        colorScheme: scheme,
      });
      for (const { name, path, until } of shots) {
        await page.goto(world.server.url + path);
        await until(page);
        await settled(page);
        await page.screenshot({ path: join(FOLDER, `${name}-${size}-${scheme}.png`) });
      }
      await context.close();
    }
  }
}

const world = await WebWorld.start();
const { cast, chat } = await populate(world);
mkdirSync(FOLDER, { recursive: true });
await take(world, cast.mara, [
  {
    name: 'chat',
    path: `/app/chats/${chat.id}`,
    until: (page) => page.getByRole('log').getByText('See you all there').waitFor(),
  },
  {
    name: 'chats',
    path: '/app/',
    until: (page) => page.getByRole('navigation').getByText('Photo club').first().waitFor(),
  },
  {
    name: 'group',
    path: `/app/chats/${chat.id}/info`,
    until: (page) => page.getByText('Priya Nair').last().waitFor(),
  },
  {
    name: 'settings',
    path: '/app/settings/appearance',
    until: (page) => page.getByRole('main').getByText('Dark').first().waitFor(),
  },
]);
await world.stop();
process.exit(0);
