import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Page } from 'playwright-core';
import { eventually } from '../../packages/server/src/testing/waiting';
import { openChat, say, sees, setUp, startEncrypted } from '../support/secret-web';
import { type Person, WebWorld, withBrowser } from '../support/web-world';

const PATIENCE_MS = 60_000;

/** How much the browser keeps, by what it is. */
interface Kept {
  readonly chats: number;
  readonly outbox: number;
  readonly keys: number;
  /** The names in `localStorage`. */
  readonly names: readonly string[];
}

const keptBy = (page: Page, userId: number): Promise<Kept> =>
  page.evaluate(async (id) => {
    const count = (database: string, table: string) =>
      new Promise<number>((resolve, reject) => {
        const opening = indexedDB.open(database);
        // What is not there is not made by asking.
        opening.onupgradeneeded = () => opening.transaction?.abort();
        opening.onerror = () =>
          opening.error?.name === 'AbortError' ? resolve(0) : reject(opening.error);
        opening.onsuccess = () => {
          const asking = opening.result.transaction(table).objectStore(table).count();
          asking.onsuccess = () => {
            opening.result.close();
            resolve(asking.result);
          };
        };
      });
    return {
      chats: await count('confab', 'chats'),
      outbox: await count('confab', 'outbox'),
      keys: await count(`confab-keys-${id}`, 'values'),
      names: Object.keys(localStorage).toSorted(),
    };
  }, userId);

const NOTHING: Kept = { chats: 0, outbox: 0, keys: 0, names: ['confab.test'] };

/** Waits until the browser keeps nothing of a user, or fails with what it does keep. */
async function forgets(page: Page, userId: number): Promise<void> {
  let kept = await keptBy(page, userId);
  const isForgotten = async () => {
    kept = await keptBy(page, userId);
    return Bun.deepEquals(kept, NOTHING);
  };
  await eventually(isForgotten, 'the browser to forget').catch(() => expect(kept).toEqual(NOTHING));
}

/** Has a page learn of other tabs only when it is told to. */
function holdNews(): void {
  const held: (() => void)[] = [];
  let isHeld = true;
  // The first listener hears it first.
  window.addEventListener('storage', (event) => {
    if (!isHeld) return;
    event.stopImmediatePropagation();
    held.push(() => window.dispatchEvent(new StorageEvent('storage', event)));
  });
  window.addEventListener('confab-test-news', () => {
    isHeld = false;
    for (const hear of held) hear();
  });
}

/** What a tab writes that had not heard yet. */
async function writeLate(userId: number): Promise<void> {
  localStorage.setItem(`confab.encrypted.${userId}`, '[1]');
  const opening = indexedDB.open('confab');
  await new Promise<void>((resolve, reject) => {
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const transaction = opening.result.transaction('chats', 'readwrite');
      transaction.objectStore('chats').put({ chat: { id: 1 }, messages: [] }, 1);
      transaction.oncomplete = () => {
        opening.result.close();
        resolve();
      };
    };
  });
}

