import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import type { Chat, Message } from '@confab/protocol';
import type { Locator, Page } from 'playwright-core';
import { eventually } from '../../packages/server/src/testing/waiting';
import { freePort } from '../support/mortal-server';
import { type Person, WebWorld, withBrowser } from '../support/web-world';

const field = (page: Page) => page.getByLabel('Write a message');
const row = (page: Page, text: string): Locator =>
  page.getByRole('log').locator('article').filter({ hasText: text });

describe.skipIf(!withBrowser)('two people in a conversation', () => {
  let world: WebWorld;
  let ann: Person;
  let ben: Person;
  let chat: Chat;
  beforeAll(async () => {
    // After a restart it has to be at the same address.
    const env = { RATE_LIMITS: 'off', PORT: String(await freePort()) };
    world = await WebWorld.start({ env });
    [ann, ben] = [
      await world.person('ann', { permissions: ['clipboard-read', 'clipboard-write'] }),
      await world.person('ben'),
    ];
  }, 60_000);
  beforeEach(async () => {
    chat = await ann.user.group('Talk', ben.user);
    for (const { page } of [ann, ben]) {
      await page.goto(`${world.server.url}/app/chats/${chat.id}`);
      await field(page).waitFor();
    }
  });
  afterEach(() => expect([...ann.faults, ...ben.faults]).toEqual([]));
  afterAll(() => world.stop());

  const say = async (page: Page, text: string) => {
    await field(page).fill(text);
    await field(page).press('Enter');
  };
  /** A message that came back from the server: one that is on its way has no menu. */
  const sent = (page: Page, text: string) =>
    page.getByRole('log').locator('article[data-seq]', { hasText: text }).waitFor();
  /** Does something that marks a message, which it is for a moment only. */
  const marks = (page: Page, text: string, act: () => Promise<void>) =>
    Promise.all([
      page.waitForFunction(
        (words) => document.querySelector('.message-marked')?.textContent?.includes(words),
        text,
      ),
      act(),
    ]);
  /** Chooses something from the menu of a message. */
  const choose = async (page: Page, text: string, action: string) => {
    await row(page, text).locator('.bubble').click({ button: 'right' });
    await page.getByRole('menu').getByRole('menuitem', { name: action, exact: true }).click();
  };

  test('one’s own message stays in sight from Enter on, with ticks that move on', async () => {
    const { page } = ann;
    await page.evaluate(() => {
      const watch = { came: 0, gone: 0 };
      const isThere = () => document.querySelector('[role=log]')?.textContent?.includes('Quick!');
      const look = () => {
        if (isThere()) watch.came++;
        else if (watch.came > 0) watch.gone++;
      };
      new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
      Object.assign(globalThis, { watch });
    });
    await say(page, 'Quick!');
    await row(page, 'Quick!').locator('.ticks-read').waitFor();
    await row(ben.page, 'Quick!').waitFor();
    expect(await page.evaluate('watch.came')).toBeGreaterThan(0);
    expect(await page.evaluate('watch.gone')).toBe(0);
  });

  test('a message that waits shows a clock, and goes out once when the server is back', async () => {
    await say(ann.page, 'before');
    await row(ben.page, 'before').waitFor();
    await world.server.restart(async () => {
      await say(ann.page, 'meanwhile');
      await row(ann.page, 'meanwhile').locator('.ticks-pending').waitFor();
    });
    await row(ben.page, 'meanwhile').waitFor();
    await row(ann.page, 'meanwhile').locator('.ticks-read').waitFor();
    await say(ben.page, 'after');
    await row(ann.page, 'after').waitFor();
    const texts = await ann.page.getByRole('log').locator('.text').allInnerTexts();
    expect(texts).toEqual(['before', 'meanwhile', 'after']);
  });

  test('a reply shows what it answers, and leads there and back', async () => {
    await ben.user.send(chat.id, 'The question');
    for (let n = 1; n <= 40; n++) await ben.user.send(chat.id, `Something else ${n}`);
    const unread = async () =>
      (await ann.user.must<Chat>('GET', `/api/chats/${chat.id}`)).unread_count;
    // Else it opens where the unread ones begin.
    await eventually(async () => (await unread()) === 0, 'all to be read');
    await ann.page.reload();
    await row(ann.page, 'Something else 40').waitFor();
    await ann.page.mouse.move(700, 400);
    // A page that just opened may still be going to its end.
    await eventually(async () => {
      await ann.page.mouse.wheel(0, -5_000);
      const hover = row(ann.page, 'The question').hover({ timeout: 1_000 });
      return hover.then(
        () => true,
        () => false,
      );
    }, 'the question, far up');
    await row(ann.page, 'The question').getByRole('button', { name: 'Reply' }).click();
    await ann.page.keyboard.type('The answer');
    await ann.page.keyboard.press('Enter');
    const answer = row(ben.page, 'The answer');
    await answer.waitFor();
    expect(await answer.locator('.quote').innerText()).toContain('The question');
    await marks(ben.page, 'The question', () => answer.locator('.quote').click());
    const back = ben.page.getByRole('button', { name: 'Back to where you were' });
    await marks(ben.page, 'The answer', () => back.click());
  });

  test('one’s own message can be edited and deleted, another’s cannot', async () => {
    await say(ann.page, 'Tpyo');
    await sent(ann.page, 'Tpyo');
    await choose(ann.page, 'Tpyo', 'Edit');
    await eventually(async () => (await field(ann.page).inputValue()) === 'Tpyo', 'what to edit');
    await field(ann.page).fill('Typo');
    await field(ann.page).press('Enter');
    await row(ben.page, 'Typo').getByText('edited').waitFor();
    await row(ben.page, 'Typo').locator('.bubble').click({ button: 'right' });
    await ben.page.getByRole('menu').waitFor();
    const entries = await ben.page.getByRole('menuitem').allInnerTexts();
    expect(entries).toContain('Reply');
    for (const own of ['Edit', 'Delete', 'Details', 'Pin']) expect(entries).not.toContain(own);
    await ben.page.keyboard.press('Escape');
    await choose(ann.page, 'Typo', 'Delete');
    await ann.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await row(ben.page, 'Message deleted').waitFor();
    expect(await row(ben.page, 'Typo').count()).toBe(0);
  });

  test('an admin deletes what others wrote', async () => {
    await say(ben.page, 'Rude');
    await row(ann.page, 'Rude').waitFor();
    await choose(ann.page, 'Rude', 'Delete');
    await ann.page.getByText('Somebody else wrote it').waitFor();
    await ann.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await row(ben.page, 'Message deleted').waitFor();
  });

  test('reactions are given, counted, and taken back', async () => {
    await say(ann.page, 'Good news');
    await row(ben.page, 'Good news').locator('.bubble').click({ button: 'right' });
    await ben.page.getByRole('menuitem', { name: 'React with 👍' }).click();
    const chip = (page: Page) => row(page, 'Good news').locator('.reaction');
    await chip(ann.page).waitFor();
    expect(await chip(ann.page).getAttribute('title')).toBe(ben.user.username);
    expect(await chip(ben.page).getAttribute('aria-pressed')).toBe('true');
    await chip(ann.page).click();
    await chip(ben.page).getByText('2').waitFor();
    await chip(ben.page).click();
    await chip(ann.page).getByText('1').waitFor();
    // Ann may hear of it sooner than Ben's own page.
    await ben.page.locator('.reaction[aria-pressed=false]').waitFor();
    await chip(ann.page).click();
    await chip(ben.page).waitFor({ state: 'detached' });
  });

  test('any emoji can be picked to react', async () => {
    await say(ann.page, 'Pick one');
    await row(ben.page, 'Pick one').hover();
    await row(ben.page, 'Pick one').getByRole('button', { name: 'React' }).click();
    await ben.page.getByRole('dialog').getByRole('combobox').fill('rocket');
    await ben.page.keyboard.press('Enter');
    await row(ann.page, 'Pick one').locator('.reaction').getByText('🚀').waitFor();
  });

  test('a pin is shown above, listed, and taken away', async () => {
    for (const text of ['First rule', 'Second rule']) {
      await say(ann.page, text);
      await sent(ann.page, text);
      await choose(ann.page, text, 'Pin');
      await ben.page.locator('.pins-bar', { hasText: text }).waitFor();
    }
    const bar = ben.page.locator('.pins-bar-message');
    await marks(ben.page, 'Second rule', () => bar.click());
    await bar.getByText('First rule').waitFor();
    await ben.page.getByRole('link', { name: 'All pinned messages' }).click();
    const panel = ben.page.getByRole('complementary', { name: 'Pinned messages' });
    await panel.getByText('First rule').waitFor();
    expect(await panel.getByRole('button', { name: 'Unpin' }).count()).toBe(0);
    await choose(ann.page, 'First rule', 'Unpin');
    await panel.getByText('First rule').waitFor({ state: 'detached' });
    await ann.page.getByText('You pinned a message').first().waitFor();
    await ben.page.getByText(`${ann.user.username} pinned a message`).first().waitFor();
  });

  test('a message is forwarded to another chat, with its file', async () => {
    const other = await ann.user.group('Elsewhere');
    const form = new FormData();
    form.set('file', new File(['the plan'], 'plan.txt', { type: 'text/plain' }));
    const answer = await ben.user.fetch('/api/media/upload', { method: 'POST', body: form });
    const { items } = (await answer.json()) as { items: { id: number }[] };
    const media_ids = items.map(({ id }) => id);
    await ben.user.send(chat.id, 'Our plan', { media_ids, message_type: 'file' });
    await choose(ann.page, 'Our plan', 'Forward');
    const dialog = ann.page.getByRole('dialog');
    await dialog.getByRole('searchbox').fill('elsew');
    await dialog.getByText('Elsewhere').click();
    await dialog.getByRole('button', { name: 'Forward to 1 chat' }).click();
    await dialog.waitFor({ state: 'detached' });
    const [sent] = await eventually(async () => {
      const page = await ann.user.must<{ items: Message[] }>('GET', `/api/messages/${other.id}`);
      const found = page.items.filter(({ content }) => content === 'Our plan');
      return found.length > 0 && found;
    }, 'the forwarded message');
    expect(sent?.media[0]).toMatchObject({ original_filename: 'plan.txt', file_size: 8 });
  });

  test('the details of a message tell who read it', async () => {
    await say(ann.page, 'Have you seen this?');
    await row(ann.page, 'Have you seen this?').locator('.ticks-read').waitFor();
    await choose(ann.page, 'Have you seen this?', 'Details');
    const dialog = ann.page.getByRole('dialog', { name: 'Details' });
    await dialog.getByRole('listitem').getByText(ben.user.username).waitFor();
    await ann.page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  test('a text and a link are copied', async () => {
    const { id } = await ben.user.send(chat.id, 'Copy **me**');
    const clipboard = () => ann.page.evaluate(() => navigator.clipboard.readText());
    await choose(ann.page, 'Copy', 'Copy text');
    await eventually(async () => (await clipboard()) === 'Copy **me**', 'the copied text');
    await choose(ann.page, 'Copy', 'Copy link');
    const link = `${world.server.url}/app/chats/${chat.id}/messages/${id}`;
    await eventually(async () => (await clipboard()) === link, 'the copied link');
  });

  test('what the server refuses is told, tried again or given up', async () => {
    const direct = await ann.user.direct(ben.user);
    await ann.page.goto(`${world.server.url}/app/chats/${direct.id}`);
    await ben.user.must('PUT', `/api/users/${ann.user.id}/block`);
    await say(ann.page, 'Are you there?');
    await say(ann.page, 'Never mind');
    for (const text of ['Are you there?', 'Never mind']) {
      await row(ann.page, text).locator('.ticks-failed').waitFor();
      await row(ann.page, text).getByText('Not sent: ').first().waitFor();
    }
    await row(ann.page, 'Never mind').getByRole('button', { name: 'Discard' }).click();
    await row(ann.page, 'Never mind').waitFor({ state: 'detached' });
    await ben.user.must('DELETE', `/api/users/${ann.user.id}/block`);
    await row(ann.page, 'Are you there?').getByRole('button', { name: 'Try again' }).click();
    await row(ann.page, 'Are you there?').locator('.ticks-sent, .ticks-delivered').waitFor();
  });

  test('the keyboard does all of it', async () => {
    await ben.user.send(chat.id, 'One');
    await ben.user.send(chat.id, 'Two');
    await row(ann.page, 'Two').waitFor();
    await row(ann.page, 'Two').focus();
    await ann.page.keyboard.press('ArrowUp');
    const focused = () => ann.page.evaluate(() => document.activeElement?.textContent ?? '');
    await eventually(async () => (await focused()).includes('One'), 'the focus on One');
    await ann.page.keyboard.press('r');
    await eventually(
      () => field(ann.page).evaluate((one) => one === document.activeElement),
      'the focus in the field',
    );
    await ann.page.keyboard.type('Answered');
    await ann.page.keyboard.press('Enter');
    await row(ben.page, 'Answered').locator('.quote', { hasText: 'One' }).waitFor();
    await row(ann.page, 'Answered').locator('.ticks-read').waitFor();
    await row(ann.page, 'Answered').focus();
    await ann.page.keyboard.press('Delete');
    await ann.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).waitFor();
    await ann.page.keyboard.press('Escape');
    await eventually(async () => (await focused()).includes('Answered'), 'the focus back');
    await ann.page.keyboard.press('Escape');
    await eventually(
      () => field(ann.page).evaluate((one) => one === document.activeElement),
      'the focus in the field',
    );
  });
});
