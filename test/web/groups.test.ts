import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import type { TestUser } from '../../packages/server/src/testing/user';
import { eventually } from '../../packages/server/src/testing/waiting';
import { type Person, WebWorld, withBrowser } from '../support/web-world';

const PICTURE = join(import.meta.dir, '../../packages/web/src/public/icon-192.png');

const panel = (page: Page): Locator => page.getByRole('complementary');
const member = (page: Page, name: string): Locator =>
  panel(page).getByRole('listitem').filter({ hasText: name });

describe.skipIf(!withBrowser)('a group', () => {
  let world: WebWorld;
  const people: Person[] = [];
  beforeAll(async () => {
    world = await WebWorld.start();
  }, 60_000);
  afterEach(async () => {
    const here = people.splice(0);
    expect(here.flatMap(({ faults }) => faults)).toEqual([]);
    await Promise.all(here.map(({ context }) => context.close()));
  });
  afterAll(() => world.stop());

  async function at(user: TestUser, path: string): Promise<Person> {
    const made = await world.at(user, { path });
    people.push(made);
    return made;
  }

  const info = (chat: { id: number }) => `/app/chats/${chat.id}/info`;

  async function confirmed(page: Page, name: string): Promise<void> {
    await page.getByRole('dialog').getByRole('button', { name, exact: true }).click();
  }

  async function withMember(page: Page, name: string, action: string): Promise<void> {
    await panel(page)
      .getByRole('button', { name: `What to do with ${name}` })
      .click();
    await page.getByRole('menuitem', { name: action }).click();
    await confirmed(page, action);
  }

  test('is made with a name, a picture and people, who have it at once', async () => {
    const [user, ben, cat] = await Promise.all(
      ['ann', 'ben', 'cat'].map((n) => world.server.user(n)),
    );
    if (!user || !ben || !cat) throw new Error('nobody');
    const { page } = await at(user, '/app/');
    const other = await at(ben, '/app/');
    await page.getByRole('link', { name: 'New chat' }).first().click();
    await page.getByRole('main').getByRole('link', { name: 'New group' }).click();
    await page.getByLabel('Group name').fill('Hiking <b>club</b>');
    await page.locator('input[type=file]').setInputFiles(PICTURE);
    const find = page.getByRole('main').getByRole('searchbox');
    await find.fill(ben.username);
    await page.getByRole('checkbox', { name: ben.username }).check();
    await find.fill(`@${cat.username}`);
    await page.getByRole('checkbox', { name: cat.username }).waitFor();
    await find.press('Enter');
    await page.getByRole('button', { name: `Take ${cat.username} out` }).click();
    await page.getByRole('button', { name: 'Create group' }).click();
    await page.getByRole('heading', { name: 'Hiking <b>club</b>' }).waitFor();
    await page.getByRole('navigation').locator('.chat-row img').waitFor();
    const entry = other.page.getByRole('navigation').getByRole('link');
    await entry.filter({ hasText: 'Hiking <b>club</b>' }).waitFor();
    const { items } = await user.must<{ items: { member_count: number }[] }>('GET', '/api/chats');
    expect(items.map(({ member_count }) => member_count)).toEqual([2]);
  });

  test('is changed by its admins, and a member sees no button for it', async () => {
    const [ann, ben] = [await world.server.user('ann'), await world.server.user('ben')];
    const chat = await ann.group('Choir', ben);
    const [owner, plain] = [await at(ann, info(chat)), await at(ben, info(chat))];
    await panel(plain.page).getByText('Leave group').waitFor();
    const { page } = plain;
    for (const name of ['Edit', 'Add people', 'New link', 'Delete group', 'Change the picture']) {
      expect(await panel(page).getByRole('button', { name }).count()).toBe(0);
    }
    expect(
      await panel(page)
        .getByRole('button', { name: /What to do with/ })
        .count(),
    ).toBe(0);
    expect(await panel(page).getByLabel('New messages disappear after').isDisabled()).toBe(true);
    await panel(owner.page).getByRole('button', { name: 'Edit' }).click();
    await owner.page.getByLabel('Group name').fill('Chamber choir');
    await owner.page.getByLabel('Description').fill('Mondays, seven');
    await owner.page.getByRole('button', { name: 'Save' }).click();
    await panel(page).getByRole('heading', { name: 'Chamber choir' }).waitFor();
    await panel(page).getByText('Mondays, seven').waitFor();
    await panel(owner.page).getByLabel('New messages disappear after').selectOption('1 day');
    await page.waitForFunction(() =>
      [...document.querySelectorAll('select')].some((one) => one.value === '86400'),
    );
  });

  test('gives people other roles, and them other buttons, at once', async () => {
    const [ann, ben, cat] = [
      await world.server.user('ann'),
      await world.server.user('ben'),
      await world.server.user('cat'),
    ];
    const chat = await ann.group('Crew', ben, cat);
    const [owner, mate] = [await at(ann, info(chat)), await at(ben, info(chat))];
    await withMember(owner.page, ben.username, 'Make admin');
    await owner.page.waitForFunction(
      () => document.activeElement?.getAttribute('aria-haspopup') === 'menu',
    );
    await member(owner.page, ben.username).getByText('Admin').waitFor();
    await panel(mate.page).getByRole('button', { name: 'Add people' }).waitFor();
    await withMember(mate.page, cat.username, 'Remove');
    await member(mate.page, cat.username).waitFor({ state: 'detached' });
    await member(owner.page, cat.username).waitFor({ state: 'detached' });
    await withMember(owner.page, ben.username, 'Make owner');
    await panel(mate.page).getByRole('button', { name: 'Delete group' }).waitFor();
    await panel(owner.page)
      .getByRole('button', { name: 'Delete group' })
      .waitFor({ state: 'detached' });
  });

  test('takes in more people, one who cannot be added aside', async () => {
    const [ann, ben, cat] = [
      await world.server.user('ann'),
      await world.server.user('ben'),
      await world.server.user('cat'),
    ];
    await cat.must('PUT', `/api/users/${ann.id}/block`);
    const chat = await ann.group('Band');
    const { page } = await at(ann, info(chat));
    await panel(page).getByRole('button', { name: 'Add people' }).click();
    const dialog = page.getByRole('dialog');
    for (const { username } of [cat, ben]) {
      await dialog.getByRole('searchbox').fill(username);
      await dialog.getByRole('checkbox', { name: username }).check();
    }
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText(`${cat.username} was not added`).waitFor();
    await dialog.getByRole('button', { name: `Take ${cat.username} out` }).waitFor();
    const added = dialog.getByRole('button', { name: `Take ${ben.username} out` });
    await added.waitFor({ state: 'detached' });
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await member(page, ben.username).waitFor();
  });

  test('tells whoever is removed so at once, where they are', async () => {
    const [ann, ben] = [await world.server.user('ann'), await world.server.user('ben')];
    const chat = await ann.group('Secret society', ben);
    const { page } = await at(ben, `/app/chats/${chat.id}`);
    await page.getByLabel('Write a message').waitFor();
    await ann.must('DELETE', `/api/chats/${chat.id}/members/${ben.id}`);
    await page.getByText('You are no longer in “Secret society”').waitFor();
    await page.getByRole('main').getByText('you are not in it').waitFor();
    await page.getByText('No chats yet').waitFor();
  });

  test('says who takes over before its owner leaves, and goes away for good when deleted', async () => {
    const [ann, ben] = [await world.server.user('ann'), await world.server.user('ben')];
    const chat = await ann.group('Book club', ben);
    const { page } = await at(ann, info(chat));
    const mate = await at(ben, info(chat));
    await panel(page).getByRole('button', { name: 'Leave group' }).click();
    await page.getByText(`${ben.username} becomes its owner`).waitFor();
    await confirmed(page, 'Leave group');
    await page.waitForURL('**/app/');
    await panel(mate.page).getByRole('button', { name: 'Delete group' }).click();
    await confirmed(mate.page, 'Delete group');
    await mate.page.waitForURL('**/app/');
    await mate.page.getByText('No chats yet').waitFor();
    expect((await ben.call('GET', `/api/chats/${chat.id}`)).status).toBe(404);
  });

  test('of a hundred and thirty shows them page by page', async () => {
    const ann = await world.server.user('ann');
    const others = await Promise.all(Array.from({ length: 130 }, () => world.server.user('x')));
    const chat = await ann.group('Village', ...others);
    const { page } = await at(ann, `/app/chats/${chat.id}/members`);
    const shown = () => panel(page).locator('.member-row').count();
    await panel(page).getByRole('button', { name: 'Show more' }).click();
    await panel(page).getByRole('button', { name: 'Show more' }).waitFor({ state: 'detached' });
    expect(await shown()).toBe(131);
  });
});

