import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { remainsOf } from '../../packages/server/src/testing/remains';
import { eventually } from '../../packages/server/src/testing/waiting';
import {
  addMember,
  makeGroup,
  openChat,
  say,
  sees,
  setUp,
  talkingPair,
  writeDown,
} from '../support/secret-web';
import { type Person, WebWorld, withBrowser } from '../support/web-world';

const CANARY = 'canary-77c1e9';
const PATIENCE_MS = 120_000;

describe.skipIf(!withBrowser)('who takes part in encrypted chats in the web app', () => {
  let world: WebWorld;
  beforeAll(async () => {
    world = await WebWorld.start();
  }, PATIENCE_MS);
  afterAll(() => world.stop());

  const pair = () => talkingPair(world, CANARY);

  async function end(...people: Person[]): Promise<void> {
    expect(people.flatMap(({ faults }) => faults)).toEqual([]);
    await Promise.all(people.map(({ context }) => context.close()));
  }

  const log = ({ page }: Person) => page.getByRole('log').textContent();

  async function withMember(
    { page }: Person,
    group: number,
    name: string,
    action: 'Make admin' | 'Remove',
  ): Promise<void> {
    await page.goto(`${world.server.url}/app/chats/${group}/info`);
    await page.getByRole('button', { name: `What to do with ${name}` }).click();
    await page.getByRole('menuitem', { name: action, exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: action, exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    // It goes before the thing is done, which a page that is left would not finish.
    const member = page.getByRole('complementary').getByRole('listitem').filter({ hasText: name });
    if (action === 'Remove') await member.waitFor({ state: 'detached' });
    else await member.getByText('Admin').waitFor();
  }

  /** Goes to a place of the app as by its links: the page stays loaded. */
  const goWithin = ({ page }: Person, path: string): Promise<void> =>
    page.evaluate((to) => {
      history.pushState(null, '', to);
      dispatchEvent(new PopStateEvent('popstate'));
    }, path);

  async function beginAnew(one: Person): Promise<void> {
    await goWithin(one, '/app/settings/encryption');
    await one.page.getByRole('button', { name: 'Start anew' }).click();
    await one.page.getByRole('dialog').getByRole('button', { name: 'Start anew' }).click();
    await writeDown(one.page);
  }

  test(
    'a member who is removed reads nothing new, an admin who was made one lets others in',
    async () => {
      const { ann, ben } = await pair();
      const [cem, dora] = [await world.person('cem'), await world.person('dora')];
      await setUp(cem, world);
      await setUp(dora, world);
      const group = await makeGroup(ann, 'Sailors', [ben], world);
      await addTo(ann, group, cem);
      await say(ann, `${CANARY} all aboard`);
      for (const one of [ben, cem]) {
        await openChat(one, group, world);
        await sees(one, `${CANARY} all aboard`);
      }
      await withMember(ann, group, ben.user.username, 'Make admin');
      await withMember(ben, group, cem.user.username, 'Remove');
      await cem.page.getByRole('main').getByText('you are not in it').waitFor();
      await addTo(ben, group, dora);
      await say(ben, `${CANARY} without him`);
      await openChat(dora, group, world);
      await sees(dora, `${CANARY} without him`);
      expect(await log(dora)).not.toContain('all aboard');
      await say(dora, `${CANARY} thank you`);
      await openChat(ann, group, world);
      await sees(ann, `${CANARY} thank you`);
      const seen = await cem.page.locator('body').textContent();
      expect(seen).not.toContain('without him');
      expect(seen).not.toContain('thank you');
      expect((await remainsOf(world.server)).includes(CANARY)).toBe(false);
      await end(ann, ben, cem, dora);
    },
    PATIENCE_MS,
  );

  async function addTo(one: Person, group: number, other: Person): Promise<void> {
    await one.page.goto(`${world.server.url}/app/chats/${group}/members`);
    await addMember(one, other);
  }

  test(
    'who begins anew goes on in the page as it is, and the other one is told',
    async () => {
      const { ann, ben, chat } = await pair();
      await beginAnew(ben);
      await goWithin(ben, `/app/chats/${chat}`);
      await sees(ben, `${CANARY} hello`);
      await say(ben, `${CANARY} with new keys`);
      await sees(ann, `${CANARY} with new keys`);
      const told = ann.page.getByRole('alert').getByText(/have changed: they began anew/);
      await told.waitFor();
      await ann.page.getByRole('button', { name: 'OK' }).click();
      await told.waitFor({ state: 'detached' });
      await say(ann, `${CANARY} so I see`);
      await sees(ben, `${CANARY} so I see`);
      await end(ann, ben);
    },
    PATIENCE_MS,
  );

  test(
    'another tab goes on with the new keys, and with the members that were changed meanwhile',
    async () => {
      const { ann, ben, chat } = await pair();
      const tab = { ...ben, page: await ben.context.newPage() };
      await openChat(tab, chat, world);
      await sees(tab, `${CANARY} hi`);
      await beginAnew(ben);
      await say(tab, `${CANARY} from the other tab`);
      await sees(ann, `${CANARY} from the other tab`);
      await goWithin(ben, `/app/chats/${chat}`);
      await say(ben, `${CANARY} from the first one`);
      await sees(ann, `${CANARY} from the first one`);
      await sees(tab, `${CANARY} from the first one`);

      const cem = await world.person('cem');
      await setUp(cem, world);
      const group = await makeGroup(ben, 'Divers', [ann], world);
      await openChat(tab, group, world);
      const drafts = [tab, ben].map(({ page }) => page.getByLabel('Write a message'));
      const haveBoth = (text: string) => async () => {
        const found = await Promise.all(drafts.map((draft) => draft.inputValue()));
        return found.every((one) => one === text);
      };
      // What is written in one tab shows in the other one, and goes there as it is sent.
      await drafts[0]?.fill(`${CANARY} one`);
      await eventually(haveBoth(`${CANARY} one`), 'a draft in both tabs');
      await drafts[0]?.press('Enter');
      await eventually(haveBoth(''), 'no draft in either');
      await say(ben, `${CANARY} two`);
      await openChat(ann, group, world);
      for (const text of ['one', 'two']) await sees(ann, `${CANARY} ${text}`);
      await addTo(ben, group, cem);
      await say(tab, `${CANARY} three`);
      await openChat(cem, group, world);
      await sees(cem, `${CANARY} three`);
      await end(ann, ben, cem);
    },
    PATIENCE_MS,
  );

  test(
    'a device that is refused learns it, and can ask again',
    async () => {
      const { ann, ben, chat } = await pair();
      const other = await world.at(await ben.user.signIn(), { path: `/app/chats/${chat}` });
      const code = other.page.getByTestId('approval-code');
      const main = other.page.getByRole('main');
      await main.getByRole('button', { name: 'Let this device in' }).click();
      await code.waitFor();
      await ben.page.getByRole('button', { name: 'Look' }).click();
      await ben.page.getByRole('dialog').getByRole('button', { name: 'Refuse' }).click();
      await other.page
        .getByRole('alert')
        .getByText(/This was refused/)
        .waitFor();
      await ben.page.getByText('A new device asks').waitFor({ state: 'detached' });
      await other.page.getByRole('button', { name: 'New code' }).click();
      await code.waitFor();
      await ben.page.getByRole('button', { name: 'Look' }).click();
      await ben.page.getByLabel('Code of the new device').fill((await code.textContent()) ?? '');
      await ben.page.getByRole('button', { name: 'Let in' }).click();
      await sees(other, `${CANARY} hello`);
      await end(ann, ben, other);
    },
    PATIENCE_MS,
  );

  test(
    'a member without keys is led to them, and reads what is written from then on',
    async () => {
      const { ann, ben } = await pair();
      const eve = await world.person('eve');
      const group = await makeGroup(ann, 'Hikers', [ben], world);
      await addTo(ann, group, eve);
      await say(ann, `${CANARY} too early`);
      await openChat(ben, group, world);
      await sees(ben, `${CANARY} too early`);
      await openChat(eve, group, world);
      await sees(eve, 'Set up encryption to read this message');
      const main = eve.page.getByRole('main');
      await main.getByText('This chat is encrypted. Set up encryption').waitFor();
      await main.getByRole('button', { name: 'Set up encryption' }).click();
      await eve.page
        .getByRole('dialog')
        .last()
        .getByRole('button', { name: 'Set up encryption' })
        .click();
      await writeDown(eve.page);
      await say(ann, `${CANARY} welcome`);
      await sees(eve, `${CANARY} welcome`);
      expect(await log(eve)).not.toContain('too early');
      await say(eve, `${CANARY} glad to be here`);
      await sees(ben, `${CANARY} glad to be here`);
      await end(ann, ben, eve);
    },
    PATIENCE_MS,
  );

  test(
    'a message whose key is late says so, and is shown when the key comes',
    async () => {
      const { ann, ben } = await pair();
      const group = await makeGroup(ann, 'Late ones', [ben], world);
      await openChat(ben, group, world);
      await ben.page.getByLabel('Write a message').waitFor();
      await ben.context.route('**/epochs?*', async (route) => {
        const answer = await route.fetch();
        await route.fulfill({ response: answer, json: { ...(await answer.json()), items: [] } });
      });
      await say(ann, `${CANARY} first of all`);
      await sees(ben, 'The key of this message is not here yet.');
      expect(await log(ben)).not.toContain(CANARY);
      await ben.context.unroute('**/epochs?*');
      await say(ann, `${CANARY} second`);
      await sees(ben, `${CANARY} first of all`);
      await sees(ben, `${CANARY} second`);
      await end(ann, ben);
    },
    PATIENCE_MS,
  );

  test(
    'a draft stays in its browser, and no longer than it has to',
    async () => {
      const { ann, ben, chat } = await pair();
      const kept = () => ann.page.evaluate(() => JSON.stringify({ ...localStorage }));
      const field = ann.page.getByLabel('Write a message');
      await field.fill(`${CANARY} begun`);
      await ann.page.reload();
      await eventually(async () => (await field.inputValue()) === `${CANARY} begun`, 'the draft');
      expect((await remainsOf(world.server)).includes(CANARY)).toBe(false);
      await say(ann, `${CANARY} begun and sent`);
      await openChat(ben, chat, world);
      await sees(ben, `${CANARY} begun and sent`);
      expect(await kept()).not.toContain(CANARY);
      await field.fill(`${CANARY} never sent`);
      await eventually(async () => (await kept()).includes('never sent'), 'a draft is kept');
      await ann.page.getByRole('button', { name: 'Your menu' }).click();
      await ann.page.getByRole('menuitem', { name: 'Sign out' }).click();
      await ann.page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
      await ann.page.getByLabel('Username or email').waitFor();
      expect(await kept()).not.toContain(CANARY);
      await end(ann, ben);
    },
    PATIENCE_MS,
  );

  test(
    'a file is forwarded, encrypted anew; into the open only when that was agreed to',
    async () => {
      const { ann, ben, chat } = await pair();
      const group = await makeGroup(ann, 'Readers', [ben], world);
      const open = await ann.user.group('In the open', ben.user);
      await openChat(ben, chat, world);
      await ben.page.locator('.composer input[type=file]').setInputFiles({
        name: `${CANARY}.txt`,
        mimeType: 'text/plain',
        buffer: Buffer.from(`${CANARY} chapter one`),
      });
      await say(ben, `${CANARY} read this`);
      await openChat(ann, chat, world);
      await sees(ann, `${CANARY} read this`);

      const dialog = ann.page.getByRole('dialog');
      const forwardTo = async (name: string) => {
        const shown = ann.page.getByRole('log').getByText(`${CANARY} read this`);
        await shown.last().click({ button: 'right' });
        await ann.page.getByRole('menuitem', { name: 'Forward', exact: true }).click();
        await dialog.getByText(name, { exact: true }).click();
      };
      const send = dialog.getByRole('button', { name: 'Forward to 1 chat' });
      await forwardTo('Readers');
      await send.click();
      await dialog.waitFor({ state: 'detached' });
      await openChat(ben, group, world);
      const file = ben.page.getByRole('log').getByText(`${CANARY}.txt`);
      const [saved] = await Promise.all([ben.page.waitForEvent('download'), file.click()]);
      expect(await Bun.file(await saved.path()).text()).toBe(`${CANARY} chapter one`);
      expect((await remainsOf(world.server)).includes(CANARY)).toBe(false);

      await forwardTo('In the open');
      await dialog.getByText(/the server can read the message there/).waitFor();
      expect(await send.isDisabled()).toBe(true);
      await dialog.getByLabel('Forward it unencrypted').check();
      await send.click();
      await dialog.waitFor({ state: 'detached' });
      // The dialog goes once the message is safe in the browser.
      const sent = await eventually(async () => {
        const { items } = await ben.user.must<{
          items: { content: string; media: { original_filename: string; url: string }[] }[];
        }>('GET', `/api/messages/${open.id}`);
        return items.find(({ content }) => content === `${CANARY} read this`);
      }, 'the forwarded message');
      expect(sent.media[0]?.original_filename).toBe(`${CANARY}.txt`);
      const answer = await ben.user.fetch(sent.media[0]?.url ?? '');
      expect(await answer.text()).toBe(`${CANARY} chapter one`);
      await end(ann, ben);
    },
    PATIENCE_MS,
  );
});
