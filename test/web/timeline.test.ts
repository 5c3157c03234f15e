import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Chat, MessagePage } from '@confab/protocol';
import type { Page } from 'playwright-core';
import { fillHistory } from '../support/long-history';
import { freePort } from '../support/mortal-server';
import { type Person, WebWorld, withBrowser } from '../support/web-world';

const COUNT = 100_000;

const log = (page: Page) => page.getByRole('log');
const row = (page: Page, seq: number) => page.locator(`[data-seq="${seq}"]`);

/** The seqs of the rows in the page, and where one of them stands in the window. */
const seqs = (page: Page) =>
  page.$$eval('[data-seq]', (rows) =>
    rows.map((one) => Number(one.getAttribute('data-seq'))).sort((a, b) => a - b),
  );
const topOf = (page: Page, seq: number) =>
  row(page, seq).evaluate((one) => one.getBoundingClientRect().top);
/** Resolves when all of it is scrolled, which takes some frames. */
async function wheel(page: Page, pixels: number): Promise<void> {
  await log(page).hover();
  const list = await log(page).elementHandle();
  const ended = list?.evaluate(
    (element) =>
      new Promise<void>((resolve) => {
        element.addEventListener('scrollend', () => resolve(), { once: true });
      }),
  );
  await page.mouse.wheel(0, pixels);
  await ended;
}

/** While it is scrolled, the list itself cannot be pointed at. */
const scrollEnds = (page: Page) =>
  page.waitForFunction(() => {
    const list = document.querySelector('.timeline > :not(.timeline-head)');
    return list !== null && getComputedStyle(list).pointerEvents !== 'none';
  });

/** Scrolls from frame to frame until a row, or one beyond it, is there. @returns the seqs of all rows that were there */
const walk = (page: Page, step: number, to: number): Promise<number[]> =>
  log(page).evaluate(
    async (element, { step, to }) => {
      const seen = new Set<number>();
      for (;;) {
        for (const row of element.querySelectorAll('[data-seq]')) {
          seen.add(Number(row.getAttribute('data-seq')));
        }
        if (step < 0 ? Math.min(...seen) <= to : Math.max(...seen) >= to) return [...seen];
        element.scrollBy(0, step);
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
      }
    },
    { step, to },
  );

/** A row in the middle of the window. */
const inView = (page: Page) =>
  log(page).evaluate((element) => {
    const { top, height, left, width } = element.getBoundingClientRect();
    for (let y = top + height / 2; y < top + height; y += 10) {
      const found = document.elementFromPoint(left + width / 2, y)?.closest('.timeline-row');
      const seq = found?.querySelector('[data-seq]')?.getAttribute('data-seq');
      if (seq) return Number(seq);
    }
    throw new Error('There is no row in view');
  });

/** Resolves when a row is really seen: virtual lists keep some that are not, and find their place step by step. */
const untilSeen = (page: Page, seq: number) =>
  page.waitForFunction((seq) => {
    const one = document.querySelector(`[data-seq="${seq}"]`);
    const frame = one?.closest('.timeline')?.getBoundingClientRect();
    if (!one || !frame) return false;
    const { top, bottom } = one.getBoundingClientRect();
    return top < frame.bottom && bottom > frame.top;
  }, seq);

