import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { WebWorld, withBrowser } from '../support/web-world';

describe.skipIf(!withBrowser)('the web app', () => {
  let world: WebWorld;
  beforeAll(async () => {
    world = await WebWorld.start();
  }, 60_000);
  afterAll(() => world.stop());

  test('a browser at the server’s address lands in it, and a program does not', async () => {
    const { page, context } = await world.visitor();
    await page.goto(`${world.server.url}/`);
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/app/sign-in');
    const answer = await fetch(world.server.url, { headers: { accept: 'application/json' } });
    expect(await answer.json()).toMatchObject({ name: 'Confab' });
    await context.close();
  });

  test('somebody registers, and finds an empty list that says what to do', async () => {
    const { page, context, faults } = await world.visitor();
    await page.goto(`${world.server.url}/app/register`);
    await page.getByLabel('Username').fill('rosa');
    await page.getByLabel('Email').fill('rosa@example.org');
    await page.getByLabel('Password', { exact: true }).fill('correct horse');
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.getByText('No chats yet').waitFor();
    expect(new URL(page.url()).pathname).toBe('/app/');
    expect(faults).toEqual([]);
    await context.close();
  });

  test('two people talk', async () => {
    const [ann, ben] = [await world.person('ann'), await world.person('ben')];
    const chat = await ann.user.direct(ben.user);
    await ann.page.goto(`${world.server.url}/app/chats/${chat.id}`);
    await ann.page.getByLabel('Write a message').fill('Hello, Ben!');
    await ann.page.keyboard.press('Enter');
    await ben.page.getByRole('navigation').getByText('Hello, Ben!').click();
    await ben.page.getByRole('log').getByText('Hello, Ben!').waitFor();
    expect([...ann.faults, ...ben.faults]).toEqual([]);
    await Promise.all([ann.context.close(), ben.context.close()]);
  });
});
