import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { hrefOf, type Route, SETTINGS_PAGES } from '../../packages/web/src/app/routes';
import { calm, faultsOf } from '../support/axe';
import { type Person, WebWorld, withBrowser } from '../support/web-world';

/** Some twenty pages are looked through, which takes a busy machine longer than most tests. */
const PATIENCE_MS = 120_000;
const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true };

describe.skipIf(!withBrowser)('axe finds nothing', () => {
  let world: WebWorld;
  let ann: Person;
  let places: Record<string, Route>;
  beforeAll(async () => {
    world = await WebWorld.start();
    ann = await world.person('ann');
    const ben = await world.server.user('ben');
    const group = await ann.user.group('Climbers', ben);
    const invite = await ann.user.must<{ code: string }>(
      'POST',
      `/api/chats/${group.id}/invites`,
      {},
    );
    const first = await ben.send(group.id, 'A **first** word, `code`, and https://example.org');
    await ann.user.send(group.id, 'An answer', { reply_to_id: first.id });
    await ben.must('PUT', `/api/messages/${first.id}/reactions/${encodeURIComponent('👍')}`);
    const chatId = group.id;
    places = {
      home: { name: 'home' },
      conversation: { name: 'chat', chatId },
      info: { name: 'chat', chatId, panel: 'info' },
      members: { name: 'chat', chatId, panel: 'members' },
      media: { name: 'chat', chatId, panel: 'media' },
      pins: { name: 'chat', chatId, panel: 'pins' },
      'search in a chat': { name: 'chat', chatId, panel: 'search' },
      'new chat': { name: 'new-chat' },
      person: { name: 'person', userId: ben.id as Extract<Route, { name: 'person' }>['userId'] },
      search: { name: 'search', query: 'first' },
      notifications: { name: 'notifications' },
      invitation: { name: 'invite', code: invite.code },
      'no such place': { name: 'not-found' },
      settings: { name: 'settings', page: null },
      ...Object.fromEntries(
        SETTINGS_PAGES.map((page) => [`settings: ${page}`, { name: 'settings', page } as const]),
      ),
    };
  }, 60_000);
  afterAll(() => world.stop());

  test('at the door', async () => {
    for (const options of [{}, { ...PHONE, colorScheme: 'dark' as const }]) {
      const { page, context } = await world.visitor(options);
      for (const path of ['/app/sign-in', '/app/register']) {
        await page.goto(world.server.url + path);
        await page.getByRole('heading').first().waitFor();
        await calm(page);
        expect({ path, faults: await faultsOf(page) }).toEqual({ path, faults: [] });
      }
      await context.close();
    }
  });

  test.each([
    ['light and wide', {}],
    ['dark and wide', { colorScheme: 'dark' }],
    ['light, on a phone', PHONE],
    ['dark, on a phone', { ...PHONE, colorScheme: 'dark' }],
  ] as const)(
    '%s',
    async (_name, options) => {
      const { page, context } = await world.at(await ann.user.signIn(), options);
      const found: Record<string, string[]> = {};
      for (const [name, place] of Object.entries(places)) {
        await page.goto(world.server.url + hrefOf(place));
        await page.getByRole('navigation').or(page.getByRole('main')).first().waitFor();
        await calm(page);
        const faults = await faultsOf(page);
        const isCut = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
        if (isCut) faults.push('wider than the screen');
        if (faults.length > 0) found[name] = faults;
      }
      expect(found).toEqual({});
      await context.close();
    },
    PATIENCE_MS,
  );
});
