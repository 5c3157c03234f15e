import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { PASSWORD } from '../../packages/server/src/testing/user';
import { WebWorld, withBrowser } from '../support/web-world';

describe.skipIf(!withBrowser)('people', () => {
  let world: WebWorld;
  beforeAll(async () => {
    world = await WebWorld.start();
  }, 60_000);
  afterAll(() => world.stop());

  test('somebody registers, names themselves, signs out and in again', async () => {
    const { page, context, faults } = await world.visitor();
    await page.goto(`${world.url}/app/register`);
    await page.getByLabel('Username').fill('nora');
    await page.getByLabel('Email').fill('nora@example.org');
    await page.getByLabel('Password', { exact: true }).fill('correct horse');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Your menu' }).click();
    await page.getByRole('menuitem', { name: 'Profile' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Nora Nilsson');
    await page.getByLabel('About', { exact: true }).fill('Sails.');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved').waitFor();
    await page.getByRole('link', { name: 'See your profile' }).click();
    await page.getByRole('heading', { name: 'Nora Nilsson' }).waitFor();
    await page.getByText('Sails.').waitFor();
    await page.getByRole('button', { name: 'Your menu' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Username or email').fill('nora');
    expect(await page.getByText('You were signed out').count()).toBe(0);
    await page.getByLabel('Password', { exact: true }).fill('correct horse');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Your menu' }).waitFor();
    // Where somebody was who signed out is not where the next one begins.
    await page.waitForURL(({ pathname }) => pathname === '/app/');
    expect(faults).toEqual([]);
    await context.close();
  });

  test('who comes back sees their own picture at once, and who signed out leaves none', async () => {
    const user = await world.server.user('odile');
    await user.must('PUT', '/api/auth/me', { full_name: 'Odile Orban' });
    const { page, context } = await world.at(user);
    const own = page.getByRole('button', { name: 'Your menu' });
    await own.getByText('OO').waitFor();
    await context.route('**/api/auth/me', (route) => route.abort());
    await page.reload();
    await own.getByText('OO').waitFor();
    await own.click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Username or email').waitFor();
    expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain('Odile');
    await context.close();
  });

  test('what is wrong stands at its field, and the first one has the focus', async () => {
    const taken = await world.server.user('taken');
    const { page, context, faults } = await world.visitor();
    await page.goto(`${world.url}/app/register`);
    await page.getByText('At least 8 characters.').waitFor();
    await page.getByLabel('Username').fill('no spaces');
    await page.getByLabel('Email').fill('rita@example.org');
    await page.getByLabel('Password', { exact: true }).fill('short');
    await page.getByRole('button', { name: 'Create account' }).click();
    const username = page.getByLabel('Username');
    await page.getByText('A username has 3 to 32 letters').waitFor();
    await page.getByText('A password has 8 to 128 characters.').waitFor();
    expect(await username.getAttribute('aria-invalid')).toBe('true');
    expect(await username.evaluate((field) => field === document.activeElement)).toBe(true);
    await username.fill(taken.username);
    await page.getByText('A username has 3 to 32 letters').waitFor({ state: 'detached' });
    await page.getByLabel('Password', { exact: true }).fill('correct horse');
    await page.keyboard.press('Enter');
    await page.getByText('This username is taken. Choose another one.').waitFor();
    expect(await username.evaluate((field) => field === document.activeElement)).toBe(true);
    expect(await page.getByLabel('Email').inputValue()).toBe('rita@example.org');
    expect(faults).toEqual([]);
    await context.close();
  });

  test('a wrong password is told, and the right one lets in', async () => {
    const user = await world.server.user('olaf');
    const { page, context, faults } = await world.visitor();
    await page.goto(`${world.url}/app/settings/privacy`);
    await page.getByLabel('Username or email').fill(user.username);
    await page.getByLabel('Password', { exact: true }).fill('not this one');
    await page.keyboard.press('Enter');
    await page.getByText('The username or the password is wrong.').waitFor();
    await page.getByRole('button', { name: 'Deutsch' }).click();
    await page.getByRole('button', { name: 'Anmelden' }).waitFor();
    const password = page.getByLabel('Passwort', { exact: true });
    expect(await password.inputValue()).toBe('not this one');
    await password.fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Privatsphäre' }).waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  test('somebody is found, written to, blocked and let in again', async () => {
    const ben = await world.server.user('ben');
    await ben.must('PUT', '/api/auth/me', { full_name: 'Ben Book', bio: 'Reads.' });
    const ann = await world.person('ann', { path: `/app/people/${ben.id}` });
    const { page } = ann;
    await page.getByRole('heading', { name: 'Ben Book' }).waitFor();
    await page.getByText('Reads.').waitFor();
    await page.getByRole('button', { name: 'Block' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Block' }).click();
    await page.getByRole('button', { name: 'Unblock' }).waitFor();
    const chat = await ann.user.direct(ben);
    await page.goto(`${world.url}/app/chats/${chat.id}`);
    await page.getByText('You have blocked Ben Book').waitFor();
    expect(await page.getByLabel('Write a message').count()).toBe(0);
    await page.getByRole('button', { name: 'Unblock' }).click();
    await page.getByLabel('Write a message').waitFor();
    await ben.must('PUT', `/api/users/${ann.user.id}/block`);
    await page.getByLabel('Write a message').fill('Are you there?');
    await page.keyboard.press('Enter');
    await page.getByText('Not sent: You cannot write to each other').waitFor();
    await ben.must('DELETE', `/api/users/${ann.user.id}/block`);
    await page.getByRole('button', { name: 'Discard' }).click();
    await ann.user.must('PUT', `/api/users/${ben.id}/block`);
    await page.goto(`${world.url}/app/settings/privacy`);
    await page.getByRole('button', { name: 'Unblock Ben Book' }).click();
    await page.getByText('You have blocked nobody.').waitFor();
    expect(await ann.user.must('GET', '/api/users/blocked')).toMatchObject({ items: [] });
    await page.goto(`${world.url}/app/people/${ben.id}`);
    await page.getByRole('button', { name: 'Message' }).click();
    await page.getByLabel('Write a message').waitFor();
    expect(ann.faults).toEqual([]);
    await ann.context.close();
  });

  test('somebody is reported, with a reason', async () => {
    const [admin, eve] = [await world.server.admin(), await world.server.user('eve')];
    const ann = await world.person('ann', { path: `/app/people/${eve.id}` });
    const { page } = ann;
    await page.getByRole('button', { name: 'Report' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Something else').check();
    await dialog.getByRole('button', { name: 'Report' }).click();
    await dialog.getByText('Say what is wrong.').waitFor();
    await dialog.getByLabel('Tell more').fill('Sells nothing, at length');
    await dialog.getByRole('button', { name: 'Report' }).click();
    await page.getByText('Thank you. The report was sent.').waitFor();
    await dialog.waitFor({ state: 'detached' });
    const reports = await admin.must<{ items: unknown[] }>('GET', '/api/admin/reports');
    expect(reports.items[0]).toMatchObject({
      reason: 'Something else: Sells nothing, at length',
    });
    expect(ann.faults).toEqual([]);
    await ann.context.close();
  });

  test('there is nobody at some addresses', async () => {
    const ann = await world.person('ann', { path: '/app/people/999999' });
    await ann.page.getByText('There is nobody at this address').waitFor();
    await ann.page.goto(`${world.url}/app/chats/999999`);
    await ann.page.getByText('This chat is not there').waitFor();
    await ann.page.getByRole('link', { name: 'To your chats' }).click();
    await ann.page.waitForURL(`${world.url}/app/`);
    expect(ann.faults).toEqual([]);
    await ann.context.close();
  });
});
