import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { PASSWORD } from '../../packages/server/src/testing/user';
import { WebWorld, withBrowser } from '../support/web-world';

const looks = (page: Page) =>
  page.evaluate(() => ({
    scheme: getComputedStyle(document.documentElement).colorScheme,
    size: getComputedStyle(document.documentElement).fontSize,
    lang: document.documentElement.lang,
  }));

describe.skipIf(!withBrowser)('settings', () => {
  let world: WebWorld;
  beforeAll(async () => {
    world = await WebWorld.start();
  }, 60_000);
  afterAll(() => world.stop());

  test('theme, text size and language change at once, in other tabs too, and stay', async () => {
    const ann = await world.person('ann', { path: '/app/settings/appearance' });
    const { page } = ann;
    const other = await ann.context.newPage();
    await other.goto(`${world.url}/app/`);
    await other.getByRole('button', { name: 'Your menu' }).waitFor();
    await page.getByLabel('Dark').check();
    await page.getByLabel('Very large').check();
    expect(await looks(page)).toEqual({ scheme: 'dark', size: '21px', lang: 'en' });
    await other.waitForFunction(() => document.documentElement.dataset.theme === 'dark');
    await page.getByLabel('Deutsch').check();
    await page.getByRole('heading', { name: 'Darstellung' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Darstellung' }).waitFor();
    expect(await looks(page)).toEqual({ scheme: 'dark', size: '21px', lang: 'de' });
    expect(await page.getByLabel('Dunkel').isChecked()).toBe(true);
    await page.getByLabel('简体中文').check();
    await page.getByRole('heading', { name: '外观' }).waitFor();
    expect(ann.faults).toEqual([]);
    await ann.context.close();
  });

  test('a picture is shown before it is set, and can be taken away', async () => {
    const ann = await world.person('ann', { path: '/app/settings/profile' });
    const { page } = ann;
    const buffer = await sharp({
      create: { width: 300, height: 200, channels: 3, background: '#3366cc' },
    })
      .png()
      .toBuffer();
    const file = { name: 'blue.png', mimeType: 'image/png', buffer };
    await page.locator('input[type=file]').setInputFiles(file);
    await page.getByRole('img', { name: 'blue.png' }).waitFor();
    await page.getByRole('button', { name: 'Use this picture' }).click();
    await page.locator('.own-menu img').waitFor();
    await page.getByRole('button', { name: 'Remove picture' }).click();
    await page.locator('.own-menu img').waitFor({ state: 'detached' });
    const text = { name: 'no.png', mimeType: 'image/png', buffer: Buffer.from('no picture') };
    await page.locator('input[type=file]').setInputFiles(text);
    await page.getByRole('button', { name: 'Use this picture' }).click();
    await page.locator('.toast').waitFor();
    expect(ann.faults).toEqual([]);
    await ann.context.close();
  });

  test('what is typed into the profile waits while one looks elsewhere', async () => {
    const ann = await world.person('ann', { path: '/app/settings/profile' });
    const { page } = ann;
    await page.getByLabel('About', { exact: true }).fill('Half a thought');
    await page.getByRole('link', { name: 'Privacy' }).click();
    await page.getByRole('link', { name: 'Profile' }).click();
    expect(await page.getByLabel('About', { exact: true }).inputValue()).toBe('Half a thought');
    await page.getByLabel('Email').fill('nowhere');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Enter an email address').waitFor();
    await page.getByLabel('Email').fill('ann@elsewhere.example.org');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.locator('.toast', { hasText: 'Saved' }).waitFor();
    await page.reload();
    expect(await page.getByLabel('Email').inputValue()).toBe('ann@elsewhere.example.org');
    expect(ann.faults).toEqual([]);
    await ann.context.close();
  });

  test('privacy is kept by the server', async () => {
    const ann = await world.person('ann', { path: '/app/settings/privacy' });
    const { page } = ann;
    const seen = page.getByRole('group', { name: 'When you are online' });
    const read = page.getByRole('group', { name: 'How far you have read' });
    await seen.getByLabel('Nobody').check();
    await read.getByLabel('Contacts').check();
    await page.getByRole('status').getByText('Saved').waitFor();
    await page.reload();
    await seen.getByLabel('Nobody').waitFor();
    expect(await seen.getByLabel('Nobody').isChecked()).toBe(true);
    expect(await read.getByLabel('Contacts').isChecked()).toBe(true);
    expect(ann.faults).toEqual([]);
    await ann.context.close();
  });

  test('quiet hours follow a clock of the user’s choice', async () => {
    const ann = await world.person('ann', { path: '/app/settings/notifications' });
    const { page } = ann;
    await page.getByLabel('Keep quiet every day').check();
    await page.getByLabel('From').fill('23:30');
    await page.getByLabel('To', { exact: true }).fill('23:30');
    await page.getByText('Choose two different times.').waitFor();
    await page.getByLabel('To', { exact: true }).fill('06:15');
    await page.getByLabel('Time zone').selectOption('Europe/Berlin');
    await page.getByRole('status').getByText('Saved').waitFor();
    await page.reload();
    await page.getByLabel('From').waitFor();
    expect(await ann.user.must('GET', '/api/notifications/settings')).toEqual({
      quiet_from: '23:30',
      quiet_to: '06:15',
      time_zone: 'Europe/Berlin',
    });
    expect(await page.getByLabel('From').inputValue()).toBe('23:30');
    expect(await page.getByLabel('Time zone').inputValue()).toBe('Europe/Berlin');
    await page.getByLabel('Keep quiet every day').uncheck();
    await page.getByLabel('From').waitFor({ state: 'detached' });
    expect(ann.faults).toEqual([]);
    await ann.context.close();
  });

  test('a device that is signed out lands at the door', async () => {
    const ann = await world.person('ann', { path: '/app/settings/sessions' });
    const laptop = await world.at(await ann.user.signIn());
    const phone = await world.at(await ann.user.signIn());
    await laptop.page.getByRole('button', { name: 'Your menu' }).waitFor();
    const { page } = ann;
    await page.reload();
    await page.getByText('Active now').waitFor();
    expect(await page.getByRole('button', { name: /^Sign out / }).count()).toBe(3);
    await page.getByRole('button', { name: 'Sign out all others' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Sign out all others' }).click();
    await page.getByText('You are signed in nowhere else.').waitFor();
    for (const device of [laptop, phone]) {
      await device.page.getByText('You were signed out.').waitFor();
      await device.page.getByRole('button', { name: 'Sign in' }).waitFor();
    }
    await laptop.page.getByLabel('Username or email').fill(ann.user.username);
    await laptop.page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await laptop.page.keyboard.press('Enter');
    await laptop.page.getByRole('button', { name: 'Your menu' }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: /^Sign out Chrome/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
    await laptop.page.getByText('You were signed out.').waitFor();
    expect([...ann.faults, ...laptop.faults, ...phone.faults]).toEqual([]);
    await Promise.all([ann, laptop, phone].map(({ context }) => context.close()));
  });

  test('the password is changed', async () => {
    const ann = await world.person('ann', { path: '/app/settings/account' });
    const { page } = ann;
    await page.getByLabel('Current password').fill('not this one');
    await page.getByLabel('New password').fill('battery staple');
    await page.getByRole('button', { name: 'Change password' }).click();
    await page.getByText('The password is wrong.').waitFor();
    await page.getByLabel('Current password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Change password' }).click();
    await page.getByText('Password changed.').waitFor();
    expect(await page.getByLabel('New password').inputValue()).toBe('');
    await expect(ann.user.signIn()).rejects.toThrow('Login');
    expect(ann.faults).toEqual([]);
    await ann.context.close();
  });

  test('all data comes as a file', async () => {
    const ann = await world.person('ann', { path: '/app/settings/account' });
    const { page } = ann;
    const coming = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download my data' }).click();
    const file = await coming;
    expect(file.suggestedFilename()).toBe(`confab-${ann.user.username}.zip`);
    const bytes = await Bun.file(await file.path()).bytes();
    expect([...bytes.subarray(0, 2)].map((byte) => String.fromCharCode(byte))).toEqual(['P', 'K']);
    expect(ann.faults).toEqual([]);
    await ann.context.close();
  });

  test('an account is deleted by who knows its password', async () => {
    const ann = await world.person('ann', { path: '/app/settings/account' });
    const { page } = ann;
    await page.getByRole('button', { name: 'Delete account' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Password', { exact: true }).fill('not this one');
    await dialog.getByRole('button', { name: 'Delete for good' }).click();
    await dialog.getByText('The password is wrong.').waitFor();
    await dialog.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await dialog.getByRole('button', { name: 'Delete for good' }).click();
    await page.getByText('Your account is deleted.').waitFor();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(await page.getByText('You were signed out').count()).toBe(0);
    await expect(ann.user.signIn()).rejects.toThrow('Login');
    expect(ann.faults).toEqual([]);
    await ann.context.close();
  });
});
