import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Chat, Message, ScheduledMessage } from '@confab/protocol';
import type { Page } from 'playwright-core';
import { eventually } from '../../packages/server/src/testing/waiting';
import { type Person, WebWorld, withBrowser } from '../support/web-world';

describe.skipIf(!withBrowser)('writing messages', () => {
  let world: WebWorld;
  let ann: Person;
  let ben: Person['user'];
  let group: Chat;
  beforeAll(async () => {
    world = await WebWorld.start();
    ann = await world.person('ann');
    ben = await world.server.user('ben');
    group = await ann.user.group('Hiking', ben);
    await ann.page.goto(`${world.server.url}/app/chats/${group.id}`);
  }, 60_000);
  afterAll(async () => {
    expect(ann.faults).toEqual([]);
    await world.stop();
  });

  const field = (page: Page = ann.page) => page.getByLabel('Write a message');
  const newest = async (): Promise<Message | undefined> =>
    (await ben.must<{ items: Message[] }>('GET', `/api/messages/${group.id}?limit=1`)).items[0];
  const arrives = (content: string) =>
    eventually(async () => {
      const message = await newest();
      return message?.content === content ? message : undefined;
    }, `the message ${content}`);

  test('Enter sends, Shift with Enter begins a line, and an input method keeps its Enter', async () => {
    await field().fill('one');
    await field().press('Shift+Enter');
    await field().pressSequentially('two');
    await field().dispatchEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true });
    expect(await field().inputValue()).toBe('one\ntwo');
    await field().press('Enter');
    await arrives('one\ntwo');
    expect(await field().inputValue()).toBe('');
  });

  test('a field grows with its text up to 40 % of the window, and shrinks again', async () => {
    const height = async () => (await field().boundingBox())?.height ?? 0;
    const before = await height();
    await field().fill('line\n'.repeat(3));
    expect(await height()).toBeGreaterThan(before * 1.8);
    await field().fill('line\n'.repeat(80));
    const most = (ann.page.viewportSize()?.height ?? 0) * 0.4;
    expect(await height()).toBeCloseTo(most, -1);
    await field().fill('');
    expect(await height()).toBe(before);
  });

  test('a draft outlives a reload, and is in other tabs at once, until it is sent', async () => {
    const other = await ann.context.newPage();
    await other.goto(`${world.server.url}/app/chats/${group.id}`);
    await field(other).waitFor();
    await field().fill('not sent yet');
    await eventually(async () => (await field(other).inputValue()) === 'not sent yet', 'the tab');
    await ann.page.reload();
    await eventually(async () => (await field().inputValue()) === 'not sent yet', 'the draft');
    await field().press('Enter');
    await arrives('not sent yet');
    await eventually(async () => (await field(other).inputValue()) === '', 'the draft gone');
    await other.close();
  });

  test('nothing of a draft stays when somebody signs out', async () => {
    const carl = await world.person('carl');
    const notes = await carl.user.direct(carl.user);
    await carl.page.goto(`${world.server.url}/app/chats/${notes.id}`);
    await field(carl.page).fill('a secret');
    await carl.user.must('POST', '/api/auth/logout');
    await carl.page.getByRole('button', { name: 'Sign in' }).waitFor();
    const kept = await carl.page.evaluate(() => JSON.stringify({ ...localStorage }));
    expect(kept).not.toContain('a secret');
    await carl.context.close();
  });

  test('ArrowUp changes the last message, Escape leaves it as it was', async () => {
    await field().fill('Frist');
    await field().press('Enter');
    await arrives('Frist');
    // The last message that can be changed is one that came back, not the one that is on its way.
    await ann.page.getByRole('log').locator('article[data-seq]', { hasText: 'Frist' }).waitFor();
    await field().fill('a draft');
    await field().fill('');
    await field().press('ArrowUp');
    await ann.page.getByText('Edit message').waitFor();
    expect(await field().inputValue()).toBe('Frist');
    await field().press('Escape');
    await ann.page.getByText('Edit message').waitFor({ state: 'detached' });
    expect(await field().inputValue()).toBe('');
    await field().press('ArrowUp');
    await field().fill('First');
    await field().press('Enter');
    await arrives('First');
    await ann.page.getByText('Edit message').waitFor({ state: 'detached' });
    expect(await field().inputValue()).toBe('');
  });

  test('names are completed by the keyboard alone', async () => {
    await field().pressSequentially('Hi @be');
    const option = ann.page.getByRole('option', { name: ben.username });
    await option.waitFor();
    expect(await field().getAttribute('aria-activedescendant')).toBe(
      await option.getAttribute('id'),
    );
    await field().press('Enter');
    expect(await field().inputValue()).toBe(`Hi @${ben.username} `);
    await field().press('Enter');
    const message = await arrives(`Hi @${ben.username}`);
    expect<number[]>(message.mentions).toEqual([ben.id]);
  });

  test('suggestions that nobody wants do not come back for the same word', async () => {
    await field().pressSequentially('@be');
    await ann.page.getByRole('listbox').waitFor();
    await field().press('Escape');
    await field().pressSequentially('n');
    expect(await ann.page.getByRole('listbox').count()).toBe(0);
    await field().press('Enter');
    await arrives('@ben');
  });

  test('emoji are completed, and picked', async () => {
    await field().pressSequentially('up :rocke');
    await ann.page.getByRole('option', { name: /rocket/, selected: true }).waitFor();
    await field().press('Tab');
    expect(await field().inputValue()).toBe('up 🚀');
    await ann.page.getByRole('button', { name: 'Emoji' }).click();
    await ann.page.getByRole('combobox', { name: /Search emoji/ }).fill('waving hand');
    await ann.page.keyboard.press('Enter');
    // The first one takes back what was sought.
    await ann.page.keyboard.press('Escape');
    await ann.page.keyboard.press('Escape');
    await ann.page.getByRole('dialog', { name: 'Emoji' }).waitFor({ state: 'detached' });
    expect(await field().inputValue()).toBe('up 🚀👋');
    await field().press('Enter');
    await arrives('up 🚀👋');
  });

  test('the button that opens the emoji picker closes it, too', async () => {
    const button = ann.page.getByRole('button', { name: 'Emoji' });
    const picker = ann.page.getByRole('dialog', { name: 'Emoji' });
    await button.click();
    await picker.getByRole('combobox').waitFor();
    await button.click();
    await picker.waitFor({ state: 'detached' });
    expect(await button.getAttribute('aria-expanded')).toBe('false');
  });

  test('shortcuts put marks around what is selected, and undo takes them away', async () => {
    await field().pressSequentially('bold');
    await field().press('Control+a');
    await field().press('Control+b');
    expect(await field().inputValue()).toBe('**bold**');
    await field().press('Control+z');
    expect(await field().inputValue()).toBe('bold');
    await field().press('Control+a');
    await field().press('Control+e');
    expect(await field().inputValue()).toBe('`bold`');
    await field().fill('');
  });

  test('a text that is too long is told, and not sent', async () => {
    await field().fill('x'.repeat(16 * 1024 - 5));
    await ann.page.getByText('5 left').waitFor();
    await field().fill('ä'.repeat(8 * 1024 + 1));
    await ann.page.getByText('Too long by 2').first().waitFor();
    expect(await ann.page.getByRole('button', { name: 'Send', exact: true }).isDisabled()).toBe(
      true,
    );
    await field().press('Enter');
    expect((await field().inputValue()).length).toBe(8 * 1024 + 1);
    await field().fill('');
  });

  test('others see that somebody writes', async () => {
    const socket = await ben.connect();
    await field().pressSequentially('wait');
    const heard = (type: 'typing_start' | 'typing_stop') =>
      socket.until(() => socket.all(type).length > 0, type);
    await heard('typing_start');
    await field().fill('');
    await heard('typing_stop');
    socket.close();
  });

  test('a message is scheduled', async () => {
    await field().fill('Good morning');
    await ann.page.getByRole('button', { name: 'Send later' }).click();
    await ann.page.getByRole('button', { name: 'In an hour' }).click();
    await ann.page.getByRole('button', { name: 'Schedule' }).click();
    await ann.page.getByText(/It will be sent/).waitFor();
    const { items } = await ann.user.must<{ items: ScheduledMessage[] }>(
      'GET',
      '/api/messages/scheduled',
    );
    expect(items.map(({ content }) => content)).toEqual(['Good morning']);
    const ahead = Date.parse(items[0]?.send_at ?? '') - Date.now();
    expect(ahead).toBeGreaterThan(58 * 60_000);
    expect(ahead).toBeLessThan(61 * 60_000);
    expect(await field().inputValue()).toBe('');
  });
});
