import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Page } from 'playwright-core';
import { inGroups, toBase32 } from '../../packages/client/src/e2ee/base32';
import { concat, utf8 } from '../../packages/client/src/e2ee/encoding';
import { sha256 } from '../../packages/client/src/e2ee/hash';
import { remainsOf } from '../../packages/server/src/testing/remains';
import { PASSWORD } from '../../packages/server/src/testing/user';
import { eventually } from '../../packages/server/src/testing/waiting';
import { calm, faultsOf } from '../support/axe';
import { freePort } from '../support/mortal-server';
import {
  addMember,
  makeGroup,
  openChat,
  say,
  sees,
  setUp,
  startEncrypted,
  talkingPair,
  writeDown,
} from '../support/secret-web';
import { type Person, WebWorld, withBrowser } from '../support/web-world';

const CANARY = 'canary-4b81f0';
/** Well-formed, and nobody's. */
const WRONG_KEY = await keyOf(new Uint8Array(20));
const PATIENCE_MS = 120_000;

/** A recovery key as it is written down. */
async function keyOf(secret: Uint8Array<ArrayBuffer>): Promise<string> {
  const check = await sha256(concat(utf8('recovery-key'), Uint8Array.of(0), secret));
  return inGroups(toBase32(secret) + toBase32(check).slice(0, 4));
}

/** What a key store of a page holds; nothing where there is none, which asking does not make. */
const namesIn = (page: Page, database: string): Promise<string[]> =>
  page.evaluate(
    (name) =>
      new Promise<string[]>((resolve, reject) => {
        const opening = indexedDB.open(name);
        opening.onupgradeneeded = () => opening.transaction?.abort();
        opening.onerror = () =>
          opening.error?.name === 'AbortError' ? resolve([]) : reject(opening.error);
        opening.onsuccess = () => {
          const keys = opening.result.transaction('values').objectStore('values').getAllKeys();
          keys.onsuccess = () => {
            opening.result.close();
            resolve(keys.result.map(String));
          };
        };
      }),
    database,
  );