describe.skipIf(!withBrowser)('a direct chat', () => {
  let world: WebWorld;
  beforeAll(async () => {
    world = await WebWorld.start();
  }, 60_000);
  afterAll(() => world.stop());

  test('is muted, and its other one blocked and let speak again', async () => {
    const ann = await world.person('ann');
    const ben = await world.server.user('ben');
    const chat = await ann.user.direct(ben);
    const { page } = ann;
    await page.goto(`${world.server.url}/app/chats/${chat.id}/info`);
    await panel(page).getByRole('button', { name: 'Mute…' }).click();
    await page.getByRole('menuitem', { name: 'Until tomorrow' }).click();
    await panel(page).getByText('Muted until tomorrow').waitFor();
    await page.getByRole('navigation').getByTitle('Muted until tomorrow').waitFor();
    await panel(page).getByLabel('Notify me of').selectOption('Mentions only');
    await panel(page).getByRole('button', { name: 'Block' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Block' }).click();
    await panel(page).getByRole('button', { name: 'Unblock' }).waitFor();
    expect((await ben.call('POST', `/api/messages/${chat.id}`, { content: 'x' })).status).toBe(403);
    await panel(page).getByRole('button', { name: 'Unblock' }).click();
    await panel(page).getByRole('button', { name: 'Block', exact: true }).waitFor();
    await page.reload();
    await page.getByRole('navigation').getByTitle('Muted').waitFor();
    // At first it shows what the browser kept.
    const choice = panel(page).getByLabel('Notify me of');
    await eventually(async () => (await choice.inputValue()) === 'mentions', 'the choice');
    expect(ann.faults).toEqual([]);
    await ann.context.close();
  });
});
