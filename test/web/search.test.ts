import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Page } from 'playwright-core';
import type { TestUser } from '../../packages/server/src/testing/user';
import { eventually } from '../../packages/server/src/testing/waiting';
import { faultsOf } from '../support/axe';
import { WebWorld, withBrowser } from '../support/web-world';

const PATIENCE_MS = 60_000;

const hits = (page: Page) => page.getByRole('main').getByRole('listitem');

const untilHits = (page: Page, count: number) =>
  eventually(async () => (await hits(page).count()) === count, `${count} hits`);

const marked = (page: Page) => page.getByRole('main').locator('mark').allTextContents();

describe.skipIf(!withBrowser)('search', () => {
  let world: WebWorld;
  beforeAll(async () => {
    world = await WebWorld.start({ env: { RATE_LIMITS: 'off' } });
  }, PATIENCE_MS);
  afterAll(() => world.stop());

  /** Resolves when the server's search knows a word. */
  const untilIndexed = (user: TestUser, word: string) =>
    eventually(async () => {
      type Found = { items: unknown[] };
      const query = `/api/messages/search?q=${encodeURIComponent(word)}`;
      return (await user.must<Found>('GET', query)).items.length > 0;
    }, 'the index');

  async function library() {
    const dan = await world.server.user('dan');
    const ann = await world.person('ann');
    const [team, direct] = [await dan.group('Team', ann.user), await dan.direct(ann.user)];
    await dan.send(team.id, 'Who is in for Saturday?');
    await ann.user.send(team.id, 'Saturday is fine <img src=x onerror=alert(1)>');
    await dan.send(direct.id, 'Not on saturday');
    await dan.send(direct.id, '周六见 zebra');
    await untilIndexed(ann.user, 'zebra');
    return { ann, dan, team, direct };
  }

  test(
    'finds words in all chats, marks them, and leads to the message',
    async () => {
      const { ann, team } = await library();
      const { page, faults } = ann;
      await page.goto(`${world.url}/app/search`);
      await page.getByText('Find a message').waitFor();
      await page.getByRole('searchbox', { name: 'Search messages' }).fill('saturday');
      await untilHits(page, 3);
      expect(await marked(page)).toEqual(['saturday', 'Saturday', 'Saturday']);
      expect(new URL(page.url()).searchParams.get('q')).toBe('saturday');
      // What somebody wrote is text, whatever it looks like.
      await page.getByRole('main').getByText('<img src=x onerror=alert(1)>').waitFor();
      await hits(page).filter({ hasText: 'Who is in for Saturday?' }).click();
      await page.getByRole('log').getByText('Who is in for Saturday?').waitFor();
      expect(page.url()).toMatch(new RegExp(`/app/chats/${team.id}/messages/\\d+$`));
      await page.goBack();
      await untilHits(page, 3);
      await page.getByRole('main').getByRole('searchbox').fill('周六');
      await untilHits(page, 1);
      await page.getByRole('main').getByRole('searchbox').fill('unicorn');
      await page.getByText('No message found').waitFor();
      await page.getByRole('main').getByRole('searchbox').fill('');
      await page.getByText('Find a message').waitFor();
      expect(faults).toEqual([]);
      await ann.context.close();
    },
    PATIENCE_MS,
  );

  test(
    'says who wrote what was found, by name and picture',
    async () => {
      const { ann, dan, direct } = await library();
      await dan.must('PUT', '/api/auth/me', { full_name: 'Dan Dale' });
      await ann.user.send(direct.id, 'A saturday with giraffes');
      await untilIndexed(ann.user, 'giraffes');
      // A browser that knew him before may still hold his old name in a group.
      const { page, context } = await world.at(await ann.user.signIn(), {
        path: '/app/search?q=saturday',
      });
      await untilHits(page, 4);
      const hit = (text: string) => hits(page).filter({ hasText: text });
      await hit('Not on saturday').getByText('Dan Dale', { exact: true }).waitFor();
      await hit('with giraffes').getByText('Dan Dale · You').waitFor();
      await hit('Who is in for').getByText('Team · Dan Dale').waitFor();
      await hit('Saturday is fine').getByText('Team · You').waitFor();
      await context.close();
      await ann.context.close();
    },
    PATIENCE_MS,
  );

  test(
    'is narrowed by chat, sender, kind and days, which the address keeps',
    async () => {
      const { ann, dan, team } = await library();
      const { page, faults } = ann;
      await page.goto(`${world.url}/app/search?q=saturday`);
      await untilHits(page, 3);
      await page.getByLabel('Chat', { exact: true }).selectOption('Team');
      await untilHits(page, 2);
      await page.getByLabel('From', { exact: true }).selectOption(dan.username);
      await untilHits(page, 1);
      await page.reload();
      await untilHits(page, 1);
      // Whom one can choose is asked beside the search.
      const from = page.getByLabel('From', { exact: true });
      await eventually(async () => (await from.inputValue()) === String(dan.id), 'the sender');
      expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({
        q: 'saturday',
        chat: String(team.id),
        by: String(dan.id),
      });
      expect(await faultsOf(page)).toEqual([]);
      await page.getByRole('button', { name: 'Clear filters' }).click();
      await untilHits(page, 3);
      await page.getByLabel('What', { exact: true }).selectOption('Photos');
      await page.getByText('No message found').waitFor();
      await page.getByLabel('What', { exact: true }).selectOption('Anything');
      await untilHits(page, 3);
      const today = await page.evaluate(() => {
        const now = new Date();
        const two = (number: number) => String(number).padStart(2, '0');
        return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
      });
      await page.getByLabel('Until', { exact: true }).fill('2020-01-31');
      await page.getByText('No message found').waitFor();
      await page.getByLabel('Until', { exact: true }).fill(today);
      await page.getByLabel('Since', { exact: true }).fill(today);
      await untilHits(page, 3);
      await page.getByLabel('Order').selectOption('Best match first');
      await eventually(() => new URL(page.url()).searchParams.get('order') === 'best', 'order');
      await untilHits(page, 3);
      expect(faults).toEqual([]);
      await ann.context.close();
    },
    PATIENCE_MS,
  );

  test(
    'comes page by page, and says what it cannot do',
    async () => {
      const [eve, dan] = [await world.person('eve'), await world.server.user('dan')];
      const { page, context } = eve;
      const chat = await dan.direct(eve.user);
      for (let n = 1; n <= 35; n++) await dan.send(chat.id, `needle ${n}`);
      await dan.send(chat.id, 'lastone');
      await untilIndexed(eve.user, 'lastone');
      await page.goto(`${world.url}/app/search?q=needle`);
      await untilHits(page, 30);
      await eventually(async () => {
        await hits(page).last().scrollIntoViewIfNeeded();
        return (await hits(page).count()) === 35;
      }, 'the second page');
      await context.route('**/api/messages/search?**', (route) => route.abort());
      await page.goto(`${world.url}/app/search?q=lastone`);
      await page.getByText('The server cannot be reached').waitFor();
      await context.unroute('**/api/messages/search?**');
      await page.getByRole('button', { name: 'Try again' }).click();
      await untilHits(page, 1);
      await context.close();
    },
    PATIENCE_MS,
  );
});
