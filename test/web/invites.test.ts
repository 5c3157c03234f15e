import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Page } from 'playwright-core';
import type { TestUser } from '../../packages/server/src/testing/user';
import { WebWorld, withBrowser } from '../support/web-world';

interface Link {
  readonly code: string;
}

describe.skipIf(!withBrowser)('an invite link', () => {
  let world: WebWorld;
  let owner: TestUser;
  beforeAll(async () => {
    world = await WebWorld.start();
    owner = await world.server.user('owner');
  }, 60_000);
  afterAll(() => world.stop());

  const inviteTo = (chat: { id: number }, limits: object = {}) =>
    owner.must<Link>('POST', `/api/chats/${chat.id}/invites`, limits);
  const address = ({ code }: Link) => `/app/invite/${code}`;
  const isOver = (page: Page) => page.getByText('This invitation is not good any more').waitFor();

  test('is made, copied, shown as a QR code, and revoked', async () => {
    const chat = await owner.group('Garden');
    const { page, context, faults } = await world.at(owner, {
      path: `/app/chats/${chat.id}/info`,
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const panel = page.getByRole('complementary');
    await panel.getByRole('button', { name: 'New link' }).click();
    await panel.getByLabel('Expires after').selectOption('1 day');
    await panel.getByLabel('For how many').selectOption('1 person');
    await panel.getByRole('button', { name: 'Make link' }).click();
    await panel.getByText('0 of 1 joined').waitFor();
    await panel.getByRole('button', { name: 'Copy link' }).click();
    await page.getByText('Copied').waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toStartWith(`${world.server.url}/app/invite/`);
    await panel.getByRole('button', { name: 'Show QR code' }).click();
    await page.getByRole('img', { name: `QR code of ${copied}` }).waitFor();
    await page.keyboard.press('Escape');
    await panel.getByRole('button', { name: 'Revoke' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await panel.getByText('Whoever opens a link').waitFor();
    const guest = await world.person('guest', { path: new URL(copied).pathname });
    await isOver(guest.page);
    expect([...faults, ...guest.faults]).toEqual([]);
    await Promise.all([context.close(), guest.context.close()]);
  });

  test('brings somebody who has no account here into the group', async () => {
    const chat = await owner.group('Open house');
    const { page, context, faults } = await world.visitor();
    await page.goto(world.server.url + address(await inviteTo(chat)));
    await page.getByText('You are invited to a group').waitFor();
    await page.getByRole('link', { name: 'Create account' }).click();
    await page.getByLabel('Username').fill('newcomer');
    await page.getByLabel('Email').fill('newcomer@example.org');
    await page.getByLabel('Password', { exact: true }).fill('correct horse');
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.getByRole('heading', { name: 'Open house' }).waitFor();
    await page.getByText('1 member').waitFor();
    await page.getByRole('button', { name: 'Join group' }).click();
    await page.getByLabel('Write a message').waitFor();
    expect(new URL(page.url()).pathname).toBe(`/app/chats/${chat.id}`);
    await page.getByRole('navigation').getByText('Open house').waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  test('leads a member to the chat, and back there after signing in', async () => {
    const guest = await world.server.user('guest');
    const chat = await owner.group('Known', guest);
    const { page, context, faults } = await world.visitor();
    await page.goto(world.server.url + address(await inviteTo(chat)));
    await page.getByRole('link', { name: 'Sign in' }).click();
    await page.getByLabel('Username or email').fill(guest.username);
    await page.getByLabel('Password', { exact: true }).fill('password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('You are in this group already').waitFor();
    await page.getByRole('link', { name: 'Open chat' }).click();
    await page.getByLabel('Write a message').waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  test('that is unknown, used up or full says so', async () => {
    const chat = await owner.group('Small');
    const once = await inviteTo(chat, { max_uses: 1 });
    const [first, second] = [await world.server.user('first'), await world.person('second')];
    const { page } = second;
    await page.goto(`${world.server.url}/app/invite/nobody-gave-this-out`);
    await isOver(page);
    await page.goto(world.server.url + address(once));
    await page.getByRole('button', { name: 'Join group' }).waitFor();
    await first.must('POST', `/api/invites/${once.code}/accept`);
    await page.getByRole('button', { name: 'Join group' }).click();
    await isOver(page);
    expect(second.faults).toEqual([]);
    await second.context.close();
  });
});
