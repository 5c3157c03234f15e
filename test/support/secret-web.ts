import type { Page } from 'playwright-core';
import type { Person, WebWorld } from './web-world';

/** What people do in the web app about encrypted chats. */

const dialog = (page: Page) => page.getByRole('dialog').last();

/** Reads the recovery key that a dialog shows, and proves that it was written down. */
export async function writeDown(page: Page): Promise<string> {
  const sheet = page.getByTestId('recovery-key');
  await sheet.waitFor();
  const groups = await sheet.locator('span').allTextContents();
  await page.getByRole('button', { name: 'I have written it down' }).click();
  await page.getByText('Did you write it down?').waitFor();
  for (const label of await dialog(page).locator('label').allTextContents()) {
    const number = Number(/\d+/.exec(label)?.[0]);
    await page.getByLabel(label, { exact: true }).fill(groups[number - 1]?.toLowerCase() ?? '');
  }
  await dialog(page).getByRole('button', { name: 'Done' }).click();
  await page.getByText('Did you write it down?').waitFor({ state: 'detached' });
  return groups.join('-');
}

/** Makes the keys of who sits there. @returns the recovery key */
export async function setUp({ page }: Person, world: WebWorld): Promise<string> {
  await page.goto(`${world.url}/app/settings/encryption`);
  await page.getByRole('button', { name: 'Set up encryption' }).click();
  await dialog(page).getByRole('button', { name: 'Set up encryption' }).click();
  return writeDown(page);
}

/** Opens the encrypted chat with somebody out of the plain one. @returns its id */
export async function startEncrypted(one: Person, other: Person, world: WebWorld): Promise<number> {
  const plain = await one.user.direct(other.user);
  await one.page.goto(`${world.url}/app/chats/${plain.id}/encryption`);
  await one.page.getByRole('button', { name: /^Start an encrypted chat/ }).click();
  await one.page.waitForURL((url) => url.pathname !== `/app/chats/${plain.id}/encryption`);
  return Number(/\d+$/.exec(new URL(one.page.url()).pathname)?.[0]);
}

export async function openChat({ page }: Person, chatId: number, world: WebWorld): Promise<void> {
  await page.goto(`${world.url}/app/chats/${chatId}`);
}

export async function say({ page }: Person, text: string): Promise<void> {
  const field = page.getByLabel('Write a message');
  await field.fill(text);
  // A panel beside it that has just been opened takes the focus.
  await field.press('Enter');
}

export const sees = ({ page }: Person, text: string | RegExp): Promise<void> =>
  page.getByRole('log').getByText(text).last().waitFor();

/** Two people who wrote a message each. */
export interface Pair {
  readonly ann: Person;
  readonly ben: Person;
  readonly chat: number;
  /** Ben's. */
  readonly recoveryKey: string;
}

/** Has two new people write each other; `word` begins what they write. */
export async function talkingPair(world: WebWorld, word: string): Promise<Pair> {
  const [ann, ben] = await Promise.all([world.person('ann'), world.person('ben')]);
  const [recoveryKey] = await Promise.all([setUp(ben, world), setUp(ann, world)]);
  const chat = await startEncrypted(ann, ben, world);
  await say(ann, `${word} hello`);
  await openChat(ben, chat, world);
  await sees(ben, `${word} hello`);
  await say(ben, `${word} hi`);
  await sees(ann, `${word} hi`);
  return { ann, ben, chat, recoveryKey };
}

/** Makes an encrypted group, and stays in it. @returns its id */
export async function makeGroup(
  { page }: Person,
  name: string,
  members: readonly Person[],
  world: WebWorld,
): Promise<number> {
  await page.goto(`${world.server.url}/app/chats/new/group`);
  await page.getByLabel('Group name').fill(name);
  await page.getByRole('switch').check();
  for (const { user } of members) {
    await page.getByRole('checkbox', { name: user.username }).check();
  }
  await page.getByRole('button', { name: 'Create group' }).click();
  await page.getByRole('main').getByRole('img', { name: 'Encrypted' }).first().waitFor();
  return Number(/\d+/.exec(new URL(page.url()).pathname)?.[0]);
}

/** Adds somebody to the group whose members are shown. */
export async function addMember({ page }: Person, { user }: Person): Promise<void> {
  await page.getByRole('button', { name: 'Add people' }).click();
  const shown = page.getByRole('dialog');
  await shown.getByRole('searchbox').fill(user.username);
  await shown.getByRole('checkbox', { name: user.username }).check();
  await shown.getByRole('button', { name: 'Add', exact: true }).click();
  await shown.waitFor({ state: 'detached' });
}