describe.skipIf(!withBrowser)('encrypted chats in the web app', () => {
  let world: WebWorld;
  beforeAll(async () => {
    // Pages come back to the address that they know.
    world = await WebWorld.start({ env: { RATE_LIMITS: 'off', PORT: String(await freePort()) } });
  }, 60_000);
  afterAll(() => world.stop());

  const pair = () => talkingPair(world, CANARY);

  async function end(...people: Pick<Person, 'context' | 'faults'>[]): Promise<void> {
    expect(people.flatMap(({ faults }) => faults)).toEqual([]);
    await Promise.all(people.map(({ context }) => context.close()));
  }

  test(
    'two people talk, after a reload and a restart of the server too, which has no word of it',
    async () => {
      const { ann, ben } = await pair();
      await ben.page.reload();
      await sees(ben, `${CANARY} hello`);
      await sees(ben, `${CANARY} hi`);
      await ben.page.getByRole('main').getByRole('img', { name: 'Encrypted' }).first().waitFor();
      await world.server.restart();
      await say(ben, `${CANARY} after the restart`);
      await sees(ann, `${CANARY} after the restart`);
      const remains = await remainsOf(world.server);
      expect(remains.includes(ben.user.username)).toBe(true);
      expect(remains.includes(CANARY)).toBe(false);
      await end(ann, ben);
    },
    PATIENCE_MS,
  );

  /** The same person at another browser, at the chat. */
  const elsewhere = async ({ user }: Person, chat: number): Promise<Person> =>
    world.at(await user.signIn(), { path: `/app/chats/${chat}` });

  const banner = ({ page }: Person) =>
    page.getByRole('main').getByText('This device cannot read your encrypted chats yet.');

  test(
    'a new browser is let in by a code, reads what was, and nothing more once it is removed',
    async () => {
      const { ann, ben, chat } = await pair();
      const other = await elsewhere(ben, chat);
      await banner(other).waitFor();
      expect(await other.page.getByRole('log').textContent()).not.toContain(CANARY);
      await other.page
        .getByRole('main')
        .getByRole('button', { name: 'Let this device in' })
        .click();
      const code = (await other.page.getByTestId('approval-code').textContent()) ?? '';

      await ben.page.getByText('A new device asks to read your encrypted chats').waitFor();
      await ben.page.getByRole('button', { name: 'Look' }).click();
      await ben.page.getByLabel('Code of the new device').fill('AAAA-BBBB-CCCC-DDDD');
      await ben.page.getByRole('button', { name: 'Let in' }).click();
      await ben.page.getByText('This code is not right, or no longer good.').waitFor();
      await ben.page.getByLabel('Code of the new device').fill(code.toLowerCase());
      await ben.page.getByRole('button', { name: 'Let in' }).click();
      await sees(other, `${CANARY} hello`);
      await sees(other, `${CANARY} hi`);
      await say(ann, `${CANARY} for both`);
      await sees(other, `${CANARY} for both`);

      await ben.page.goto(`${world.server.url}/app/settings/encryption`);
      await ben.page.getByRole('button', { name: /^Remove Chrome/ }).click();
      await ben.page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
      await banner(other).waitFor();
      await say(ann, `${CANARY} not for it`);
      await openChat(ben, chat, world);
      await sees(ben, `${CANARY} not for it`);
      await sees(other, 'This device cannot read this message yet');
      expect(await other.page.getByRole('log').textContent()).not.toContain('not for it');
      await end(ann, ben, other);
    },
    PATIENCE_MS,
  );

  test(
    'a new browser comes in by the recovery key, and by no other',
    async () => {
      const { ann, ben, chat, recoveryKey } = await pair();
      await ben.context.close();
      const other = await elsewhere(ben, chat);
      await other.page
        .getByRole('main')
        .getByRole('button', { name: 'Let this device in' })
        .click();
      await other.page.getByRole('tab', { name: 'Recovery key' }).click();
      const field = other.page.getByLabel('Recovery key', { exact: true });
      const use = other.page.getByRole('button', { name: 'Use recovery key' });
      await field.fill(`${recoveryKey.startsWith('7') ? '8' : '7'}${recoveryKey.slice(1)}`);
      await use.click();
      await other.page.getByText('The recovery key has a typing error.').waitFor();
      await field.fill(WRONG_KEY);
      await use.click();
      await other.page.getByText('This recovery key does not open your backup.').waitFor();
      await field.fill(recoveryKey);
      await use.click();
      await sees(other, `${CANARY} hello`);
      await say(ann, `${CANARY} still there?`);
      await sees(other, `${CANARY} still there?`);
      expect(ben.faults).toEqual([]);
      await end(ann, other);
    },
    PATIENCE_MS,
  );

  test(
    'two people compare their numbers; when one begins anew, nothing is sent before that was seen',
    async () => {
      const { ann, ben, chat } = await pair();
      const numberOf = async ({ page }: Person) => {
        await page.goto(`${world.server.url}/app/chats/${chat}/encryption`);
        await page.getByRole('button', { name: 'Compare' }).click();
        return page.getByTestId('safety-number').textContent();
      };
      const number = await numberOf(ann);
      expect(number).toMatch(/^(\d{5} ){12}$/);
      expect(await numberOf(ben)).toBe(number);
      await ann.page.getByRole('button', { name: 'They are the same' }).click();
      await ann.page.getByText('Verified: you compared the keys.').waitFor();

      await ben.page.goto(`${world.server.url}/app/settings/encryption`);
      await ben.page.getByRole('button', { name: 'Start anew' }).click();
      await ben.page.getByRole('dialog').getByRole('button', { name: 'Start anew' }).click();
      await writeDown(ben.page);
      await openChat(ann, chat, world);
      await ann.page
        .getByRole('alert')
        .getByText(/whom you verified, have changed/)
        .waitFor();

      await say(ann, `${CANARY} careful`);
      await ann.page.getByRole('button', { name: 'Do not send' }).click();
      expect(await ann.page.getByRole('log').textContent()).not.toContain('careful');
      await say(ann, `${CANARY} all the same`);
      await ann.page.getByRole('button', { name: 'Accept and send' }).click();
      await openChat(ben, chat, world);
      await sees(ben, `${CANARY} all the same`);
      expect(await ben.page.getByRole('log').textContent()).not.toContain('careful');
      await eventually(async () => (await ann.page.getByRole('alert').count()) === 0, 'no alert');
      await end(ann, ben);
    },
    PATIENCE_MS,
  );

  test(
    'a group is made encrypted, gets a file and one more member, and is searched where it was read',
    async () => {
      const { ann, ben } = await pair();
      const cem = await world.person('cem');
      await setUp(cem, world);
      const group = await makeGroup(ann, 'Climbers', [ben], world);
      await say(ann, `${CANARY} to the mountains`);
      await openChat(ben, group, world);
      await sees(ben, `${CANARY} to the mountains`);

      const text = `${CANARY} rope, boots\n`;
      await ann.page.locator('.composer input[type=file]').setInputFiles({
        name: `${CANARY}.txt`,
        mimeType: 'text/plain',
        buffer: Buffer.from(text),
      });
      await ann.page.getByLabel('Write a message').press('Enter');
      const file = ben.page.getByRole('log').getByText(`${CANARY}.txt`);
      const [saved] = await Promise.all([ben.page.waitForEvent('download'), file.click()]);
      expect(await Bun.file(await saved.path()).text()).toBe(text);
      expect(saved.suggestedFilename()).toBe(`${CANARY}.txt`);

      await ann.page.goto(`${world.server.url}/app/chats/${group}/members`);
      await addMember(ann, cem);
      await say(ann, `${CANARY} welcome`);
      await openChat(cem, group, world);
      await sees(cem, `${CANARY} welcome`);
      expect(await cem.page.getByRole('log').textContent()).not.toContain('mountains');

      await ben.page.goto(`${world.server.url}/app/chats/${group}/search`);
      await ben.page.getByLabel('Search this chat').fill('mount');
      await ben.page
        .getByRole('complementary')
        .getByRole('link', { name: /mountains/ })
        .waitFor();
      expect((await remainsOf(world.server)).includes(CANARY)).toBe(false);
      await end(ann, ben, cem);
    },
    PATIENCE_MS,
  );

  test(
    'who signs out leaves no keys in the browser, and loses nothing that is written meanwhile',
    async () => {
      const { ann, ben, chat, recoveryKey } = await pair();
      await ben.page.getByRole('button', { name: 'Your menu' }).click();
      await ben.page.getByRole('menuitem', { name: 'Sign out' }).click();
      await ben.page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
      await ben.page.getByLabel('Username or email').waitFor();
      const database = `confab-keys-${ben.user.id}`;
      await eventually(
        async () => (await namesIn(ben.page, database)).length <= 1,
        'no key is left',
      );
      await say(ann, `${CANARY} while you were out`);
      await ben.page.getByLabel('Username or email').fill(ben.user.username);
      await ben.page.getByLabel('Password', { exact: true }).fill(PASSWORD);
      await ben.page.getByRole('button', { name: 'Sign in' }).click();
      await ben.page.getByRole('button', { name: 'Your menu' }).waitFor();
      await openChat(ben, chat, world);
      await ben.page.getByRole('main').getByRole('button', { name: 'Let this device in' }).click();
      await ben.page.getByRole('tab', { name: 'Recovery key' }).click();
      await ben.page.getByLabel('Recovery key', { exact: true }).fill(recoveryKey);
      await ben.page.getByRole('button', { name: 'Use recovery key' }).click();
      await sees(ben, `${CANARY} while you were out`);
      await sees(ben, `${CANARY} hello`);
      await end(ann, ben);
    },
    PATIENCE_MS,
  );

  test(
    'axe finds nothing in its dialogs and pages, in the light and, on a phone, in the dark',
    async () => {
      const phone = { viewport: { width: 360, height: 740 }, colorScheme: 'dark' as const };
      const [ann, ben] = [await world.person('ann'), await world.person('ben', phone)];
      const dialogOf = ({ page }: Person) => page.getByRole('dialog').last();
      const check = async ({ page }: Person, where: string) => {
        await calm(page);
        expect({ where, faults: await faultsOf(page) }).toEqual({ where, faults: [] });
        const isWide = await page.evaluate(() => document.body.scrollWidth > innerWidth);
        expect({ where, isWide }).toEqual({ where, isWide: false });
      };
      for (const one of [ann, ben]) {
        await one.page.goto(`${world.server.url}/app/settings/encryption`);
        await one.page.getByRole('button', { name: 'Set up encryption' }).click();
        await dialogOf(one).waitFor();
        await check(one, 'before the keys');
        await dialogOf(one).getByRole('button', { name: 'Set up encryption' }).click();
        await one.page.getByTestId('recovery-key').waitFor();
        await check(one, 'the recovery key');
        await writeDown(one.page);
        await one.page.getByText('This device', { exact: true }).waitFor();
        await check(one, 'the settings');
      }
      const chat = await startEncrypted(ann, ben, world);
      await openChat(ben, chat, world);
      for (const one of [ann, ben]) {
        await one.page.goto(`${world.server.url}/app/chats/${chat}/encryption`);
        await one.page.getByRole('button', { name: 'Compare' }).click();
        await one.page.getByTestId('safety-number').waitFor();
        await check(one, 'the safety number');
        await one.page.keyboard.press('Escape');
        await one.page.getByRole('dialog').waitFor({ state: 'detached' });
        await check(one, 'the panel');
      }
      const other = await elsewhere(ben, chat);
      await banner(other).waitFor();
      await check(other, 'a closed chat');
      await other.page
        .getByRole('main')
        .getByRole('button', { name: 'Let this device in' })
        .click();
      await other.page.getByTestId('approval-code').waitFor();
      await check(other, 'the code');
      await ben.page.getByRole('button', { name: 'Look' }).click();
      await dialogOf(ben).waitFor();
      await check(ben, 'a device that asks');
      await end(ann, ben, other);
    },
    PATIENCE_MS,
  );
});