describe.skipIf(!withBrowser)('a session that is over', () => {
  let world: WebWorld;
  beforeAll(async () => {
    world = await WebWorld.start();
  }, PATIENCE_MS);
  afterAll(() => world.stop());

  /** Somebody with keys, an encrypted chat, and a message that cannot be sent. */
  async function withUnsent(name: string): Promise<Person> {
    const [person, other] = await Promise.all([world.person(name), world.person('other')]);
    await Promise.all([setUp(person, world), setUp(other, world)]);
    await startEncrypted(person, other, world);
    await say(person, 'in secret');
    await sees(person, 'in secret');
    const foe = await world.server.user('foe');
    const chat = await person.user.direct(foe);
    await foe.must('PUT', `/api/users/${person.user.id}/block`);
    await openChat(person, chat.id, world);
    await say(person, 'to nobody');
    await eventually(async () => (await keptBy(person.page, person.user.id)).outbox === 1, 'saved');
    await person.page.evaluate(() => localStorage.setItem('confab.emoji.recent', '🫖'));
    await other.context.close();
    return person;
  }

  async function endElsewhere({ user }: Person): Promise<void> {
    type Sessions = { items: { id: number; is_current: boolean }[] };
    const device = await user.signIn();
    const { items } = await device.must<Sessions>('GET', '/api/auth/sessions');
    for (const { id, is_current } of items) {
      if (!is_current) await device.must('DELETE', `/api/auth/sessions/${id}`);
    }
  }

  test(
    'as somebody ended it elsewhere leaves nothing in the browser, and says so in each tab',
    async () => {
      const ann = await withUnsent('ann');
      const { page, context, user } = ann;
      const second = await context.newPage();
      await second.goto(`${world.url}/app/settings/profile`);
      await second.getByRole('button', { name: 'Your menu' }).waitFor();
      await eventually(async () => (await keptBy(page, user.id)).chats === 3, 'the chats saved');
      await endElsewhere(ann);
      for (const tab of [page, second]) {
        await tab.getByText('messages that were not sent yet').waitFor();
      }
      await forgets(page, user.id);
      await context.close();
    },
    PATIENCE_MS,
  );

  test(
    'takes along what another tab still wrote after it was taken away',
    async () => {
      const dan = await withUnsent('dan');
      const { page, context, user } = dan;
      const late = await context.newPage();
      const answers: (() => void)[] = [];
      await late.route('**/api/auth/me', async (route) => {
        const response = await route.fetch();
        await new Promise<void>((resolve) => answers.push(resolve));
        await route.fulfill({ response });
      });
      // It shall not be the one that finds out.
      await late.route('**/api/auth/refresh', (route) => route.abort());
      await late.addInitScript(holdNews);
      await late.goto(`${world.url}/app/settings/profile`);
      await late.getByRole('button', { name: 'Your menu' }).waitFor();
      await eventually(() => answers.length > 0, 'to ask who sits there');
      await endElsewhere(dan);
      await page.getByText('messages that were not sent yet').waitFor();
      await forgets(page, user.id);
      await late.evaluate(writeLate, user.id);
      for (const answer of answers) answer();
      await late.evaluate(() => window.dispatchEvent(new Event('confab-test-news')));
      await late.getByText('messages that were not sent yet').waitFor();
      await forgets(page, user.id);
      await context.close();
    },
    PATIENCE_MS,
  );

  test(
    'as it is too old, or its token was used by another, keeps the keys and what was not sent',
    async () => {
      const ben = await withUnsent('ben');
      const { page, context, user } = ben;
      await eventually(async () => (await keptBy(page, user.id)).chats === 3, 'the chats saved');
      const problem = (code: string) => ({ status: 401, json: { code, detail: code } });
      await context.route('**/api/auth/refresh', (route) =>
        route.fulfill(problem('token_expired')),
      );
      await context.route('**/api/auth/me', (route) => route.fulfill(problem('session_revoked')));
      await page.reload();
      await page.getByText('You were signed out. Sign in again').waitFor();
      await eventually(async () => (await keptBy(page, user.id)).chats === 0, 'no chats');
      const { outbox, keys, names } = await keptBy(page, user.id);
      expect([outbox, keys > 0]).toEqual([1, true]);
      expect(names).toEqual([`confab.encrypted.${user.id}`, 'confab.test']);
      await context.close();
    },
    PATIENCE_MS,
  );

  test(
    'by its user’s wish takes the keys along, though nothing was encrypted here yet',
    async () => {
      const eve = await world.person('eve');
      const { page, context, user, faults } = eve;
      await setUp(eve, world);
      await page.goto(`${world.url}/app/`);
      await page.getByRole('button', { name: 'Your menu' }).click();
      expect((await keptBy(page, user.id)).keys).toBeGreaterThan(0);
      await page.getByRole('menuitem', { name: 'Sign out' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText('recovery key').waitFor();
      await dialog.getByRole('button', { name: 'Sign out' }).click();
      await page.getByLabel('Username or email').waitFor();
      await eventually(async () => (await keptBy(page, user.id)).keys === 0, 'no keys');
      expect(faults).toEqual([]);
      await context.close();
    },
    PATIENCE_MS,
  );
});
