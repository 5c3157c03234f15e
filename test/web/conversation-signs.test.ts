import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import type { Chat } from '@confab/protocol';
import type { Locator, Page } from 'playwright-core';
import { eventually } from '../../packages/server/src/testing/waiting';
import { type Person, WebWorld, withBrowser } from '../support/web-world';

const field = (page: Page) => page.getByLabel('Write a message');
const log = (page: Page) => page.getByRole('log');
const row = (page: Page, text: string): Locator =>
  log(page).locator('article').filter({ hasText: text });

describe.skipIf(!withBrowser)('signs of a conversation', () => {
  let world: WebWorld;
  let ann: Person;
  let ben: Person['user'];
  let chat: Chat;
  beforeAll(async () => {
    world = await WebWorld.start({ env: { RATE_LIMITS: 'off' } });
    ann = await world.person('ann');
    ben = await world.server.user('ben');
  }, 60_000);
  beforeEach(async () => {
    chat = await ann.user.group('Signs', ben);
  });
  afterEach(() => expect(ann.faults).toEqual([]));
  afterAll(() => world.stop());

  const open = async (page = ann.page) => {
    await page.goto(`${world.server.url}/app/chats/${chat.id}`);
    await field(page).waitFor();
  };
  /** Resolves when nothing in the conversation has moved for half a second. */
  const still = (page: Page) =>
    page.waitForFunction(() => {
      const { scrollTop = 0, scrollHeight = 0 } = document.querySelector('[role=log]') ?? {};
      const at = `${scrollTop} of ${scrollHeight}`;
      const seen = globalThis as { stood?: { at: string; since: number } };
      if (seen.stood?.at !== at) seen.stood = { at, since: performance.now() };
      return performance.now() - seen.stood.since > 500;
    });
  const unread = async () =>
    (await ann.user.must<Chat>('GET', `/api/chats/${chat.id}`)).unread_count;

  test('it opens at what is unread, which is read as it comes into view', async () => {
    await ann.user.send(chat.id, 'Where we were');
    for (let n = 1; n <= 60; n++) await ben.send(chat.id, `News ${n}`);
    // A browser that kept the chat as it was before the news would open it at its end.
    const { page, context, faults } = await world.at(await ann.user.signIn());
    await open(page);
    await row(page, 'News 1').first().waitFor();
    await page.locator('.unread-line').waitFor();
    const jump = page.getByRole('button', { name: 'To the newest message' });
    await jump.waitFor();
    await eventually(async () => (await unread()) < 60, 'some messages read');
    // What the page counts goes ahead of what it has told the server.
    const left = await eventually(async () => {
      const shown = Number.parseInt(await jump.locator('.badge').innerText(), 10);
      return shown === (await unread()) && shown;
    }, 'the same count in the page and on the server');
    expect(left).toBeGreaterThan(20);
    await jump.click();
    await row(page, 'News 60').waitFor();
    await eventually(async () => (await unread()) === 0, 'all of them read');
    expect(faults).toEqual([]);
    await context.close();
  });

  test('new messages do not move who reads older ones, but are counted', async () => {
    for (let n = 1; n <= 60; n++) await ann.user.send(chat.id, `Old ${n}`);
    await open();
    await row(ann.page, 'Old 60').waitFor();
    await log(ann.page).hover();
    await ann.page.mouse.wheel(0, -1_000);
    const jump = ann.page.getByRole('button', { name: 'To the newest message' });
    await jump.waitFor();
    await still(ann.page);
    const top = () => log(ann.page).evaluate((element) => element.scrollTop);
    const before = await top();
    await ben.send(chat.id, 'Listen!');
    await ben.send(chat.id, 'Really.');
    await jump.locator('.badge').getByText('2').waitFor();
    expect(await top()).toBe(before);
    await jump.click();
    await row(ann.page, 'Really.').waitFor();
    await jump.waitFor({ state: 'detached' });
  });

  test('nothing is read in a window that nobody looks at', async () => {
    await open();
    await ann.page.evaluate(() => {
      Object.defineProperty(document, 'hasFocus', { value: () => false, configurable: true });
    });
    await ben.send(chat.id, 'Psst');
    await row(ann.page, 'Psst').waitFor();
    await ann.page.locator('.unread-line').waitFor();
    await ben.send(chat.id, 'Hello?');
    await row(ann.page, 'Hello?').waitFor();
    // A page that reads counts less at once, and tells the server a moment later.
    await ann.page.locator(`[data-chat="${chat.id}"]`).getByText('2 unread messages').waitFor();
    expect(await unread()).toBe(2);
    await ann.page.evaluate(() => {
      Object.defineProperty(document, 'hasFocus', { value: () => true, configurable: true });
      window.dispatchEvent(new Event('focus'));
    });
    await eventually(async () => (await unread()) === 0, 'the messages read');
  });

  test('screen readers are told what others say', async () => {
    await open();
    const told = ann.page.locator('[data-announcer]');
    const words = `${ben.username}: Can you hear me?`;
    // What comes before the page is connected is nothing new to it.
    await eventually(async () => {
      await ben.send(chat.id, 'Can you **hear** me?');
      const heard = told.getByText(words).waitFor({ timeout: 1_000 });
      return heard.then(
        () => true,
        () => false,
      );
    }, 'the announcement');
    expect(await log(ann.page).getAttribute('aria-live')).toBe('off');
  });

  test('who types is said, in the head and beneath the messages', async () => {
    await open();
    // A page that shows what it kept is not connected yet, and nobody tells it later who typed.
    await ben.send(chat.id, 'Here I am');
    await row(ann.page, 'Here I am').waitFor();
    const socket = await ben.connect();
    await socket.request('typing_start', { chat_id: chat.id });
    const words = `${ben.username} is typing…`;
    await ann.page.locator('.chat-status', { hasText: words }).waitFor();
    await ann.page.locator('.typing-line', { hasText: words }).waitFor();
    await socket.request('typing_stop', { chat_id: chat.id });
    await ann.page.locator('.chat-status', { hasText: '2 members' }).waitFor();
    socket.close();
  });

  test('a direct chat says whether the other one is there', async () => {
    const direct = await ann.user.direct(ben);
    await ann.page.goto(`${world.server.url}/app/chats/${direct.id}`);
    const socket = await ben.connect();
    await ann.page.locator('.chat-status', { hasText: 'Online' }).waitFor();
    socket.close();
  });

  test('what happens in a group is told in words', async () => {
    await open();
    const cid = await world.server.user('cid');
    await ann.user.must('POST', `/api/chats/${chat.id}/members`, { user_id: cid.id });
    await log(ann.page).getByText(`You added ${cid.username}`).waitFor();
    const path = `/api/chats/${chat.id}/members`;
    await ann.user.must('PUT', `${path}/${cid.id}`, { role: 'admin' });
    await log(ann.page).getByText(`You made ${cid.username} an admin`).waitFor();
    await cid.must('PUT', `/api/chats/${chat.id}`, { name: 'Signs and wonders' });
    await log(ann.page).getByText(`${cid.username} named the group “Signs and wonders”`).waitFor();
    await ann.user.must('PUT', `/api/chats/${chat.id}`, { disappear_after_s: 7 * 86_400 });
    await log(ann.page).getByText('You made new messages disappear after 7 days').waitFor();
    await ben.send(chat.id, 'Fleeting');
    await row(ann.page, 'Fleeting').locator('[title^="Disappears on"]').waitFor();
    await cid.must('DELETE', `${path}/${cid.id}`);
    await log(ann.page).getByText(`${cid.username} left`).waitFor();
  });

  test('what is scheduled can be changed, sent at once and cancelled', async () => {
    const send_at = new Date(Date.now() + 3_600_000).toISOString();
    for (const content of ['Later', 'Much later', 'Never']) {
      await ann.user.must('POST', '/api/messages/scheduled', {
        chat_id: chat.id,
        content,
        send_at,
      });
    }
    await open();
    await ann.page.getByRole('button', { name: '3 scheduled messages' }).click();
    const dialog = ann.page.getByRole('dialog', { name: 'Scheduled messages' });
    const item = (text: string) =>
      dialog.getByRole('listitem').filter({ has: ann.page.getByText(text, { exact: true }) });
    await item('Never').getByRole('button', { name: 'Do not send' }).click();
    await item('Never').waitFor({ state: 'detached' });
    await item('Much later').getByRole('button', { name: 'Edit' }).click();
    await dialog.getByLabel('Message', { exact: true }).fill('Sooner');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await item('Sooner').waitFor();
    await item('Later').getByRole('button', { name: 'Send now' }).click();
    await row(ann.page, 'Later').waitFor();
    await item('Later').waitFor({ state: 'detached' });
    await ann.page.keyboard.press('Escape');
    await ann.page.getByRole('button', { name: '1 scheduled message' }).waitFor();
  });

  test('the finger that opened a menu chooses nothing of it when it is lifted', async () => {
    const phone = await world.at(await ann.user.signIn(), {
      viewport: { width: 360, height: 740 },
      hasTouch: true,
      isMobile: true,
    });
    await ben.send(chat.id, 'Hold me');
    await open(phone.page);
    const { page } = phone;
    const finger = { pointerType: 'touch', clientX: 60, clientY: 700, bubbles: true };
    await row(page, 'Hold me').locator('.bubble').dispatchEvent('pointerdown', finger);
    const reply = page.getByRole('menuitem', { name: 'Reply' });
    await reply.waitFor();
    // Where the finger is, the menu is now: Chromium makes a click of it, if it was not there for long.
    await reply.evaluate((item, how) => item.dispatchEvent(new PointerEvent('click', how)), finger);
    await reply.tap();
    await page.getByText(/^Reply to/).waitFor();
    expect(phone.faults).toEqual([]);
    await phone.context.close();
  });

  test('on a phone a long press opens the menu, and nothing is wider than the screen', async () => {
    const phone = await world.at(await ann.user.signIn(), {
      viewport: { width: 360, height: 740 },
      hasTouch: true,
      isMobile: true,
    });
    await ben.send(chat.id, `https://a.example/${'long'.repeat(60)} and \`${'code'.repeat(60)}\``);
    await ben.send(chat.id, 'Press me');
    await open(phone.page);
    const bubble = row(phone.page, 'Press me').locator('.bubble');
    // A page that just opened may still be going to its end.
    await bubble.tap({ trial: true });
    const box = await bubble.boundingBox();
    const client = await phone.context.newCDPSession(phone.page);
    const touchPoints = [{ x: (box?.x ?? 0) + 20, y: (box?.y ?? 0) + 15 }];
    await client.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints });
    await phone.page.getByRole('menu').waitFor();
    await client.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    expect(await phone.page.getByRole('menu').isVisible()).toBe(true);
    const widths = await phone.page.evaluate(() =>
      [document.documentElement, document.querySelector('.timeline')].map((element) => [
        element?.scrollWidth,
        element?.clientWidth,
      ]),
    );
    expect(widths).toEqual([
      [360, 360],
      [360, 360],
    ]);
    expect(phone.faults).toEqual([]);
    await phone.context.close();
  });
});
