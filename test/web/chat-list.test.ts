import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import type { Chat } from '@confab/protocol';
import type { Locator, Page } from 'playwright-core';
import { picture, type TestFile, text, upload } from '../../packages/server/src/testing/files';
import { type Person, WebWorld, withBrowser } from '../support/web-world';

/** A thousand groups are made, one by one. */
const PATIENCE_MS = 120_000;

const row = (page: Page, name: string): Locator =>
  page.getByRole('navigation').getByRole('link').filter({ hasText: name });

/** Gone, or not there at all. */
const gone = (what: Locator) => what.waitFor({ state: 'detached' });

describe.skipIf(!withBrowser)('the list of chats', () => {
  let world: WebWorld;
  const people: Person[] = [];
  beforeAll(async () => {
    // A thousand groups are more than anybody makes in a second.
    world = await WebWorld.start({ env: { RATE_LIMITS: 'off' } });
  }, 60_000);
  afterEach(async () => {
    const here = people.splice(0);
    expect(here.flatMap(({ faults }) => faults)).toEqual([]);
    await Promise.all(here.map(({ context }) => context.close()));
  });
  afterAll(() => world.stop());

  async function person(name: string): Promise<Person> {
    const made = await world.person(name);
    people.push(made);
    return made;
  }

  test('shows who said what, and how far it got', async () => {
    const [user, ben] = [await world.server.user('ann'), await world.server.user('ben')];
    const group = await user.group('Hiking', ben);
    const ann = await world.at(user);
    people.push(ann);
    await ben.send(group.id, 'I bring **cake**\nand tea');
    await row(ann.page, 'Hiking').getByText(`${ben.username}: I bring cake and tea`).waitFor();
    await ann.user.send(group.id, 'Thanks');
    await row(ann.page, 'Hiking').getByText('You: Thanks').waitFor();
    await row(ann.page, 'Hiking').getByTitle('Sent').waitFor();
    const last = await ben.must<{ items: { id: number }[] }>('GET', `/api/messages/${group.id}`);
    await ben.must('POST', `/api/messages/${last.items.at(-1)?.id}/read`);
    await row(ann.page, 'Hiking').getByTitle('Read').waitFor();
  });

  test('says what files came, and how many', async () => {
    const ann = await person('ann');
    const ben = await world.server.user('ben');
    const chat = await ben.direct(ann.user);
    const send = async (...files: TestFile[]) => {
      const media_ids = (await upload(ben, files)).map(({ id }) => id);
      await ben.send(chat.id, '', { media_ids });
    };
    const entry = row(ann.page, ben.username);
    await send(picture());
    await entry.getByText('Photo', { exact: true }).waitFor();
    await send(text('one'));
    await entry.getByText('notes.txt', { exact: true }).waitFor();
    await send(picture(), text('two'));
    await entry.getByText('2 files', { exact: true }).waitFor();
  });

  test('counts what is unread and where one is mentioned, until it is read in another tab', async () => {
    const ann = await person('ann');
    const ben = await world.server.user('ben');
    const chat = await ben.direct(ann.user);
    await ben.send(chat.id, 'Hello');
    await ben.send(chat.id, `Are you there, @${ann.user.username}?`);
    const entry = row(ann.page, ben.username);
    await entry.getByText('2 unread messages').waitFor();
    await entry.getByText('1 mention of you').waitFor();
    await ann.page.waitForFunction(() => document.title.startsWith('(2)'));
    const other = await ann.context.newPage();
    await other.goto(`${world.server.url}/app/chats/${chat.id}`);
    await other.getByRole('log').getByText('Are you there').waitFor();
    await gone(entry.getByText('unread messages'));
    await ann.page.waitForFunction(() => !document.title.startsWith('('));
  });

  test('shows who is there, who comes and goes, and who is typing', async () => {
    const ann = await person('ann');
    const ben = await world.server.user('ben');
    const chat = await ann.user.direct(ben);
    const entry = row(ann.page, ben.username);
    await entry.waitFor();
    await gone(entry.getByText('Online'));
    const socket = await ben.connect();
    await entry.getByText('Online').waitFor();
    socket.send({ type: 'typing_start', chat_id: chat.id });
    await entry.getByText('typing…').waitFor();
    socket.send({ type: 'typing_stop', chat_id: chat.id });
    await gone(entry.getByText('typing…'));
    await ann.page.reload();
    await entry.getByText('Online').waitFor();
    socket.close();
    await gone(entry.getByText('Online'));
  });

  test('keeps in mind what somebody began to write', async () => {
    const ann = await person('ann');
    const ben = await world.server.user('ben');
    const chat = await ann.user.direct(ben);
    await ann.page.goto(`${world.server.url}/app/chats/${chat.id}`);
    await ann.page.getByLabel('Write a message').fill('Dear Ben');
    await ann.page.goto(`${world.server.url}/app/`);
    await row(ann.page, ben.username).getByText('Draft: Dear Ben').waitFor();
  });

  test('finds chats at once and people on the server, and opens a conversation with them', async () => {
    const ann = await person('ann');
    const zoe = await world.server.user('zoe_finder');
    await ann.user.group('Zoological garden');
    const search = ann.page.getByRole('searchbox', { name: 'Search chats and people' });
    await search.fill('zoo');
    await row(ann.page, 'Zoological garden').waitFor();
    await search.fill('zoe_f');
    await ann.page.getByRole('navigation').getByText(`@${zoe.username}`).click();
    await ann.page.getByLabel('Write a message').waitFor();
    await row(ann.page, zoe.username).waitFor();
    expect(await search.inputValue()).toBe('');
  });

  test(
    'of a thousand is there at once, has few elements, and is gone through to its end',
    async () => {
      const user = await world.server.user('ann');
      const others = await world.server.user('ben');
      for (let i = 0; i < 999; i += 37) {
        const names = Array.from({ length: 37 }, (_, index) => `Group ${i + index}`);
        await Promise.all(names.map((name) => user.group(name, others)));
      }
      // Those that are made at once come in any order; this one is at the top.
      await user.group('Group 999', others);
      const ann = await world.at(user);
      people.push(ann);
      await row(ann.page, 'Group 999').waitFor();
      const links = () => ann.page.locator('.chat-row').count();
      expect(await links()).toBeLessThan(60);
      await row(ann.page, 'Group 999').focus();
      await ann.page.keyboard.press('End');
      await ann.page.locator('[aria-posinset="1000"] .chat-row:focus').waitFor();
      expect(await links()).toBeLessThan(60);
      await ann.page.locator('.chat-rows').evaluate((box) => box.scrollTo(0, 30_000));
      await ann.page.waitForFunction(() => {
        const inView = document.elementFromPoint(100, innerHeight / 2);
        return inView?.closest('.chat-row') !== null;
      });
      await ann.page.locator('.chat-rows').evaluate((box) => box.scrollTo(0, 0));
      const active = await user.must<{ items: { id: number }[] }>('GET', '/api/chats?limit=100');
      await others.send(active.items.at(-1)?.id ?? 0, 'Up with it');
      await ann.page.locator('[aria-posinset="1"]', { hasText: 'Up with it' }).waitFor();
    },
    PATIENCE_MS,
  );

  test('says so when a search finds nobody, and Escape ends it', async () => {
    const ann = await person('ann');
    await ann.user.group('Choir');
    const search = ann.page.getByRole('searchbox', { name: 'Search chats and people' });
    await search.fill('qqqq');
    await ann.page.getByText('Nobody found').waitFor();
    await search.press('Escape');
    await row(ann.page, 'Choir').waitFor();
  });

  test('is gone through by keys, and one Tab leads past it', async () => {
    const ann = await person('ann');
    for (const name of ['Third', 'Second', 'First']) await ann.user.group(name);
    // They come one after the other, the last one to the top.
    for (const [index, name] of ['First', 'Second', 'Third'].entries()) {
      await ann.page.locator(`[aria-posinset="${index + 1}"]`, { hasText: name }).waitFor();
    }
    const focused = () => ann.page.evaluate(() => document.activeElement?.textContent ?? '');
    await ann.page.getByRole('searchbox', { name: 'Search chats and people' }).focus();
    await ann.page.keyboard.press('ArrowDown');
    expect(await focused()).toContain('First');
    await ann.page.keyboard.press('ArrowDown');
    await ann.page.keyboard.press('ArrowDown');
    expect(await focused()).toContain('Third');
    await ann.page.keyboard.press('Home');
    expect(await focused()).toContain('First');
    await ann.page.keyboard.press('End');
    await ann.page.keyboard.press('Enter');
    await ann.page.getByRole('heading', { name: 'Third' }).waitFor();
    await row(ann.page, 'Third').focus();
    await ann.page.keyboard.press('Tab');
    expect(await focused()).not.toContain('Second');
  });

  test('mutes, marks as read and leaves by a menu, which gives the focus back', async () => {
    const ann = await person('ann');
    const ben = await world.server.user('ben');
    const group = await ben.group('Noise', ann.user);
    await ben.send(group.id, 'Listen');
    const entry = row(ann.page, 'Noise');
    await entry.getByText('unread message').waitFor();
    const choose = async (name: string) => {
      await entry.click({ button: 'right' });
      await ann.page.getByRole('menuitem', { name, exact: true }).click();
    };
    await choose('Mute…');
    await ann.page.getByRole('menuitem', { name: 'Until I unmute it' }).click();
    await entry.getByText('Muted', { exact: true }).waitFor();
    await choose('Mark as read');
    await gone(entry.getByText('unread message'));
    await entry.click({ button: 'right' });
    await ann.page.getByRole('menu').waitFor();
    await ann.page.keyboard.press('Escape');
    await gone(ann.page.getByRole('menu'));
    await choose('Leave group');
    await ann.page.getByRole('dialog').getByRole('button', { name: 'Leave group' }).click();
    await gone(entry);
    expect(await ann.page.getByText('You are no longer in').count()).toBe(0);
  });

  test('mutes for a while, tells until when, and unmutes by itself', async () => {
    const ann = await person('ann');
    const { page, user } = ann;
    const group = await user.group('Noise');
    const entry = row(page, 'Noise');
    const settings = () => user.must<Chat>('GET', `/api/chats/${group.id}`);
    await entry.focus();
    await page.keyboard.press('Shift+F10');
    await page.getByRole('menuitem', { name: 'Mute…' }).press('Enter');
    const choices = page.getByRole('menu', { name: 'Mute “Noise”' });
    await choices.waitFor();
    expect(await choices.getByRole('menuitem').allInnerTexts()).toEqual([
      'For 1 hour',
      'For 8 hours',
      'Until tomorrow, 08:00',
      'For 1 week',
      'Until I unmute it',
    ]);
    await page.keyboard.press('Enter');
    await entry.getByTitle('Muted until').waitFor();
    expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('Noise');
    const { is_muted, muted_until } = await settings();
    expect(is_muted).toBe(true);
    const left = Date.parse(muted_until ?? '') - Date.now();
    expect(left).toBeGreaterThan(3_500_000);
    expect(left).toBeLessThan(3_700_000);
    await entry.click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Unmute' }).click();
    await gone(entry.getByTitle('Muted'));
    expect(await settings()).toMatchObject({ is_muted: false, muted_until: null });
    // Another device mutes it for a moment: here it shows, and ends while nobody does a thing.
    const soon = new Date(Date.now() + 5_000).toISOString();
    await user.must('PUT', `/api/chats/${group.id}/settings`, { muted_until: soon });
    await entry.getByTitle('Muted until').waitFor();
    await gone(entry.getByTitle('Muted'));
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(soon));
  });
});
