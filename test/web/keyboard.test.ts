import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Page } from 'playwright-core';
import { PASSWORD } from '../../packages/server/src/testing/user';
import { WebWorld, withBrowser } from '../support/web-world';

/** Tabs on until the focus is at something of this name. */
async function tabTo(page: Page, name: RegExp, most = 40): Promise<void> {
  for (let tabs = 0; tabs < most; tabs++) {
    const here = await page.evaluate(() => {
      const now = document.activeElement;
      const label = now instanceof HTMLInputElement ? now.labels?.[0]?.innerText : undefined;
      return now?.getAttribute('aria-label') ?? label ?? now?.textContent ?? '';
    });
    if (name.test(here.trim())) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Nothing called ${name} is to be reached by keyboard`);
}

describe.skipIf(!withBrowser)('with the keyboard alone', () => {
  let world: WebWorld;
  beforeAll(async () => {
    world = await WebWorld.start();
  }, 60_000);
  afterAll(() => world.stop());

  test('one signs in, changes settings, and signs out', async () => {
    const user = await world.server.user('kim');
    const { page, context, faults } = await world.visitor();
    await page.goto(`${world.url}/app/`);
    await page.getByLabel('Username or email').waitFor();
    await tabTo(page, /^Username or email$/);
    await page.keyboard.type(user.username);
    await tabTo(page, /^Password$/);
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Your menu' }).waitFor();
    await tabTo(page, /^Your menu$/);
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Profile' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Appearance' }).waitFor();
    await tabTo(page, /^As the system$/);
    await page.keyboard.press('ArrowDown');
    await page.waitForFunction(() => document.documentElement.dataset.theme === 'light');
    await page.keyboard.press('ArrowDown');
    await page.waitForFunction(() => document.documentElement.dataset.theme === 'dark');
    await page.keyboard.press('Shift+Tab');
    await tabTo(page, /^Your menu$/, 80);
    await page.keyboard.press('Enter');
    await page.getByRole('menu').waitFor();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    // The focus is back where it was.
    await page.locator('[aria-label="Your menu"]:focus').waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('menu').waitFor();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await dialog.waitFor();
    await tabTo(page, /^Sign out$/);
    await page.keyboard.press('Enter');
    await page.getByLabel('Username or email').waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });
});