describe.skipIf(!withBrowser)('a conversation of 100,000 messages', () => {
  let world: WebWorld;
  let ann: Person;
  let ben: Person['user'];
  let chat: Chat;
  beforeAll(async () => {
    // After a restart it has to be at the same address.
    const env = { RATE_LIMITS: 'off', PORT: String(await freePort()) };
    world = await WebWorld.start({ env });
    const annUser = await world.server.user('ann');
    ben = await world.server.user('ben');
    chat = await annUser.direct(ben);
    await fillHistory(world.server, {
      chatId: chat.id,
      senders: [annUser.id, ben.id],
      count: COUNT,
    });
    ann = await world.at(annUser, { path: `/app/chats/${chat.id}` });
  }, 60_000);
  afterAll(() => world.stop());

  const open = async (path = '') => {
    await ann.page.goto(`${world.server.url}/app/chats/${chat.id}${path}`);
    await log(ann.page).locator('[data-seq]').first().waitFor();
  };
  const idOf = async (seq: number): Promise<number> => {
    const { items } = await ann.user.must<MessagePage>('GET', `/api/messages/${chat.id}?limit=1`);
    return (items[0]?.id ?? 0) - COUNT + seq;
  };

  test('opens at the newest', async () => {
    await open();
    await row(ann.page, COUNT).waitFor();
    await untilSeen(ann.page, COUNT);
    expect((await seqs(ann.page)).length).toBeLessThan(60);
  });

  test('stays put to the pixel while older ones come', async () => {
    await open();
    await row(ann.page, COUNT).waitFor();
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    await ann.page.route(/\/api\/messages\/\d+\?.*before=/, async (route) => {
      await held;
      await route.continue();
    });
    const heightOf = () => log(ann.page).evaluate((element) => element.scrollHeight);
    await scrollEnds(ann.page);
    const asked = ann.page.waitForRequest(/before=/);
    await wheel(ann.page, -2_500);
    await asked;
    await scrollEnds(ann.page);
    const [seq, height] = [await inView(ann.page), await heightOf()];
    const top = await topOf(ann.page, seq);
    release();
    await ann.page.waitForFunction(
      (before) => (document.querySelector('[role=log]')?.scrollHeight ?? 0) > before + 1_000,
      height,
    );
    for (let frame = 0; frame < 30; frame++) {
      expect(await topOf(ann.page, seq)).toBe(top);
      await ann.page.evaluate(() => new Promise(requestAnimationFrame));
    }
    await ann.page.unroute(/\/api\/messages\/\d+\?.*before=/);
  });

  test('loses nothing between pages', async () => {
    await open();
    await row(ann.page, COUNT).waitFor();
    await scrollEnds(ann.page);
    const seen = await walk(ann.page, -500, COUNT - 450);
    const all = [...seen].sort((a, b) => a - b);
    expect(all).toEqual(all.map((_, index) => (all[0] ?? 0) + index));
    expect(all.at(-1)).toBe(COUNT);
  });

  test('opens at the message of a link, marks it, and leads back to the newest', async () => {
    // The mark is there for a moment: who looks later may not see it.
    const marked = ann.page.locator('.message-marked[data-seq="40000"]').waitFor();
    await open(`/messages/${await idOf(40_000)}`);
    await marked;
    await untilSeen(ann.page, 40_000);
    await ann.page.getByRole('button', { name: 'To the newest message' }).click();
    await row(ann.page, COUNT).waitFor();
    await untilSeen(ann.page, COUNT);
    await ann.page.getByRole('button', { name: 'To the newest message' }).waitFor({
      state: 'detached',
    });
  });

  test('begins with its first message', async () => {
    await open(`/messages/${await idOf(1)}`);
    await row(ann.page, 1).waitFor();
    await ann.page.getByText('This is where the conversation begins').waitFor();
    await untilSeen(ann.page, 1);
  });

  test('goes on where a link led, page by page, to what is new', async () => {
    await open(`/messages/${await idOf(COUNT - 250)}`);
    await row(ann.page, COUNT - 250).waitFor();
    await ben.send(chat.id, 'Something new');
    const seen = await walk(ann.page, 500, COUNT + 1);
    const all = [...seen].sort((a, b) => a - b);
    expect(all).toEqual(all.map((_, index) => (all[0] ?? 0) + index));
  });

  test('forgets what lies far away, and nobody sees it', async () => {
    await open();
    await row(ann.page, COUNT).waitFor();
    await scrollEnds(ann.page);
    await wheel(ann.page, -100);
    await walk(ann.page, -3_000, COUNT - 3_200);
    await scrollEnds(ann.page);
    const seq = await inView(ann.page);
    const top = await topOf(ann.page, seq);
    await ann.page.waitForFunction(() => {
      const rows = [...document.querySelectorAll('.timeline-row')];
      const heights = rows.map((one) => one.getBoundingClientRect().height);
      const usual = heights.reduce((sum, height) => sum + height, 0) / heights.length;
      return (document.querySelector('[role=log]')?.scrollHeight ?? 0) < 2_700 * usual;
    });
    expect(await topOf(ann.page, seq)).toBe(top);
    await ann.page.getByRole('button', { name: 'To the newest message' }).click();
    await row(ann.page, COUNT).waitFor();
    await untilSeen(ann.page, COUNT);
  }, 60_000);

  test('forgets what is far above while messages stream in without a pause', async () => {
    const busy = await ben.group('Busy', ann.user);
    await ann.page.goto(`${world.server.url}/app/chats/${busy.id}`);
    await ann.page.getByLabel('Write a message').waitFor();
    const last = `Number ${6_000}`;
    const highest = log(ann.page).evaluate(async (element, text) => {
      let height = 0;
      while (!element.textContent?.includes(text)) {
        await new Promise((resolve) => requestAnimationFrame(resolve));
        height = Math.max(height, element.scrollHeight);
      }
      return height;
    }, last);
    const socket = await ben.connect();
    for (let n = 1; n <= 6_000; n++) {
      socket.send({ type: 'send_message', chat_id: busy.id, content: `Number ${n}` });
    }
    // However long that takes.
    const height = await highest;
    const rowHeight = await log(ann.page)
      .getByText(last, { exact: true })
      .evaluate((one) => one.closest('.timeline-row')?.getBoundingClientRect().height ?? 0);
    expect(height / rowHeight).toBeLessThan(4_100);
    socket.close();
  }, 120_000);

  test('can be pressed while it moves', async () => {
    await open();
    await row(ann.page, COUNT).waitFor();
    const pressed = await log(ann.page).evaluate(async (element) => {
      element.scrollBy(0, -50);
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
      const { top, height, left, width } = element.getBoundingClientRect();
      const moves = getComputedStyle(
        element.querySelector('.timeline-row')?.parentElement?.parentElement ?? element,
      );
      const found = document.elementFromPoint(left + width / 2, top + height / 2);
      return [moves.pointerEvents, found?.closest('.timeline-row') !== null];
    });
    expect(pressed).toEqual(['none', true]);
  });

  test('goes to a day', async () => {
    await open();
    const page = ann.page;
    await row(page, COUNT).waitFor();
    await scrollEnds(page);
    await wheel(page, -1_500);
    await page.locator('.floating-day').getByTitle('Go to a day').click();
    const day = new Date(Date.now() - 20 * 86_400_000);
    const two = (value: number) => String(value).padStart(2, '0');
    const value = `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
    await page.getByRole('textbox', { name: 'Day' }).fill(value);
    // The mark is there for a moment: who looks later may not see it.
    const marked = page.waitForFunction(
      () => document.querySelector<HTMLTimeElement>('.message-marked time')?.dateTime,
    );
    await page.getByRole('button', { name: 'Go there' }).click();
    const time = new Date((await (await marked).jsonValue()) ?? '');
    expect(time.toDateString()).toBe(day.toDateString());
    expect(time.getHours()).toBe(0);
    expect(ann.faults).toEqual([]);
  });
});
